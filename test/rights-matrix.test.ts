import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { recordedResources, roles, type Role } from '#libs/contracts';
import { api, startTestProduct, type Api, type ApiAnswer } from '#libs/testing';
import { byRoute, makingOf, parametersOf, probeOf, type Probe } from './rights/probes.ts';
import {
  answerFor,
  histories,
  holders,
  table,
  visible,
  type Answer,
  type PlacedKind,
} from './rights/table.ts';
import { nobodys, places, seedWorld, type World } from './rights/world.ts';
import { insist, type Body } from './support.ts';

// A busy machine is no fault of the product's.
jest.setTimeout(240_000);

let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let world: World;

beforeAll(async () => {
  product = await startTestProduct({ sharedDatabase: false });
  clients = api(product);
  world = await seedWorld(clients, product.mongoUrl);
}, 240_000);

afterAll(() => product?.stop(), 30_000);

const placedKinds = Object.keys(visible) as PlacedKind[];
const seen = (kind: PlacedKind, role: Role): string[] => visible[kind][role].split(' ').filter(Boolean);

/** Ids and words that may be in no answer to the role. */
function hiddenFrom(role: Role): string[] {
  const known = new Set<string | undefined>();
  const hidden = new Set<string>();
  for (const kind of placedKinds) {
    const names = seen(kind, role);
    for (const [name, id] of Object.entries(world.things[kind])) {
      if (names.includes(name)) {
        known.add(id);
        // What is due, or was sent, names what it is about.
        if (kind === 'deadline' || kind === 'notification') known.add(subjectOf(name));
        continue;
      }
      hidden.add(id);
      const secret = world.secrets.get(id);
      if (secret !== undefined) hidden.add(secret);
    }
  }
  // One of those in the world asks in this role, and may know of that.
  if (role === 'regionSigner') {
    const own = world.things.person['own'] ?? '';
    for (const each of [own, world.secrets.get(own), world.things['role-assignment']['own']]) known.add(each);
  }
  // Only those who read assessments, see `GET /applications/:id/assessments`.
  if (!['rccOfficer', 'decider', 'auditor'].includes(role)) hidden.add(world.colleaguesWords);
  return [...hidden].filter((each) => !known.has(each));
}

/** The thing that the deadline or the receipt of a name is about. */
function subjectOf(name: string): string | undefined {
  const { call, application } = world.things;
  if (!name.endsWith('.call')) return application[name];
  return call[name === 'rcc.call' ? 'rcc.published' : 'own.published'];
}

/** Who looks after the personal data of everybody reads what is held about each, wherever it lies. */
const tellsAll = (role: Role, route: string): boolean =>
  route === 'GET /people/:id/personal-data' && ['auditor', 'administrator'].includes(role);

/** An office sees in the access log of its RCC that a draft of one of its regions was read, by its id alone. */
const tellsDrafts = (role: Role, route: string): boolean =>
  route === 'GET /audit/accesses' && role === 'rccOfficer';

async function ask(role: Role, route: string, { method, path, body, ifMatch }: Probe): Promise<ApiAnswer> {
  const client = clients.as(holders[role]);
  const answer = await insist(() => client.send(method, path, body, { ifMatch }));
  if (!tellsAll(role, route)) {
    const text = textOf(answer.body);
    // An answer may repeat what was asked for.
    const drafts = tellsDrafts(role, route) ? ['own.draft', 'unit.draft', 'region.draft'] : [];
    const told = drafts.map((name) => world.things.application[name]);
    const leaks = hiddenFrom(role).filter(
      (word) => text.includes(word) && !path.includes(word) && !told.includes(word),
    );
    expect({ path, leaks }).toEqual({ path, leaks: [] });
  }
  return answer;
}

/** All words of an answer; those of a calendar may go on on the next line (RFC 5545, 3.1). */
function textOf(body: unknown): string {
  return typeof body === 'string' ? body.replaceAll(/\r\n[ \t]/g, '') : JSON.stringify(body);
}

const refusals = [403, 404];
/** Refused, or gone on to where something else than rights is asked for. */
function answered({ status, body }: ApiAnswer, method: string): string | number {
  if (refusals.includes(status)) return status as Answer;
  const granted = method === 'GET' ? [200] : [200, 201, 409, 412, 422];
  return granted.includes(status) ? 'granted' : `${status} ${JSON.stringify(body)}`;
}

