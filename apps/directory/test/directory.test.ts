import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  contactsOf,
  recipientsOf,
  regionsOfRcc,
  resolveActor,
  serviceActor,
  type RccCode,
  type Role,
} from '#libs/contracts';
import { api, connectTestBus, eventually, startTestProduct, type Api, type TestBus } from '#libs/testing';

let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let gateway: TestBus;
let applications: TestBus;
let notifications: TestBus;
const actor = serviceActor('gateway');
const asApplications = { actor: serviceActor('applications') };
const asNotifications = { actor: serviceActor('notifications') };

beforeAll(async () => {
  product = await startTestProduct({ sharedDatabase: false });
  clients = api(product);
  [gateway, applications, notifications] = await Promise.all([
    connectTestBus(product),
    connectTestBus(product, 'applications'),
    connectTestBus(product, 'notifications'),
  ]);
}, 120_000);

afterAll(async () => {
  await Promise.all([gateway, applications, notifications].map((bus) => bus?.close()));
  await product?.stop();
}, 30_000);

const regionsOf = async (rcc: RccCode, on = '2026-11-24') =>
  (await applications.client.ask(regionsOfRcc, { rcc, on }, asApplications)).regions;
const recipients = async (role: Role, unit: string, on = '2026-11-24') =>
  (await notifications.client.ask(recipientsOf, { role, unit, on }, asNotifications)).recipients;

describe('who a subject is', () => {
  test('is told with roles and employers', async () => {
    const { actor: assessor } = await gateway.client.ask(
      resolveActor,
      { subject: 'bedomare-ostergotland' },
      { actor },
    );
    expect(assessor).toEqual({
      id: 'bedomare-ostergotland',
      kind: 'person',
      assignments: [{ role: 'assessor', rcc: 'sydost' }],
      employers: ['ostergotland'],
    });
    const { actor: system } = await gateway.client.ask(
      resolveActor,
      { subject: 'region-kalmar-system' },
      { actor },
    );
    expect(system).toMatchObject({
      kind: 'system',
      assignments: [{ role: 'regionSystem', region: 'kalmar' }],
    });
  });

  test.each(['nobody', '', '__proto__', '{"$ne":""}', 'client:', 'client:nobody', 'service:gateway'])(
    'is not known for %p',
    async (subject) => {
      expect(await gateway.client.ask(resolveActor, { subject }, { actor })).toEqual({ actor: null });
    },
  );

  test('is seen by oneself with the units by name', async () => {
    const { body } = await clients.as('chef-kalmar').get('/me');
    expect(body).toEqual({
      id: 'chef-kalmar',
      kind: 'person',
      name: 'Björn Åkesson',
      roles: [{ role: 'regionSigner', region: 'kalmar' }],
      units: [{ kind: 'region', code: 'kalmar', name: 'Region Kalmar län' }],
      employers: ['kalmar'],
    });
    expect((await clients.as('nationell').get('/me')).body.units).toEqual([
      { kind: 'national', code: 'nationell', name: 'RCC i samverkan' },
    ]);
  });
});

describe('the regions of an RCC', () => {
  test('are those that belong to it on the day, Halland to two', async () => {
    expect(await regionsOf('sydost')).toEqual(['jonkoping', 'kalmar', 'ostergotland']);
    expect(await regionsOf('vast')).toEqual(['halland', 'vastra-gotaland']);
    expect(await regionsOf('syd')).toEqual(['blekinge', 'halland', 'kronoberg', 'skane']);
    expect(await regionsOf('sydost', '2018-12-31')).toEqual([]);
  });

  test('are listed with their RCC and its decision route', async () => {
    const { body } = await clients.as('revisor').get('/organisations?rcc=stockholm-gotland');
    expect((body.items as { name: string }[]).map(({ name }) => name)).toEqual([
      'RCC Stockholm Gotland',
      'Region Gotland',
      'Region Stockholm',
    ]);
    expect(body.items[0].decisionRoute).toEqual({
      takesApplications: true,
      steps: [
        { kind: 'preparation', by: expect.stringContaining('arbetsgrupp') },
        { kind: 'preparation', by: 'RCC' },
        { kind: 'decision', by: 'Hälso- och sjukvårdsdirektörerna' },
      ],
    });
    expect(body.items[1]).toMatchObject({ decisionRoute: null, rccs: ['stockholm-gotland'], allowed: [] });
    expect(body.items[1].memberships).toEqual([
      { rcc: 'stockholm-gotland', from: '2019-01-01', to: null, municipalities: [] },
    ]);
  });
});

