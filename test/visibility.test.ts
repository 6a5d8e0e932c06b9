import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { api, eventually, startTestProduct, type Api, type ApiClient } from '#libs/testing';
import {
  completeApplication,
  everything,
  expectStatus,
  kronor,
  publishedCall,
  type Body,
} from './support.ts';

// A busy machine is no fault of the product's.
jest.setTimeout(240_000);

let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let callId: string;
/** Östergötland's: one that is still a draft, one that has arrived, one that was granted. */
const ids = { draft: '', submitted: '', granted: '' };
type Name = keyof typeof ids;
const names = Object.keys(ids) as Name[];
let foreignDeadline: string;

/** As long as a real one, and nobody's. */
const unknownId = '00000000-0000-7000-8000-000000000000';

beforeAll(async () => {
  product = await startTestProduct();
  clients = api(product);
  const own = clients.as('region-ostergotland-system');
  const office = clients.as('kansli-sydost');
  callId = await publishedCall(office, {
    requiresSignOff: true,
    reporting: [{ kind: 'final', dueOn: '2099-12-31' }],
  });
  for (const name of names) {
    const body = completeApplication(callId, 'ostergotland', { title: `Hemlig ${name}` });
    ids[name] = expectStatus(await own.post('/applications', body, { key: `secret-${name}` }), 201).body.id;
    if (name === 'draft') continue;
    expectStatus(await clients.as('chef-ostergotland').post(`/applications/${ids[name]}/sign-off`, {}), 200);
    expectStatus(await own.post(`/applications/${ids[name]}/submission`, {}), 200);
  }
  const round = {
    decidedOn: '2027-03-01',
    decidedBy: 'Chef',
    outcomes: [{ applicationId: ids.granted, outcome: 'granted', amount: kronor('1000.00'), reason: 'Bra.' }],
  };
  expectStatus(await clients.as('beslut-sydost').post(`/calls/${callId}/decisions`, round), 201);
  foreignDeadline = await eventually(async () => {
    const { items } = (await own.get(`/deadlines?subjectId=${ids.granted}&kind=final-report`)).body;
    return items.length === 1 && items[0].id;
  });
  // Two receipts and a decision, each to contact and signer.
  await eventually(async () => (await office.get('/notifications')).body.page.total === 6);
}, 180_000);

afterAll(() => product?.stop(), 30_000);

const scores = { scores: [], recommendation: 'grant' };

/** Everything that can be asked of or done to one application. */
const requests: readonly (readonly [string, string, string, unknown?])[] = [
  ['reading', 'GET', ''],
  ['history', 'GET', '/history'],
  ['submission check', 'GET', '/submission-check'],
  ['assessments', 'GET', '/assessments'],
  ['edit', 'PATCH', '', { title: 'Kapad' }],
  ['sign-off', 'POST', '/sign-off', {}],
  ['submission', 'POST', '/submission', {}],
  ['withdrawal', 'POST', '/withdrawal', { reason: 'Kapad' }],
  ['acceptance', 'POST', '/acceptance', { accepted: true }],
  ['assessing', 'POST', '/assessments', scores],
  ['conflict declaration', 'POST', '/conflict-declaration', { reason: 'Kapad' }],
];
const commands = requests.filter(([, method]) => method !== 'GET');

