import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mongo } from 'mongoose';
import {
  api,
  eventually,
  startTestProduct,
  testServers,
  uniqueName,
  type Api,
  type ApiAnswer,
} from '#libs/testing';
import { Description } from '../tools/fuzz/description.ts';
import { bodies, pointerTo, senderOf, valuesIn, withValue, type Path } from './rights/bodies.ts';
import { databaseContents, type DatabaseContents } from './rights/database-contents.ts';
import { watchDatabase, type Command, type DatabaseWatch } from './rights/database-watch.ts';
import { byRoute, parametersOf, probeOf } from './rights/probes.ts';
import { generalised, textFieldsOf } from './rights/shapes.ts';
import { nobodys, seedWorld, type Kind, type World } from './rights/world.ts';
import { completeApplication, expectStatus, insist, severally, type Body } from './support.ts';

// A busy machine is no fault of the product's.
jest.setTimeout(240_000);

let watch: DatabaseWatch;
let contents: DatabaseContents;
let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let world: World;

beforeAll(async () => {
  const { mongoUrl } = testServers();
  watch = await watchDatabase(mongoUrl);
  const prefix = uniqueName('insats');
  // Past the watch, which is about what the product asks.
  contents = await databaseContents(mongoUrl, prefix);
  product = await startTestProduct({ mongoUrl: watch.url, env: { MONGODB_PREFIX: prefix } });
  clients = api(product);
  world = await seedWorld(clients, product.mongoUrl, prefix);
}, 240_000);

afterAll(async () => {
  await product?.stop();
  await contents?.close();
  await watch?.close();
}, 30_000);

const atOnce = 8;
const routes = [...byRoute.keys()];
const withBody = routes.filter((route) => !route.startsWith('GET '));

/** What the routes of each kind are tried on: things of Kalmar and Sydöst, in a state in which they can be changed. */
const targets: Readonly<Record<string, readonly [kind: Kind, name: string]>> = {
  calls: ['call', 'own.draft'],
  applications: ['application', 'own.draft'],
  observations: ['observation', 'own'],
  organisations: ['organisation', 'own'],
  people: ['person', 'own'],
  'role-assignments': ['role-assignment', 'own'],
  'api-clients': ['api-client', 'own'],
  'thinning-rules': ['thinning-rule', 'any'],
  'thinning-runs': ['thinning-run', 'any'],
  plans: ['plan', 'own'],
  measures: ['measure', 'own'],
  deadlines: ['deadline', 'own.draft'],
  'dead-letters': ['dead-letter', 'own'],
};

function idFor(route: string): string {
  const [kind, name] = targets[route.split('/')[1] ?? ''] ?? [];
  return (kind && world.things[kind][name ?? '']) ?? nobodys;
}

/** Sends a body to a route by somebody who may, under the revision that the thing has. */
async function send(route: string, body: unknown): Promise<ApiAnswer> {
  const client = clients.as(senderOf(route));
  const { method, path, ifMatch } = probeOf(route, idFor(route));
  const thing = `/${route.split('/')[1]}/${idFor(route)}`;
  const etag = ifMatch && (await clients.as('revisor').get(thing)).headers.get('etag');
  return insist(() => client.send(method, path, JSON.stringify(body), { ifMatch: etag ?? ifMatch }));
}

/** Codes of what is wrong in a place of a body and inside of it. */
const faultsIn = ({ body }: ApiAnswer, pointer: string): string[] =>
  (body.errors ?? [])
    .filter((fault: Body) => fault.pointer === pointer || fault.pointer.startsWith(`${pointer}/`))
    .map(({ code }: Body) => code);

/** Values of several kinds: one more field may make it look like another kind, in which others are foreign. */
const isOneOfSeveral = (at: Path): boolean => /^\/(value|employers\/\d+)\//.test(pointerTo(at));

test('what is tried is every operation of the published description', () => {
  const published = new Description().operations.map(({ name }) => name.replaceAll(/\{(\w+)\}/g, ':$1'));
  expect(routes.toSorted()).toEqual(published.toSorted());
});