describe('recipients', () => {
  test('are those who hold the role in the unit on the day', async () => {
    expect(await recipients('regionSigner', 'ostergotland')).toEqual([
      { id: 'chef-ostergotland', name: 'Anna Lind', email: 'anna.lind@ostergotland.example' },
    ]);
    expect(await recipients('regionSystem', 'kalmar')).toEqual([
      expect.objectContaining({ email: 'barncancer@kalmar.example' }),
    ]);
    expect((await recipients('assessor', 'sydost')).map(({ id }) => id)).toEqual([
      'bedomare-ostergotland',
      'bedomare-sydost-1',
      'bedomare-sydost-2',
    ]);
    expect(await recipients('assessor', 'norr')).toEqual([]);
    expect(await recipients('regionSigner', 'ostergotland', '2019-12-31')).toEqual([]);
  });

  test('by name are those who are known', async () => {
    const { recipients: found } = await notifications.client.ask(
      contactsOf,
      { ids: ['kansli-sydost', 'nobody', 'chef-kalmar'] },
      asNotifications,
    );
    expect(found.map(({ id }) => id)).toEqual(['chef-kalmar', 'kansli-sydost']);
  });
});

describe('over HTTP', () => {
  const officer = () => clients.as('kansli-sydost');
  const newPerson = (subject: string) => ({
    subject,
    name: 'Åsa Öberg',
    email: 'asa.oberg@kalmar.example',
    employers: [{ region: 'kalmar', from: '2025-01-01' }],
  });

  test('a person is made, read by the address given, and changed with If-Match', async () => {
    const made = await officer().post('/people', newPerson('asa-1'), { key: 'asa-1' });
    expect(made.status).toBe(201);
    const path = `/people/${made.body.id}`;
    expect(made.headers.get('location')).toBe(`/insats/v1${path}`);
    expect((await officer().post('/people', newPerson('asa-1'), { key: 'asa-1' })).body).toEqual(made.body);
    expect((await officer().post('/people', newPerson('asa-1'))).body.code).toBe('already-exists');
    const read = await officer().get(path);
    expect([read.status, read.headers.get('etag'), read.body]).toEqual([200, '"1"', made.body]);

    const change = { name: 'Åsa Berg' };
    expect((await officer().patch(path, change)).status).toBe(428);
    expect((await officer().patch(path, change, { ifMatch: 7 })).status).toBe(412);
    const changed = await officer().patch(path, change, { ifMatch: 1 });
    expect([changed.status, changed.headers.get('etag'), changed.body.name]).toEqual([
      200,
      '"2"',
      'Åsa Berg',
    ]);
    expect((await clients.as('kansli-norr').get(path)).status).toBe(404);
    expect((await clients.as('chef-kalmar').get(path)).status).toBe(404);
    expect((await clients.as('revisor').patch(path, change, { ifMatch: 2 })).status).toBe(403);
    expect((await clients.anonymous.get(path)).status).toBe(401);
  });

  test.each<[string, string, object, Record<string, string>]>([
    [
      'a person',
      '/people',
      {
        subject: 'client:x',
        name: ' ',
        email: 'asa',
        employers: [
          { region: 'kalmar', from: '2026-02-30' },
          { region: 'atlantis', from: '2026-01-01' },
          { rcc: 'sydost', from: '2026-01-01', to: '2025-01-01' },
        ],
        rccs: ['norr'],
      },
      {
        '/subject': 'reserved-subject',
        '/name': 'blank',
        '/email': 'invalid-email',
        '/employers/0/from': 'invalid-day',
        '/employers/1/region': 'not-allowed-value',
        '/employers/2/to': 'period-reversed',
        '/rccs': 'unknown-field',
      },
    ],
    [
      'a role',
      '/role-assignments',
      { personId: '$ne', role: 'king', from: 'idag', ending: null },
      {
        '/personId': 'invalid-format',
        '/role': 'not-allowed-value',
        '/from': 'invalid-day',
        '/ending': 'unknown-field',
      },
    ],
    [
      'an API client',
      '/api-clients',
      { name: 'System', scopes: ['grants.read', 'everything'], region: 'kalmar', publicKeys: [] },
      { '/scopes/1': 'not-allowed-value', '/publicKeys': 'unknown-field' },
    ],
    [
      'an API client with a scope twice',
      '/api-clients',
      { name: 'System', scopes: ['grants.read', 'grants.read'], region: 'kalmar' },
      { '/scopes': 'repeated-value' },
    ],
    [
      'an API client of nobody',
      '/api-clients',
      { name: 'System', scopes: ['grants.read'] },
      { '/region': 'one-place-required' },
    ],
    [
      'an API client of two',
      '/api-clients',
      { name: 'System', scopes: ['grants.read'], region: 'kalmar', rcc: 'sydost' },
      { '/rcc': 'one-place-required' },
    ],
    [
      'an organisation',
      '/organisations',
      {
        kind: 'region',
        code: 'atlantis',
        name: 'Atlantis',
        memberships: [{ rcc: 'oster', from: '2027-01-01', to: '2026-01-01' }],
        decisionRoute: { takesApplications: true, steps: [{ kind: 'consultation', by: 'Alla' }] },
      },
      {
        '/memberships/0/rcc': 'not-allowed-value',
        '/decisionRoute/steps': 'route-without-decision',
      },
    ],
    [
      'an organisation of no code',
      '/organisations',
      { kind: 'region', code: 'atlantis', name: 'Atlantis' },
      { '/code': 'not-allowed-value' },
    ],
  ])('%s with faults is refused with each at its place', async (_name, path, body, faults) => {
    const refused = await officer().post(path, body);
    expect(refused.status).toBe(422);
    const errors = refused.body.errors as { pointer: string; code: string }[];
    expect(Object.fromEntries(errors.map(({ pointer, code }) => [pointer, code]))).toEqual(faults);
  });

  test('a private key is refused in words that help, in both languages, and never repeated', async () => {
    const client = await officer().post('/api-clients', {
      name: 'System',
      scopes: ['grants.read'],
      region: 'kalmar',
    });
    expect(client.status).toBe(201);
    const { privateKey } = generateKeyPairSync('ed25519');
    const jwk = { kid: 'k1', ...privateKey.export({ format: 'jwk' }) };
    const path = `/api-clients/${client.body.id}/keys`;
    for (const [language, words] of [
      ['sv', /privat nyckel/],
      ['en', /private key/],
    ] as const) {
      const refused = await officer().post(path, { jwk }, { headers: { 'accept-language': language } });
      expect(refused.status).toBe(422);
      expect(refused.body.errors).toEqual([
        { pointer: '/jwk/d', code: 'private-key', detail: expect.stringMatching(words) },
      ]);
      expect(JSON.stringify(refused.body)).not.toContain(jwk.d);
    }
  });

  test('a role of one’s own is refused with its own reason', async () => {
    const self = await officer().get('/people?subject=kansli-sydost');
    const refused = await officer().post(
      '/role-assignments',
      { personId: self.body.items[0].id, role: 'decider', rcc: 'sydost', from: '2026-01-01' },
      { headers: { 'accept-language': 'en' } },
    );
    expect([refused.status, refused.body.code, refused.body.title]).toEqual([
      403,
      'own-role',
      'Nobody gives or ends a role of their own',
    ]);
  });

  test('a role taken away is gone for a live token', async () => {
    const reader = clients.as('lasare-kalmar');
    const roles = async () => (await reader.get('/me')).body.roles;
    expect(await roles()).toHaveLength(1);
    expect((await reader.get('/organisations')).body.page.total).toBe(28);
    const person = await officer().get('/people?subject=lasare-kalmar');
    const held = `/role-assignments?personId=${person.body.items[0].id}&state=active`;
    const [role] = (await officer().get(held)).body.items;
    const ended = await officer().post(`/role-assignments/${role.id}/ending`, { reason: 'Slutat' });
    expect([ended.status, ended.body.state]).toEqual([200, 'ended']);
    // Asked of the service at once; what the gateway remembers of the actor runs out by itself.
    expect(await roles()).toEqual([]);
    await eventually(async () => (await reader.get('/organisations')).body.page.total === 0);
  });

  test('unknown parameters of lists are refused', async () => {
    for (const path of ['/people', '/role-assignments', '/api-clients', '/organisations']) {
      expect((await officer().get(`${path}?subject[$ne]=x`)).status).toBe(422);
      expect((await officer().get(`${path}?sort=rccs`)).status).toBe(422);
    }
  });
});

test('the demo data is loaded once: a start on the same data changes and doubles nothing', async () => {
  const list = async () => (await clients.as('revisor').get('/organisations?limit=200')).body;
  const before = await list();
  expect(before.page.total).toBe(28);
  await product.processes.get('directory')?.kill('SIGKILL');
  const after = await eventually(async () => {
    const body = await list();
    return body.items ? body : undefined;
  });
  expect(after).toEqual(before);
}, 60_000);