/** An answer as it came, with what must differ taken out: whose trace it is, and the path that was asked. */
async function rawAnswer(client: ApiClient, method: string, path: string, body?: unknown) {
  const response = await fetch(`${product.url}/insats/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await client.token()}`,
      ...(method === 'PATCH' && { 'if-match': '"1"' }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const raw = await response.text();
  const { traceId, instance } = JSON.parse(raw);
  const text = raw.replace(traceId, 'TRACE').replace(instance, 'INSTANCE');
  const perRequest = ['date', 'traceparent', 'x-request-id', 'trace-id'];
  const headers = [...response.headers].filter(([name]) => !perRequest.includes(name));
  return { status: response.status, headers, text };
}

const outsiders = [
  ["another region's system", 'region-kalmar-system'],
  ["another region's head of operations", 'chef-kalmar'],
  ["a region's system of another RCC", 'region-vasterbotten-system'],
  ["another RCC's office", 'kansli-norr'],
  ["another RCC's decider", 'beslut-norr'],
  ['a process leader', 'process-sydost'],
] as const;

describe.each(outsiders)('%s', (_who, clientId) => {
  // As objects: jest would take a missing fourth member for its callback.
  test.each(requests.map(([what, method, rest, body]) => ({ what, method, rest, body })))(
    'gets the same answer to $what for an application of Östergötland as for none',
    async ({ method, rest, body }) => {
      const client = clients.as(clientId);
      const none = await rawAnswer(client, method, `/applications/${unknownId}${rest}`, body);
      expect(none.status).toBe(404);
      for (const name of names)
        expect(await rawAnswer(client, method, `/applications/${ids[name]}${rest}`, body)).toEqual(none);
    },
  );

  test('finds nothing of it in lists, totals, deadlines and mails, whatever is asked for', async () => {
    const client = clients.as(clientId);
    const { reference } = (await clients.as('revisor').get(`/applications/${ids.submitted}`)).body;
    for (const path of [
      '/applications?region=ostergotland',
      `/applications?callId=${callId}`,
      `/applications?reference=${reference}`,
      '/applications?state=granted',
      '/deadlines?region=ostergotland',
      `/deadlines?subjectId=${ids.granted}`,
      '/notifications',
      `/notifications?subjectId=${ids.granted}`,
    ]) {
      const answer = await client.get(path);
      // Who may read the RCC's deadlines for the work with plans may know of them; of applications never.
      if (clientId === 'process-sydost' && path.startsWith('/deadlines')) continue;
      expect([path, answer.status, answer.body.items, answer.body.page.total]).toEqual([path, 200, [], 0]);
    }
    if (clientId === 'process-sydost') return;
    const reminders = (id: string) => rawAnswer(client, 'GET', `/deadlines/${id}/reminders`);
    const none = await reminders(foreignDeadline.replaceAll(/./g, '0'));
    expect(none.status).toBe(404);
    expect(await reminders(foreignDeadline)).toEqual(none);
  });

  test('changes nothing by trying', async () => {
    for (const name of names) {
      const { body } = await clients.as('revisor').get(`/applications/${ids[name]}`);
      expect(body).toMatchObject({
        title: `Hemlig ${name}`,
        state: name,
        acceptance: null,
        withdrawal: null,
      });
    }
  });
});

describe('a region', () => {
  test("learns nothing by another's key", async () => {
    const key = 'secret-draft';
    const body = completeApplication(callId, 'kalmar', { title: 'Egen' });
    const made = expectStatus(
      await clients.as('region-kalmar-system').post('/applications', body, { key }),
      201,
    );
    expect(made.body).toMatchObject({ region: 'kalmar', title: 'Egen' });
    expect(made.headers.get('idempotent-replayed')).toBeNull();
    expect(Object.values(ids)).not.toContain(made.body.id);
    expectStatus(
      await clients
        .as('region-kalmar-system')
        .post(`/applications/${made.body.id}/withdrawal`, { reason: 'Bara ett prov.' }),
      200,
    );
  });

  test('cannot apply for another region', async () => {
    const body = completeApplication(callId, 'ostergotland');
    expect(await clients.as('region-kalmar-system').post('/applications', body)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  });

  test('sees its own, all of it', async () => {
    const own = clients.as('region-ostergotland-system');
    const listed = await everything(own, `/applications?callId=${callId}`);
    expect(listed.map(({ id }) => id).toSorted()).toEqual(Object.values(ids).toSorted());
    expect((await own.get('/notifications')).body.page.total).toBe(6);
    for (const [, method, rest] of requests.filter(([what]) => what === 'reading' || what === 'history'))
      expectStatus(await own.send(method, `/applications/${ids.granted}${rest}`), 200);
  });
});

describe.each(['kansli-sydost', 'bedomare-sydost-1', 'beslut-sydost', 'ekonom-sydost'])(
  'the working paper of a region is not for %s',
  (clientId) => {
    test('a draft is as if it were not there, until it arrives', async () => {
      const client = clients.as(clientId);
      for (const [, method, rest, body] of requests) {
        const none = await rawAnswer(client, method, `/applications/${unknownId}${rest}`, body);
        expect(none.status).toBe(404);
        expect(await rawAnswer(client, method, `/applications/${ids.draft}${rest}`, body)).toEqual(none);
      }
      const listed = await client.get(`/applications?callId=${callId}&region=ostergotland`);
      expect(listed.body.page.total).toBe(2);
      expect(listed.body.items.map(({ id }: Body) => id).toSorted()).toEqual(
        [ids.submitted, ids.granted].toSorted(),
      );
      expect((await client.get('/applications?state=draft')).body.page.total).toBe(0);
    });
  },
);

describe('the auditor', () => {
  test('reads everything, drafts too', async () => {
    const auditor = clients.as('revisor');
    const listed = await everything(auditor, '/applications?region=ostergotland');
    expect(listed.map(({ id }) => id).toSorted()).toEqual(Object.values(ids).toSorted());
    for (const name of names) {
      for (const [, method, rest] of requests.filter(([, verb]) => verb === 'GET'))
        expectStatus(await auditor.send(method, `/applications/${ids[name]}${rest}`), 200);
    }
    for (const path of [
      `/calls/${callId}`,
      `/calls/${callId}/frame`,
      `/calls/${callId}/ranking`,
      `/calls/${callId}/history`,
      `/deadlines/${foreignDeadline}/reminders`,
    ])
      expectStatus(await auditor.get(path), 200);
    expect((await auditor.get('/notifications')).body.page.total).toBe(6);
    expect((await auditor.get(`/deadlines?subjectId=${ids.granted}`)).body.page.total).toBe(3);
  });

  test('changes nothing', async () => {
    const auditor = clients.as('revisor');
    const before = await everything(auditor, '/applications');
    const forbidden = { status: 403, body: { code: 'forbidden' } };
    for (const name of names) {
      for (const [what, method, rest, body] of commands) {
        const answer = await auditor.send(method, `/applications/${ids[name]}${rest}`, body, {
          ...(method === 'PATCH' && { ifMatch: 1 }),
        });
        expect({ what, ...answer }).toMatchObject({ what, ...forbidden });
      }
    }
    const round = {
      decidedOn: '2027-03-01',
      decidedBy: 'Revisor',
      outcomes: [{ applicationId: ids.submitted, outcome: 'rejected', reason: 'Nej.' }],
    };
    const call = {
      rcc: 'sydost',
      title: 'T',
      opensOn: '2027-01-01',
      closesOn: '2027-02-01',
      frame: kronor('1'),
    };
    for (const [path, body] of [
      ['/calls', call],
      [`/calls/${callId}/publication`, {}],
      [`/calls/${callId}/closing-extension`, { closesOn: '2100-12-31', reason: 'R' }],
      [`/calls/${callId}/closure`, { reason: 'R' }],
      [`/calls/${callId}/decisions`, round],
      ['/applications', completeApplication(callId, 'ostergotland')],
    ] as const)
      expect({ path, ...(await auditor.post(path, body)) }).toMatchObject({ path, ...forbidden });
    expect(await everything(auditor, '/applications')).toEqual(before);
  });
});

test('an office sees and changes nothing of the calls of another RCC', async () => {
  const norr = clients.as('kansli-norr');
  expect((await norr.get('/calls')).body.page.total).toBe(0);
  for (const [method, rest, body] of [
    ['GET', ''],
    ['GET', '/frame'],
    ['GET', '/ranking'],
    ['GET', '/history'],
    ['PATCH', '', { title: 'Kapad' }],
    ['POST', '/publication', {}],
    ['POST', '/closing-extension', { closesOn: '2100-12-31', reason: 'R' }],
    ['POST', '/closure', { reason: 'R' }],
  ] as const) {
    const none = await rawAnswer(norr, method, `/calls/${unknownId}${rest}`, body);
    expect(none.status).toBe(404);
    expect(await rawAnswer(norr, method, `/calls/${callId}${rest}`, body)).toEqual(none);
  }
});
