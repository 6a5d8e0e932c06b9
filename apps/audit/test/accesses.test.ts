import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AccessView } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { changedCall, startPlayground, type Playground } from './playground.ts';

let play: Playground;
let call: string;
beforeAll(async () => {
  play = await startPlayground();
  call = await changedCall(play);
}, 180_000);
afterAll(() => play?.stop(), 60_000);

async function accesses(query: string, client = play.auditor): Promise<AccessView[]> {
  const answer = await client.get(`/audit/accesses?limit=200&${query}`);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.items;
}

/** The records of an actor, once there are so many. */
function settled(query: string, count: number): Promise<AccessView[]> {
  return eventually(async () => {
    const found = await accesses(query);
    return found.length >= count ? found : undefined;
  });
}

test('every reading of personal data and every refusal is kept, and nothing else', async () => {
  const region = play.clients.as('region-kalmar-system');
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const asked = [
    [`/applications`, 200],
    [`/applications?limit=1`, 200],
    [`/notifications`, 200],
    [`/calls/${call}`, 404],
    [`/applications/no-such-thing`, 404],
    [`/audit/verification`, 403],
    [`/audit/accesses`, 403],
    // Of these nothing is kept: nobody is told of in them, or there is no such path.
    [`/deadlines`, 200],
    [`/organisations`, 200],
    [`/me`, 200],
    [`/no-such-path`, 404],
    [`/applications?limit=0`, 422],
  ] as const;
  for (const [path, status] of asked) {
    const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };
    expect([path, (await region.get(path, { headers })).status]).toEqual([path, status]);
  }
  const kept = (await settled('actor=region-kalmar-system', 7)).toReversed();
  expect(kept.map(({ operation, outcome, status }) => [operation, outcome, status])).toEqual([
    ['applications.list', 'read', 200],
    ['applications.list', 'read', 200],
    ['notifications.list', 'read', 200],
    ['calls.get', 'refused', 404],
    ['applications.get', 'refused', 404],
    ['audit.verification', 'refused', 403],
    ['accesses.list', 'refused', 403],
  ]);
  expect(kept[3]).toMatchObject({
    kind: 'system',
    roles: ['regionSystem'],
    resource: 'call',
    id: call,
    code: 'not-found',
    traceId: trace,
    times: 1,
  });
});

test('who has no identity is refused and kept as nobody', async () => {
  expect((await play.clients.anonymous.get(`/applications/${call}`)).status).toBe(401);
  const kept = await eventually(async () =>
    (await accesses(`outcome=refused&id=${call}`)).find(({ status }) => status === 401),
  );
  expect(kept).toMatchObject({ actor: null, kind: null, roles: [], code: 'not-authenticated' });
});

test('a path that is no identifier is not kept: it may hold anything', async () => {
  const reader = play.clients.as('ekonom-sydost');
  await reader.get('/applications/Anna%20Andersson');
  await reader.get(`/applications/no-such-application`);
  const kept = await settled('actor=ekonom-sydost&outcome=refused', 1);
  expect(JSON.stringify(kept)).not.toContain('Anna');
});

test('can be searched by actor, thing, outcome and time', async () => {
  const before = new Date().toISOString();
  await play.office.get('/people');
  await play.office.get(`/audit?resource=call&id=${call}`);
  const kept = await settled(`actor=kansli-sydost&from=${before}`, 2);
  expect(kept.map(({ operation }) => operation)).toEqual(['audit.history', 'people.list']);
  expect(
    (await accesses(`actor=kansli-sydost&resource=call&id=${call}`)).map(({ operation }) => operation),
  ).toContain('audit.history');
  expect(
    await accesses(`actor=kansli-sydost&to=${new Date(Date.parse(before) - 60_000).toISOString()}`),
  ).toEqual([]);
  expect((await accesses('actor=kansli-sydost&outcome=refused')).length).toBe(0);
});

test('an office sees what concerns its own RCC, as far as the record says so', async () => {
  await play.office.get('/people');
  const own = await eventually(async () => {
    const found = await accesses('', play.office);
    return found.length > 0 ? found : undefined;
  });
  expect(own.every(({ rccs }) => rccs.includes('sydost'))).toBe(true);
  const theirs = await accesses('', play.clients.as('kansli-norr'));
  expect(theirs.every(({ rccs }) => rccs.includes('norr'))).toBe(true);
  for (const client of ['region-kalmar-system', 'nationell', 'beslut-sydost'])
    expect((await play.clients.as(client).get('/audit/accesses')).status).toBe(403);
});

test('does not tell an office of a draft that its region has read', async () => {
  await play.office.post(`/calls/${call}/publication`, {});
  const region = play.clients.as('region-jonkoping-system');
  const content = { callId: call, region: 'jonkoping', unit: 'Kliniken', title: 'Utkast' };
  const { status, body } = await region.post('/applications', content);
  expect(status).toBe(201);
  expect((await region.get(`/applications/${body.id}`)).status).toBe(200);
  const read = await settled(`actor=region-jonkoping-system&id=${body.id}`, 1);
  expect(read).toMatchObject([{ operation: 'applications.get', rccs: [] }]);
  expect(await accesses(`id=${body.id}`, play.office)).toEqual([]);
});

test('is itself in the log: a changed record is found', async () => {
  await play.advance('PT1H');
  expect(await play.verification()).toMatchObject({ whole: true });
  const journal = play.database('audit').collection('journal');
  const kept = await journal.findOne({ type: 'audit.accesses-kept' });
  await journal.updateOne(
    { _id: kept?._id as never },
    { $set: { 'private.data.records.0.actor': 'nobody' } },
  );
  const view = await play.verification();
  expect(view.services.find(({ service }) => service === 'audit')?.fault).toMatchObject({ code: 'private' });
  await journal.replaceOne({ _id: kept?._id as never }, kept as never);
});

test('loses nothing while audit is away', async () => {
  const reader = play.clients.as('kansli-norr');
  const before = new Date().toISOString();
  await play.product.processes.get('audit')?.kill();
  const reads = 450;
  for (let read = 0; read < reads; read += 1) await reader.get('/people?limit=1');
  await play.product.waitUntilReady();
  const { total } = await eventually(async () => {
    const answer = await play.auditor.get(`/audit/accesses?actor=kansli-norr&from=${before}&limit=1`);
    return answer.status === 200 && answer.body.page.total >= reads ? answer.body.page : undefined;
  }, 30_000);
  expect(total).toBe(reads);
});