describe('the bodies that are tried', () => {
  test('are of every route that has one, fit, and have every field', () => {
    expect(Object.keys(bodies).toSorted()).toEqual(withBody.toSorted());
    for (const route of withBody) {
      const contract = byRoute.get(route);
      if (!contract) throw new Error(route);
      const tried = new Set<string>();
      for (const body of bodies[route] ?? []) {
        expect({ route, ...contract.body.safeParse(body) }).toMatchObject({ route, success: true });
        for (const { at } of valuesIn(body)) tried.add(generalised(pointerTo(at)));
      }
      const missing = textFieldsOf(contract).filter(({ pointer }) => !tried.has(pointer));
      // Keys of other kinds than the one that is tried; and the one employer is a region, not an RCC.
      const others = ['/jwk/y', '/jwk/n', '/jwk/e', '/employers/*/rcc'];
      expect({
        route,
        missing: missing.map(({ pointer }) => pointer).filter((p) => !others.includes(p)),
      }).toEqual({
        route,
        missing: [],
      });
    }
  });
});

/** Parts of a plan's source are kept word for word, whatever they are, as text. */
const keptJson =
  /^\/source\/(meta|(goals\/\d+|rows\/\d+|levelStructuring|patientCollaboration)\/(source|classification|parts|statusReading))/;

const foreign: Readonly<Record<string, unknown>> = {
  status: 'granted',
  state: 'granted',
  region: 'kalmar',
  rcc: 'sydost',
  submittedAt: '2026-01-01T00:00:00Z',
  reference: 'SO-2026-001',
  _id: nobodys,
  constructor: { prototype: { admin: true } },
  $set: { state: 'granted' },
};
const foreignNames = [...Object.keys(foreign), '__proto__'];
const foreignValue = (name: string): unknown => (name === '__proto__' ? { admin: true } : foreign[name]);

/** Where one of the names belongs in the body, and so is not foreign. */
const legal: readonly string[] = [
  'POST /api-clients /rcc',
  'POST /api-clients /region',
  'POST /applications /region',
  'POST /calls /rcc',
  'POST /measures /rcc',
  'POST /observations /value/state',
  'POST /observations/:id/correction /value/state',
  'POST /organisations /memberships/0/rcc',
  'PATCH /organisations/:id /memberships/0/rcc',
  'POST /people /employers/0/region',
  'PATCH /people/:id /employers/0/region',
  'POST /plan-imports /rcc',
  'POST /role-assignments /rcc',
  'POST /role-assignments /region',
];

describe('a field that is not the caller’s to set', () => {
  test('is refused wherever it stands, by name, and nothing is stored', async () => {
    const before = await contents.read();
    // The look finds what is there.
    expect(JSON.stringify(before['applications.applications'])).toContain(world.colleaguesWords);
    const skipped = new Set<string>();
    const cases = withBody.flatMap((route) =>
      (bodies[route] ?? []).flatMap((body) =>
        [...valuesIn(body)]
          .filter(({ value }) => isObject(value))
          .flatMap(({ at }) =>
            // In JSON that is kept as it is any name is right, but for the one that is a trap.
            (keptJson.test(pointerTo(at)) ? ['__proto__'] : foreignNames).flatMap((name) => {
              const pointer = pointerTo([...at, name]);
              const isOwn = (bodies[route] ?? []).some((each) => hasValue(each, [...at, name]));
              if (!isOwn) return [{ route, body, at: [...at, name], name }];
              skipped.add(`${route} ${pointer}`);
              return [];
            }),
          ),
      ),
    );
    await severally(cases.length, atOnce, async (number) => {
      const { route, body, at, name } = cases[number] as (typeof cases)[number];
      const answer = await send(route, withValue(body, at, foreignValue(name)));
      const pointer = pointerTo(at);
      const codes = new Set(faultsIn(answer, isOneOfSeveral(at) ? pointerTo(at.slice(0, -1)) : pointer));
      expect({ route, pointer, status: answer.status, codes: [...codes] }).toEqual({
        route,
        pointer,
        status: 422,
        codes: expect.arrayContaining([expect.stringMatching(/^(unknown-field|one-place-required)$/)]),
      });
    });
    expect(cases.length).toBeGreaterThan(1000);
    expect([...skipped].toSorted()).toEqual(legal.toSorted());
    expect(await contents.read()).toEqual(before);
  });
});

