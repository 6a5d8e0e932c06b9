import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AuditEntry } from '#libs/contracts';
import { eventually, type ApiClient } from '#libs/testing';
import { changedCall, kronor, startPlayground, type Playground } from './playground.ts';

let play: Playground;
beforeAll(async () => {
  play = await startPlayground();
}, 180_000);
afterAll(() => play?.stop(), 60_000);

const history = (client: Pick<ApiClient, 'get'>, resource: string, id: string, more = '') =>
  client.get(`/audit?resource=${resource}&id=${id}${more}`);

describe('the audit of a call', () => {
  let id: string;
  beforeAll(async () => {
    id = await changedCall(play);
  });

  test('tells its office who changed what from what to what, when and in which role', async () => {
    const { status, body } = await history(play.office, 'call', id);
    expect(status).toBe(200);
    expect(body.page).toEqual({ number: 1, limit: 20, total: 2 });
    const [created, changed] = body.items as AuditEntry[];
    expect(created).toMatchObject({ seq: 1, type: 'call.created', prevHash: null });
    expect(created?.changes).toContainEqual({ path: '/title', from: null, to: 'Gammal' });
    expect(changed).toMatchObject({
      seq: 2,
      type: 'call.changed',
      time: expect.stringMatching(/Z$/),
      actor: { id: 'kansli-sydost', kind: 'person', role: 'rccOfficer', rcc: 'sydost' },
      changes: [{ path: '/title', from: 'Gammal', to: 'Ny' }],
      thinned: false,
      prevHash: created?.hash,
    });
  });

  test('comes in pages, of which each tells the same as the whole', async () => {
    const second = await history(play.office, 'call', id, '&limit=1&page=2');
    expect(second.body.items).toMatchObject([{ changes: [{ path: '/title', from: 'Gammal', to: 'Ny' }] }]);
    expect(second.body.page).toEqual({ number: 2, limit: 1, total: 2 });
  });

  test('is there for auditors', async () => {
    expect((await history(play.auditor, 'call', id)).body.page.total).toBe(2);
  });

  test.each(['kansli-norr', 'region-kalmar-system', 'nationell', 'bedomare-sydost-1'])(
    'does not let %s know that there is a draft',
    async (client) => {
      expect(await history(play.clients.as(client), 'call', id)).toMatchObject({ status: 404 });
    },
  );

  test('is not for those who see the call but have no part in its history', async () => {
    expect((await play.office.post(`/calls/${id}/publication`, {})).status).toBe(200);
    const region = play.clients.as('region-kalmar-system');
    expect((await region.get(`/calls/${id}`)).status).toBe(200);
    expect(await history(region, 'call', id)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await history(play.clients.as('kansli-norr'), 'call', id)).status).toBe(404);
  });

  test('of what there is not, or has another kind, is not found', async () => {
    expect((await history(play.auditor, 'plan', id)).status).toBe(404);
    expect((await history(play.auditor, 'call', 'no-such-call')).status).toBe(404);
  });

  test.each([
    'resource=call',
    `id=1`,
    'resource=audit&id=1',
    'resource=call&id=%24ne',
    'resource=call&id=1&x=1',
  ])('refuses the question %s', async (query) => {
    expect((await play.auditor.get(`/audit?${query}`)).status).toBe(422);
  });

  test('is for nobody without an identity', async () => {
    expect((await history(play.clients.anonymous, 'call', id)).status).toBe(401);
  });
});

test('assessments are working papers: the office sees them in the audit, the region does not', async () => {
  const id = await changedCall(play);
  await play.office.post(`/calls/${id}/publication`, {});
  const region = play.clients.as('region-ostergotland-system');
  const { body: draft } = await region.post('/applications', {
    callId: id,
    region: 'ostergotland',
    unit: 'Kliniken',
    title: 'Prov nära hemmet',
    contact: { name: 'Åsa Öst', email: 'asa@ostergotland.example' },
    summary: 'Ett projekt.',
    need: 'Långa resor.',
    aims: [{ text: 'Kortare resor' }],
    method: 'Utbildning.',
    period: { from: '2027-01-01', to: '2027-12-31' },
    budget: [{ line: 'salary', year: 2027, amount: kronor('1000.00') }],
    patientInvolvement: 'Två föräldrar.',
    spreading: 'Öppet.',
    afterFunding: 'Kliniken.',
  });
  expect((await region.post(`/applications/${draft.id}/submission`, {})).status).toBe(200);
  const assessment = {
    scores: [{ criterion: 'nytta', score: 4, reason: 'Bra' }],
    recommendation: 'grant',
    recommendedAmount: kronor('500.00'),
  };
  const assessed = await play.clients
    .as('bedomare-sydost-1')
    .post(`/applications/${draft.id}/assessments`, assessment);
  expect(assessed.status).toBe(201);
  const typesFor = async (client: ApiClient): Promise<string[]> => {
    const { body } = await history(client, 'application', draft.id, '&limit=200');
    return body.items.map(({ type }: AuditEntry) => type);
  };
  expect(await typesFor(play.office)).toContain('application.assessed');
  expect(await typesFor(play.auditor)).toContain('application.assessed');
  const shown = await typesFor(region);
  expect(shown).toContain('application.submitted');
  expect(shown).not.toContain('application.assessed');
  expect(JSON.stringify((await history(region, 'application', draft.id)).body)).not.toContain('bedomare');
});

test('the deadline of a draft is not found by those who may not know of the draft', async () => {
  const call = await changedCall(play);
  await play.office.post(`/calls/${call}/publication`, {});
  const region = play.clients.as('region-kalmar-system');
  const { body: draft } = await region.post('/applications', {
    callId: call,
    region: 'kalmar',
    unit: 'Kliniken',
    title: 'Utkast',
  });
  const deadline = await eventually(
    async () => (await region.get(`/deadlines?subjectId=${draft.id}`)).body.items?.[0]?.id as string,
  );
  const statusFor = async (client: ApiClient) => (await history(client, 'deadline', deadline)).status;
  for (const client of [play.office, play.clients.as('nationell'), play.clients.as('beslut-sydost')])
    expect(await statusFor(client)).toBe(404);
  // Its own region knows of it, but has no part in the audit.
  expect(await statusFor(region)).toBe(403);
});

test('an officer reads the audit of people in the own RCC, and knows of no others', async () => {
  const people = (await play.office.get('/people?limit=200')).body.items as { id: string }[];
  const [known] = people;
  expect(known).toBeDefined();
  expect((await history(play.office, 'person', known?.id ?? '')).status).toBe(200);
  const theirs = (await play.clients.as('kansli-norr').get('/people?limit=200')).body.items as {
    id: string;
  }[];
  const foreign = theirs.find(({ id }) => !people.some((person) => person.id === id));
  expect(foreign).toBeDefined();
  expect((await history(play.office, 'person', foreign?.id ?? '')).status).toBe(404);
  expect((await history(play.auditor, 'person', foreign?.id ?? '')).status).toBe(200);
});
