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

  test.each(['nobody', '', '__proto__', '{"$ne":""}'])('is not known for %p', async (subject) => {
    expect(await gateway.client.ask(resolveActor, { subject }, { actor })).toEqual({ actor: null });
  });

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
    expect(body.items[0].decisionRoute).toHaveLength(3);
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