/** Whether there is such a place in the body, as a field of its own. */
function hasValue(body: unknown, [key, ...rest]: Path): boolean {
  if (key === undefined) return true;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, key)) return false;
  return hasValue((body as Record<string, unknown>)[key], rest);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Skatteverket's own example: a right date and check digit, and nobody's. */
const personalNumber = '121212-1212';

describe('a personal identity number', () => {
  /** Names of things, not words: what others than the sender's own system have made, and parts of keys. */
  const names = /(Id|themeIds\/\*|\/themeId|\/criterion|\/kid|\/x|deputyFor)$|^\/after$/;

  test('is refused in every text that a person can write, naming the place, and nothing is stored', async () => {
    const before = await contents.read();
    const refused = new Map<string, number>();
    for (const route of withBody) {
      const contract = byRoute.get(route);
      const kinds = new Map(contract && textFieldsOf(contract).map(({ pointer, kind }) => [pointer, kind]));
      for (const body of bodies[route] ?? []) {
        const texts = [...valuesIn(body)].filter(({ value }) => typeof value === 'string');
        await severally(texts.length, atOnce, async (number) => {
          const at = texts[number]?.at ?? [];
          const pointer = pointerTo(at);
          // What lies inside of kept JSON is refused where that begins.
          const kept = keptJson.exec(pointer)?.[0];
          const kind = kept === undefined ? kinds.get(generalised(pointer)) : 'json';
          if (names.test(generalised(pointer)) || kind === 'choice' || kind === 'day') return;
          const isEmail = pointer.endsWith('/email');
          const value = isEmail ? `a${personalNumber}@kalmar.example` : `Om ${personalNumber} kan`;
          const words = kind === 'free' || kind === 'json' ? value : personalNumber;
          const answer = await send(route, withValue(body, at, words));
          const codes = answer.body.errors?.filter((fault: Body) => fault.pointer === (kept ?? pointer));
          expect({
            route,
            pointer,
            status: answer.status,
            codes: codes?.map(({ code }: Body) => code),
          }).toEqual({
            route,
            pointer,
            status: 422,
            codes: isForm(pointer)
              ? [expect.any(String)]
              : expect.arrayContaining(['personal-identity-number']),
          });
          refused.set(`${route} ${generalised(pointer)}`, answer.status);
        });
      }
    }
    expect(refused.size).toBeGreaterThan(70);
    expect(await contents.read()).toEqual(before);
  });

  /** Whose form alone leaves no room for it. */
  const isForm = (pointer: string): boolean => /\/(amount|currency|period)$/.test(pointer);
});

/** Occurs in nothing but what is sent here. */
const mark = 'operatorprov';
const operators = ['$ne', '$gt', '$where', '$regex', '$in', '$expr'];

/** Operators that bear a value of the client's: the driver would carry them out. */
function operatorsIn(commands: readonly Command[]): string[] {
  const found: string[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const isOurs = operators.includes(key) && typeof inner === 'string' && inner.includes(mark);
      if (isOurs || key.includes(mark)) found.push(JSON.stringify(value));
      look(inner);
    }
  };
  for (const command of commands) look(command);
  return found;
}

const mentions = (commands: readonly Command[]): number =>
  commands.filter((command) => JSON.stringify(command).includes(mark)).length;