async function answers(role: Role, route: string, probes: Readonly<Record<string, Probe>>) {
  const found = Object.entries(probes).map(async ([name, probe]) => {
    return [name, answered(await ask(role, route, probe), probe.method)] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

const idsOf = (kind: PlacedKind, role: Role) => seen(kind, role).map((name) => world.things[kind][name]);

test('every route has a row in the table, and every row a route', () => {
  expect(Object.keys(table).toSorted()).toEqual([...byRoute.keys()].toSorted());
});

test('every thing with a history of its own has a row that says who reads it', () => {
  expect(Object.keys(histories).toSorted()).toEqual([...recordedResources].toSorted());
});

test('nobody is let in anywhere, with no token, a broken one or a foreign one', async () => {
  for (const route of byRoute.keys()) {
    const { method, path, body, ifMatch } = probeOf(route);
    for (const authorization of [undefined, 'Bearer x', 'Basic eDp4']) {
      const options = { ifMatch, ...(authorization !== undefined && { headers: { authorization } }) };
      const answer = await clients.anonymous.send(method, path, body, options);
      expect({ route, status: answer.status }).toEqual({ route, status: 401 });
    }
  }
});

/** Routes of a sort, each with each role. */
function cells<Sort extends string>(sort: Sort) {
  return Object.entries(table).flatMap(([route, row]) =>
    typeof row === 'object' && sort in row
      ? roles.map((role) => ({ route, role, row: row as Extract<typeof row, Record<Sort, unknown>> }))
      : [],
  );
}

// Lists first: what is tried further down adds to some of them.
describe('a list holds, counts and totals only what the role may know of', () => {
  /** Things in the lists that the world did not make: the directory's people, each call's deadlines. */
  const others: readonly PlacedKind[] = ['organisation', 'person', 'role-assignment', 'deadline'];

  test.each(cells('list'))('$route for $role', async ({ route, role, row }) => {
    const kind = row.list;
    const { status, body } = await ask(role, route, probeOf(route));
    expect(status).toBe(200);
    const made = new Set(Object.values(world.things[kind]));
    const found = body.items.map(({ id }: Body) => id);
    expect(found.filter((id: string) => made.has(id)).toSorted()).toEqual(idsOf(kind, role).toSorted());
    expect(body.page.total).toBe(found.length);
    if (!others.includes(kind) || idsOf(kind, role).length === 0)
      expect(found).toHaveLength(idsOf(kind, role).length);
  });

  const idsIn = (calendar: unknown): string[] =>
    [...textOf(calendar).matchAll(/^UID:(.+)@insats\r$/gm)].flatMap(([, id]) => id ?? []);

  test.each(cells('calendar'))('$route for $role', async ({ route, role, row }) => {
    const kind = row.calendar;
    const { status, headers, body } = await ask(role, route, probeOf(route));
    expect([status, headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
    const made = new Set(Object.values(world.things[kind]));
    const found = idsIn(body);
    expect(found.filter((id) => made.has(id)).toSorted()).toEqual(idsOf(kind, role).toSorted());
    const { body: list } = await ask(role, 'GET /deadlines', probeOf('GET /deadlines'));
    expect(found.toSorted()).toEqual(list.items.map(({ id }: Body) => id).toSorted());
    // However it is narrowed.
    const hidden = new Set(hiddenFrom(role));
    for (const narrowing of ['rcc=norr', 'region=kalmar', 'state=open', 'kind=application-submission']) {
      const probe = { method: 'GET', path: `/deadlines/calendar?${narrowing}` };
      const narrowed = await ask(role, route, probe);
      expect([narrowing, narrowed.status]).toEqual([narrowing, 200]);
      const ids = idsIn(narrowed.body);
      expect({ narrowing, leaks: ids.filter((id) => hidden.has(id) || !found.includes(id)) }).toEqual({
        narrowing,
        leaks: [],
      });
      const { items } = (
        await ask(role, 'GET /deadlines', { method: 'GET', path: `/deadlines?limit=200&${narrowing}` })
      ).body;
      expect(ids.toSorted()).toEqual(items.map(({ id }: Body) => id).toSorted());
    }
  });

  test.each(cells('list'))('$route for $role, however it is narrowed', async ({ route, role, row }) => {
    const kind = row.list;
    const { path } = probeOf(route);
    const query = parametersOf(route);
    const hidden = hiddenFrom(role);
    const narrowings = [
      ...(query.includes('rcc') ? ['rcc=norr', 'rcc=sydost'] : []),
      ...(query.includes('unit') ? ['unit=norr'] : []),
      ...(query.includes('region') ? ['region=ostergotland', 'region=vasterbotten', 'region=kalmar'] : []),
      ...(query.includes('state') && kind === 'application' ? ['state=draft'] : []),
      ...(query.includes('callId') ? Object.values(world.things.call).map((id) => `callId=${id}`) : []),
      ...(query.includes('measureId')
        ? Object.values(world.things.measure).map((id) => `measureId=${id}`)
        : []),
      ...(query.includes('personId') ? Object.values(world.things.person).map((id) => `personId=${id}`) : []),
      ...(query.includes('subjectId')
        ? Object.values(world.things.application).map((id) => `subjectId=${id}`)
        : []),
    ];
    await Promise.all(
      narrowings.map(async (narrowing) => {
        const narrowed = `${path}&${narrowing}`;
        const { status, body } = await insist(() => clients.as(holders[role]).get(narrowed));
        expect([narrowing, status]).toEqual([narrowing, 200]);
        const found = body.items.map(({ id }: Body) => id);
        expect({ narrowing, found: found.filter((id: string) => hidden.includes(id)) }).toEqual({
          narrowing,
          found: [],
        });
        expect({ narrowing, total: body.page.total }).toEqual({ narrowing, total: found.length });
      }),
    );
  });
});

// Before things are asked for one by one: each was asked by somebody, who finds that among what is held about them.
describe('what is for everybody', () => {
  test.each(roles.map((role) => ({ role })))(
    'everybody asks what is for everybody: $role',
    async ({ role }) => {
      for (const route of Object.keys(table).filter(
        (each) => table[each] === 'everybody' && each !== 'GET /audit',
      )) {
        const { status } = await ask(role, route, probeOf(route));
        // The log may not have been sealed yet: then there is no such root, for anybody.
        expect({ route, status }).toEqual({
          route,
          status: route.includes('/audit/') ? expect.any(Number) : 200,
        });
        expect([200, 404]).toContain(status);
      }
    },
  );
});

describe('a thing is told, or changed, only by those who may', () => {
  test.each(cells('thing'))('$route for $role', async ({ route, role, row }) => {
    const things = { ...world.things[row.thing], nobodys };
    const probes = Object.fromEntries(Object.entries(things).map(([name, id]) => [name, probeOf(route, id)]));
    const expected = Object.keys(things).map((name) => {
      return [name, answerFor(row, role, name === 'nobodys' ? null : name)];
    });
    expect(await answers(role, route, probes)).toEqual(Object.fromEntries(expected));
  });

  const asked = Object.entries(histories).flatMap(([resource, row]) =>
    roles.map((role) => ({ resource, role, row })),
  );
  test.each(asked)('GET /audit of a $resource for $role', async ({ resource, role, row }) => {
    const things = { ...world.things[row.thing], nobodys };
    const probes = Object.fromEntries(
      Object.entries(things).map(([name, id]) => {
        const path = `/audit?resource=${resource}&id=${id}`;
        return [name, { method: 'GET', path }];
      }),
    );
    const expected = Object.keys(things).map((name) => {
      return [name, answerFor(row, role, name === 'nobodys' ? null : name)];
    });
    const found = await answers(role, 'GET /audit', probes);
    // Nobody reads the history of a deadline; whether there is one behind an id tells nothing that is not public.
    if (row.to === '') for (const answer of Object.values(found)) expect(refusals).toContain(answer);
    else expect(found).toEqual(Object.fromEntries(expected));
  });
});

describe('something new is made only where the role reaches', () => {
  test.each(cells('make'))('$route for $role', async ({ route, role, row }) => {
    const reach = (row.make[role] ?? '').split(' ');
    const names = Object.keys(places) as (keyof typeof places)[];
    // A clinic matters to applications alone.
    const tried = names.filter((place) => route === 'POST /applications' || place !== 'unit');
    const probes = Object.fromEntries(tried.map((place) => [place, makingOf(route, place, world)]));
    // For what has an RCC and no region, another region of the RCC is no other place.
    const isOfRegions = ![
      'POST /calls',
      'POST /plan-imports',
      'POST /measures',
      'POST /observations',
    ].includes(route);
    const expected = tried.map((place) => {
      const same = isOfRegions || place !== 'region' ? place : 'own';
      return [place, reach.includes(same) ? 'granted' : 403];
    });
    expect(await answers(role, route, probes)).toEqual(Object.fromEntries(expected));
  });
});

test('an applicant of one clinic hands no draft over to another, or to none', async () => {
  const path = `/applications/${world.things.application['own.draft']}`;
  const client = clients.as(holders.regionApplicant);
  const ifMatch = (await client.get(path)).headers.get('etag') ?? '';
  for (const unit of [places.unit.unit, null]) {
    expect((await insist(() => client.patch(path, { unit }, { ifMatch }))).status).toBe(403);
  }
  expect((await insist(() => client.patch(path, { unit: places.own.unit }, { ifMatch }))).status).toBe(200);
});

describe('what belongs to the installation is for the named alone, also what is not there', () => {
  test.each(cells('only'))('$route for $role', async ({ route, role, row }) => {
    const isNamed = row.only.split(' ').includes(role);
    if (row.of === undefined) {
      const { status, body } = await ask(role, route, probeOf(route));
      if (isNamed) expect([200, 201, 404]).toContain(status);
      else expect(status).toBe(403);
      if (!isNamed || row.listed === undefined) return;
      expect(body.items.map(({ id }: Body) => id).toSorted()).toEqual(idsOf(row.listed, role).toSorted());
      expect(body.page.total).toBe(body.items.length);
      return;
    }
    const things = Object.entries({ ...world.things[row.of], nobodys });
    const known = row.of in visible ? seen(row.of as PlacedKind, role) : Object.keys(world.things[row.of]);
    const expected = things.map(([name]) => [name, isNamed ? (known.includes(name) ? 'granted' : 404) : 403]);
    const probes = Object.fromEntries(things.map(([name, id]) => [name, probeOf(route, id)]));
    expect(await answers(role, route, probes)).toEqual(Object.fromEntries(expected));
  });
});

describe('routes beside the API', () => {
  /** Method, path, and what somebody without a token or session is answered. */
  const open = [
    ['GET', '/health/live', 200],
    ['GET', '/health/ready', 200],
    ['GET', '/insats/v1/api-info', 200],
    ['GET', '/insats/v1/openapi.json', 200],
    ['GET', '/insats/v1/docs', 200],
    // Who signs in has nothing yet.
    ['GET', '/auth/login', 303],
    ['GET', '/auth/callback', 400],
    ['GET', '/auth/signed-out', 200],
    ['GET', '/auth/session', 401],
    ['POST', '/auth/logout', 200],
    ['POST', '/auth/backchannel-logout', 400],
    ['POST', '/oauth/token', 400],
    ['GET', '/oauth/jwks', 200],
    ['GET', '/.well-known/oauth-authorization-server', 200],
    // The demo's identity provider, mail catcher and clock.
    ['GET', '/dev/oidc/authorize', 400],
    ['POST', '/dev/oidc/authorize', 400],
    ['GET', '/dev/oidc/logout', 400],
    ['POST', '/dev/oidc/token', 400],
    ['GET', '/dev/oidc/jwks', 200],
    ['GET', '/dev/oidc/.well-known/openid-configuration', 200],
    ['GET', '/dev/mail', 200],
    ['GET', '/dev/mail/messages', 200],
    ['GET', '/dev/clock', 200],
    ['POST', '/dev/clock', 422],
  ] as const;

  test.each(open)('%s %s answers a stranger %i', async (method, path, status) => {
    const response = await fetch(product.url + path, { method, redirect: 'manual' });
    const text = await response.text();
    expect({ status: response.status, text: text.slice(0, 300) }).toMatchObject({ status });
    if (path.startsWith('/dev/mail')) return;
    for (const things of Object.values(world.things))
      for (const id of Object.values(things)) expect(text).not.toContain(id.includes('-') ? `"${id}"` : id);
  });
});