describe('an operator of the query language', () => {
  test('in place of a text is refused at its place and comes nowhere near the database', async () => {
    const before = await contents.read();
    const from = watch.commands.length;
    const cases = withBody.flatMap((route) =>
      (bodies[route] ?? []).flatMap((body) =>
        [...valuesIn(body)]
          .filter(({ value, at }) => typeof value === 'string' && !keptJson.test(pointerTo(at)))
          .flatMap(({ at }) => operators.map((operator) => ({ route, body, at, operator }))),
      ),
    );
    await severally(cases.length, atOnce, async (number) => {
      const { route, body, at, operator } = cases[number] as (typeof cases)[number];
      const answer = await send(route, withValue(body, at, { [operator]: mark }));
      expect({ route, at: pointerTo(at), operator, status: answer.status }).toMatchObject({ status: 422 });
      expect(answer.body.errors.some((fault: Body) => pointerTo(at).startsWith(fault.pointer))).toBe(true);
    });
    expect(cases.length).toBeGreaterThan(500);
    expect(mentions(watch.commands.slice(from))).toBe(0);
    expect(await contents.read()).toEqual(before);
  });

  test('in a parameter of the query is refused, or is a text that nothing has', async () => {
    const cases = routes.flatMap((route) =>
      parametersOf(route).flatMap((name) => [
        ...operators.map((operator) => ({ route, query: `${name}[${operator}]=${mark}`, isText: false })),
        ...operators.map((operator) => ({ route, query: `${name}=${operator}:${mark}`, isText: true })),
        { route, query: `${name}=${JSON.stringify({ $ne: mark })}`, isText: true },
        { route, query: `${name}=a&${name}=${mark}`, isText: false },
      ]),
    );
    cases.push(
      ...routes.flatMap((route) =>
        [...foreignNames, '$where', '$expr']
          .filter((name) => !parametersOf(route).includes(name))
          .map((name) => ({ route, query: `${name}=${mark}`, isText: false })),
      ),
    );
    await severally(cases.length, atOnce, async (number) => {
      const { route, query, isText } = cases[number] as (typeof cases)[number];
      const { method, path, body, ifMatch } = probeOf(route, idFor(route));
      const [bare] = path.split('?');
      const asked = `${bare}?${encodeURI(query).replaceAll('+', '%2B')}`;
      const client = clients.as(senderOf(route));
      const answer = await insist(() => client.send(method, asked, body, { ifMatch }));
      if (isText && answer.status === 200)
        expect({ asked, items: answer.body.items }).toEqual({ asked, items: [] });
      else if (isText && answer.status === 403) expect(freeQueries).toContain(route);
      else expect({ asked, status: answer.status }).toEqual({ asked, status: 422 });
    });
    expect(operatorsIn(watch.commands)).toEqual([]);
  });

  /** Routes with a text in the query, and their senders without the right to ask. */
  const freeQueries = ['GET /audit/accesses'];

  test('in a path names nothing', async () => {
    const cases = routes
      .filter((route) => route.includes('/:'))
      .flatMap((route) =>
        [...operators.map((operator) => `${operator}:${mark}`), `{"$gt":"${mark}"}`, `[$ne]=${mark}`].map(
          (id) => ({
            route,
            id: encodeURIComponent(id),
          }),
        ),
      );
    const from = watch.commands.length;
    await severally(cases.length, atOnce, async (number) => {
      const { route, id } = cases[number] as (typeof cases)[number];
      const { method, body, ifMatch } = probeOf(route);
      const path = byRoute.get(route)?.path.replaceAll(/:\w+/g, id) ?? '';
      const answer = await insist(() => clients.as(senderOf(route)).send(method, path, body, { ifMatch }));
      expect({ route, id, status: answer.status }).toMatchObject({ status: 422 });
    });
    expect(mentions(watch.commands.slice(from))).toBe(0);
  });

  test('in a header is refused, passed over or a mere text', async () => {
    const title = 'Ett utkast';
    const own = clients.as('region-kalmar-system');
    const draft = world.things.application['own.draft'];
    const callId = world.things.call['own.published'] ?? '';
    for (const operator of [`{"$ne":"${mark}"}`, `$where:${mark}`]) {
      const patch = (ifMatch: string) =>
        insist(() => own.patch(`/applications/${draft}`, { title }, { ifMatch }));
      expect((await patch(operator)).status).toBe(422);
      expect((await patch(`"${operator.replaceAll('"', "'")}"`)).status).toBe(412);
      const headers = { 'accept-language': operator, traceparent: operator, tracestate: operator };
      expect((await insist(() => own.get('/me', { headers }))).status).toBe(200);
      const application = completeApplication(callId, 'kalmar', { title });
      const make = (body: unknown) => insist(() => own.post('/applications', body, { key: operator }));
      const first = expectStatus(await make(application), 201);
      const again = expectStatus(await make(application), 201);
      // As a query it would find every key; as a text it is one like others.
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(again.body.id).toBe(first.body.id);
      expect((await make({ ...application, title: 'Ett annat' })).status).toBe(422);
    }
    expect(operatorsIn(watch.commands)).toEqual([]);
  });

  test('in any header of any route is a mere text, or refused', async () => {
    const cases = routes.flatMap((route) =>
      ['$ne', '$where'].flatMap((operator) => {
        const text = `{"${operator}":"${mark}"}`;
        const others = [
          'traceparent',
          'tracestate',
          'x-request-id',
          'x-forwarded-for',
          'user-agent',
          'cookie',
        ];
        return [
          { route, headers: { 'idempotency-key': text } },
          { route, headers: { 'if-match': `"${text.replaceAll('"', "'")}"` } },
          { route, headers: Object.fromEntries(['accept-language', ...others].map((name) => [name, text])) },
        ];
      }),
    );
    await severally(cases.length, atOnce, async (number) => {
      const { route, headers } = cases[number] as (typeof cases)[number];
      const { method, path, ifMatch } = probeOf(route, idFor(route));
      const body = method === 'GET' ? undefined : (bodies[route]?.[0] ?? {});
      const client = clients.as(senderOf(route));
      const answer = await client.send(method, path, body, {
        headers,
        ...('if-match' in headers ? {} : { ifMatch }),
      });
      // Whether a busy machine had time for it is of no matter here.
      expect([200, 201, 403, 404, 409, 412, 422, 503]).toContain(answer.status);
    });
    expect(operatorsIn(watch.commands)).toEqual([]);
  });

  test('written in free text is kept to the letter', async () => {
    const words = `{"$ne":"${mark}"}, {"$gt":""} och {"$where":"1"}`;
    const callId = world.things.call['own.published'] ?? '';
    for (const [route, fit] of [
      ['POST /applications', { callId, themeId: undefined, period: undefined }],
      ['POST /calls', {}],
      ['POST /measures', { goal: undefined }],
      ['POST /thinning-rules', {}],
      ['POST /api-clients', {}],
      [
        'POST /observations',
        { measureId: world.things.measure['own'], period: { from: '2024-01-01', to: '2024-12-31' } },
      ],
    ] as const) {
      const contract = byRoute.get(route);
      const free = contract ? textFieldsOf(contract).filter(({ kind }) => kind === 'free') : [];
      const pointers = new Set(free.map(({ pointer }) => pointer));
      let body: unknown = { ...bodies[route]?.[0], ...fit };
      const filled: Path[] = [];
      for (const { at, value } of [...valuesIn(body)]) {
        const place = generalised(pointerTo(at));
        if (typeof value !== 'string' || !pointers.has(place) || notFree.test(place)) continue;
        body = withValue(body, at, words);
        filled.push(at);
      }
      expect(filled.length).toBeGreaterThan(0);
      const made = expectStatus(
        await insist(() => clients.as(senderOf(route)).post(contract?.path ?? '', body)),
        201,
      );
      const location = made.headers.get('location') ?? '';
      const read = expectStatus(await clients.as(senderOf(route)).get(location), 200);
      for (const at of filled) {
        const found = [...valuesIn(read.body)].find((each) => pointerTo(each.at) === pointerTo(at));
        expect({ route, at: pointerTo(at), found: found?.value }).toEqual({
          route,
          at: pointerTo(at),
          found: words,
        });
      }
    }
    expect(operatorsIn(watch.commands)).toEqual([]);
    // The watch sees what is stored: else it would prove nothing.
    await eventually(() => mentions(watch.commands) > 0);
  });

  test('would be seen, did one come through', async () => {
    const database = await new mongo.MongoClient(watch.url).connect();
    await database
      .db('insats_watch')
      .collection('things')
      .findOne({ title: { $ne: mark } });
    await database.close();
    expect(operatorsIn(watch.commands)).toEqual([`{"$ne":"${mark}"}`]);
  });

  /** Texts whose form is checked by code, which their schema does not tell. */
  const notFree = /\/(email|decisionReference|period|amount|currency)$/;
});
