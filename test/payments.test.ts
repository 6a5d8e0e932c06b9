import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { api, eventually, startTestProduct, type Api, type ApiAnswer } from '#libs/testing';
import {
  completeApplication,
  everything,
  expectStatus,
  insist,
  kronor,
  oreOf,
  publishedCall,
  severally,
  type Body,
} from './support.ts';

// A busy machine is no fault of the product's.
jest.setTimeout(180_000);

const home = mkdtempSync(join(tmpdir(), 'insats-payments-'));
type Product = Awaited<ReturnType<typeof startTestProduct>>;
let product: Product;
let clients: Api;
let callId: string;

beforeAll(async () => {
  product = await startTestProduct({ home });
  clients = api(product);
  callId = await publishedCall(clients.as('kansli-sydost'), { requiresSignOff: true });
  await giveRole('beslut-sydost', { role: 'controller', rcc: 'sydost' });
  await giveRole('bedomare-ostergotland', { role: 'controller', rcc: 'sydost' });
}, 240_000);

afterAll(async () => {
  await product?.stop();
  rmSync(home, { recursive: true, force: true });
}, 60_000);

/** One more role, at work when this returns. */
async function giveRole(subject: string, role: Record<string, string>): Promise<void> {
  const admin = clients.as('administrator');
  const [{ id: personId }] = (await admin.get(`/people?subject=${subject}`)).body.items;
  expectStatus(await admin.post('/role-assignments', { personId, from: '2020-01-01', ...role }), 201);
  await eventually(async () => {
    const { body } = await clients.as(subject).get('/me');
    return JSON.stringify(body).includes(`"${role['role']}"`);
  });
}

const systemOf = (region: string) => clients.as(`region-${region}-system`);
const prepare = (id: string, requisitionId: string, who = 'ekonom-sydost', key?: string) =>
  clients.as(who).post(`/applications/${id}/payments`, { requisitionId, coding: 'Konto 4510' }, { key });
const attest = (
  id: string,
  paymentId: string,
  who = 'ekonom-sydost-2',
  body: Body = { outcome: 'attested' },
  key?: string,
) => clients.as(who).post(`/applications/${id}/payments/${paymentId}/attestation`, body, { key });
const asking = (id: string, amount: string, region = 'kalmar', key?: string) =>
  systemOf(region).post(`/applications/${id}/requisitions`, { amount: kronor(amount) }, { key });
const read = async (id: string, who = 'kansli-sydost') =>
  expectStatus(await clients.as(who).get(`/applications/${id}`), 200).body;

async function granted(region: string): Promise<string> {
  const application = completeApplication(callId, region);
  const { id } = expectStatus(await systemOf(region).post('/applications', application), 201).body;
  expectStatus(await clients.as(`chef-${region}`).post(`/applications/${id}/sign-off`, {}), 200);
  expectStatus(await systemOf(region).post(`/applications/${id}/submission`, {}), 200);
  const outcome = { applicationId: id, outcome: 'granted', amount: kronor('800.00'), reason: 'Bra.' };
  const round = { decidedOn: '2027-03-01', decidedBy: 'Chef för RCC Sydöst', outcomes: [outcome] };
  expectStatus(await clients.as('beslut-sydost').post(`/calls/${callId}/decisions`, round), 201);
  return id;
}

/** An application whose region has said yes to 800 kronor. */
async function accepted(region = 'kalmar'): Promise<string> {
  const id = await granted(region);
  expectStatus(
    await clients.as(`chef-${region}`).post(`/applications/${id}/acceptance`, { accepted: true }),
    200,
  );
  return id;
}

async function requisitioned(amount: string, region = 'kalmar') {
  const id = await accepted(region);
  return { id, requisitionId: expectStatus(await asking(id, amount, region), 201).body.id as string };
}

async function prepared(amount: string) {
  const { id, requisitionId } = await requisitioned(amount);
  return {
    id,
    requisitionId,
    paymentId: expectStatus(await prepare(id, requisitionId), 201).body.id as string,
  };
}

const codesOf = (answers: readonly ApiAnswer[]) =>
  answers.map(({ status, body }) => (status < 400 ? String(status) : `${status} ${body.code}`)).toSorted();

/** Events of the money, in order, with who caused each in which role. */
async function trail(id: string) {
  const history = await everything(clients.as('revisor'), `/applications/${id}/history`);
  return history
    .filter(({ type }) => /requisition|payment/.test(type))
    .map(({ type, actor }) => `${type.replace('application.', '')}: ${actor.id} (${actor.role})`);
}

test('a requisition is prepared by one person, returned or attested by another, and the region sees how it goes', async () => {
  const id = await accepted();
  const body = { amount: kronor('300.50'), period: { from: '2027-01-01', to: '2027-03-31' }, note: 'Lön' };
  const asked = expectStatus(
    await clients.as('chef-kalmar').post(`/applications/${id}/requisitions`, body),
    201,
  );
  expect(asked.body).toMatchObject({
    ...body,
    applicationId: id,
    number: 1,
    state: 'open',
    requestedBy: 'chef-kalmar',
  });
  const requisitionId = asked.body.id;
  expect((await read(id)).allowed).toEqual(['payments']);

  const first = expectStatus(await prepare(id, requisitionId), 201);
  expect(first.body).toMatchObject({
    applicationId: id,
    requisitionId,
    state: 'prepared',
    amount: kronor('300.50'),
    coding: 'Konto 4510',
    preparedBy: 'ekonom-sydost',
    attestation: null,
  });
  // Offered to those alone who may, and not to whoever prepared it.
  expect((await read(id, 'ekonom-sydost')).allowed).toEqual([]);
  expect((await read(id, 'ekonom-sydost-2')).allowed).toEqual(['attestation']);
  expect((await read(id, 'kansli-sydost')).allowed).toEqual([]);
  expect((await read(id, 'region-kalmar-system')).allowed).toEqual(['requisitions']);

  const back = { outcome: 'returned', reason: 'Fel kostnadsställe' };
  const returned = expectStatus(await attest(id, first.body.id, 'ekonom-sydost-2', back), 200);
  expect(returned.body).toMatchObject({
    state: 'returned',
    attestation: { ...back, by: 'ekonom-sydost-2', paidOn: null },
  });
  expect(await read(id, 'region-kalmar-system')).toMatchObject({
    requisitions: [{ state: 'open' }],
    payments: [{ state: 'returned', attestation: { reason: 'Fel kostnadsställe' } }],
    requisitioned: kronor('300.50'),
    paid: kronor('0.00'),
  });

  // An RCC with one controller pays too: the office prepares.
  const second = expectStatus(await prepare(id, requisitionId, 'kansli-sydost'), 201);
  const paid = expectStatus(await attest(id, second.body.id, 'ekonom-sydost'), 200);
  expect(paid.body).toMatchObject({
    state: 'attested',
    attestation: {
      outcome: 'attested',
      by: 'ekonom-sydost',
      paidOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    },
  });
  const seen = await read(id, 'region-kalmar-system');
  expect(seen).toMatchObject({
    state: 'accepted',
    requisitions: [{ id: requisitionId, state: 'paid' }],
    payments: [{ state: 'returned' }, { id: second.body.id, state: 'attested' }],
    paid: kronor('300.50'),
  });
  expect((await read(id, 'ekonom-sydost-2')).allowed).toEqual([]);
  expect(await trail(id)).toEqual([
    'requisitioned: chef-kalmar (regionSigner)',
    'payment-prepared: ekonom-sydost (controller)',
    'payment-returned: ekonom-sydost-2 (controller)',
    'payment-prepared: kansli-sydost (rccOfficer)',
    'payment-attested: ekonom-sydost (controller)',
  ]);
});

test('what was asked for wrongly is taken back by the region or rejected by the RCC, and can be asked for anew', async () => {
  const { id, requisitionId } = await requisitioned('800.00');
  const path = (own: string) => `/applications/${id}/requisitions/${own}`;
  expect((await read(id, 'region-kalmar-system')).allowed).toEqual([]);
  const withdrawn = await systemOf('kalmar').post(`${path(requisitionId)}/withdrawal`, {
    reason: 'Fel belopp',
  });
  expect(expectStatus(withdrawn, 200).body).toMatchObject({ state: 'withdrawn', reason: 'Fel belopp' });
  const again = expectStatus(await asking(id, '800.00'), 201).body;
  expect(again.number).toBe(2);
  const rejected = await clients
    .as('ekonom-sydost')
    .post(`${path(again.id)}/rejection`, { reason: 'För tidigt' });
  expect(expectStatus(rejected, 200).body).toMatchObject({ state: 'rejected', reason: 'För tidigt' });
  expect(await read(id, 'chef-kalmar')).toMatchObject({
    requisitioned: kronor('0.00'),
    allowed: ['requisitions'],
  });
  for (const own of [requisitionId, again.id])
    expect(codesOf([await prepare(id, own)])).toEqual(['409 state-conflict']);
  expect(
    codesOf([await systemOf('kalmar').post(`${path('finns-inte')}/withdrawal`, { reason: 'x' })]),
  ).toEqual(['404 not-found']);
});

describe('what is refused', () => {
  test('attesting one’s own payment, in plain words', async () => {
    const { id, paymentId } = await prepared('100.00');
    for (const outcome of [{ outcome: 'attested' }, { outcome: 'returned', reason: 'x' }]) {
      const refused = await attest(id, paymentId, 'ekonom-sydost', outcome);
      expect(refused).toMatchObject({
        status: 403,
        body: {
          code: 'four-eyes',
          title: 'En annan person måste göra detta',
          parts: ['prepared'],
          applicationIds: [id],
        },
      });
      expect(refused.body.detail).toContain('den som har förberett en utbetalning attesterar den inte');
    }
    // Neither does the office, which may prepare, nor anybody of another RCC.
    expect(codesOf([await attest(id, paymentId, 'kansli-sydost')])).toEqual(['403 forbidden']);
    expect(codesOf([await attest(id, paymentId, 'kansli-norr')])).toEqual(['404 not-found']);
    expect(await read(id)).toMatchObject({ payments: [{ state: 'prepared' }], paid: kronor('0.00') });
  });

  test('paying what one has decided, also as a controller', async () => {
    const { id, requisitionId } = await requisitioned('100.00');
    const decided = { code: 'four-eyes', parts: ['decided'] };
    expect(await prepare(id, requisitionId, 'beslut-sydost')).toMatchObject({ status: 403, body: decided });
    const reject = `/applications/${id}/requisitions/${requisitionId}/rejection`;
    expect(await clients.as('beslut-sydost').post(reject, { reason: 'x' })).toMatchObject({
      status: 403,
      body: decided,
    });
    expect((await read(id, 'beslut-sydost')).allowed).toEqual([]);
    const { id: paymentId } = expectStatus(await prepare(id, requisitionId), 201).body;
    expect(await attest(id, paymentId, 'beslut-sydost')).toMatchObject({ status: 403, body: decided });
    expect((await read(id, 'beslut-sydost')).allowed).toEqual([]);
  });

  test('paying the region that one works in', async () => {
    const { id, requisitionId } = await requisitioned('100.00', 'ostergotland');
    const local = 'bedomare-ostergotland';
    expect(codesOf([await prepare(id, requisitionId, local)])).toEqual(['403 conflict-of-interest']);
    const { id: paymentId } = expectStatus(await prepare(id, requisitionId), 201).body;
    expect(codesOf([await attest(id, paymentId, local)])).toEqual(['403 conflict-of-interest']);
  });

  test.each([
    ['too much', { amount: kronor('800.01') }, 409, 'grant-exceeded'],
    ['nothing', { amount: kronor('0.00') }, 422, 'invalid-input'],
    ['less than nothing', { amount: kronor('-1.00') }, 422, 'invalid-input'],
    ['a tenth of an öre', { amount: kronor('1.001') }, 422, 'invalid-input'],
    ['a number', { amount: 100 }, 422, 'invalid-input'],
    ['other money', { amount: { amount: '1.00', currency: 'EUR' } }, 422, 'invalid-input'],
    ['a state of its own', { amount: kronor('1.00'), state: 'paid' }, 422, 'invalid-input'],
  ])('a requisition of %s', async (_what, body, status, code) => {
    const id = await accepted();
    const refused = await systemOf('kalmar').post(`/applications/${id}/requisitions`, body);
    expect(refused).toMatchObject({ status, body: { code } });
    if (code === 'grant-exceeded')
      expect(refused.body).toMatchObject({ left: kronor('800.00'), needed: kronor('800.01') });
    expect((await read(id)).requisitions).toEqual([]);
  });

  test('money for a grant that has not been accepted, and a payment of nothing that was asked for', async () => {
    const id = await granted('kalmar');
    expect(await asking(id, '1.00')).toMatchObject({
      status: 409,
      body: { code: 'state-conflict', allowed: ['acceptance'] },
    });
    expectStatus(
      await clients.as('chef-kalmar').post(`/applications/${id}/acceptance`, { accepted: true }),
      200,
    );
    expect((await prepare(id, 'finns-inte')).body).toMatchObject({
      code: 'invalid-input',
      errors: [{ pointer: '/requisitionId', code: 'unknown-requisition' }],
    });
    expect(codesOf([await attest(id, 'finns-inte')])).toEqual(['404 not-found']);
  });
});

describe('at the same moment', () => {
  test('requisitions never exceed the grant', async () => {
    const id = await accepted();
    const answers = await severally(10, 10, (number) =>
      insist(() => asking(id, '150.00', 'kalmar', `ask-${id}-${number}`)),
    );
    expect(codesOf(answers)).toEqual([...Array(5).fill('201'), ...Array(5).fill('409 grant-exceeded')]);
    const { requisitions, requisitioned: sum } = await read(id);
    expect(requisitions.map(({ number }: Body) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(sum).toEqual(kronor('750.00'));
  });

  test('a double click makes one requisition, one payment and one attestation', async () => {
    const id = await accepted();
    const twice = (ask: () => Promise<ApiAnswer>) => severally(2, 2, () => insist(ask));
    const asked = await twice(() => asking(id, '10.00', 'kalmar', `a-${id}`));
    expect(codesOf(asked)).toEqual(['201', '201']);
    const requisitionId = asked[0]?.body.id;
    const payments = await twice(() => prepare(id, requisitionId, 'ekonom-sydost', `b-${id}`));
    expect(codesOf(payments)).toEqual(['201', '201']);
    const paymentId = payments[0]?.body.id;
    const attested = await twice(() =>
      attest(id, paymentId, 'ekonom-sydost-2', { outcome: 'attested' }, `c-${id}`),
    );
    expect(codesOf(attested)).toEqual(['200', '200']);
    expect(await read(id)).toMatchObject({
      requisitions: [{ id: requisitionId }],
      payments: [{ id: paymentId }],
      paid: kronor('10.00'),
    });
    expect(await trail(id)).toHaveLength(3);
  });

  test('two prepare one requisition and two end one payment: one of each counts', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, requisitionId } = await requisitioned('500.00');
      const made = await Promise.all(
        ['ekonom-sydost', 'kansli-sydost'].map((who, number) =>
          insist(() => prepare(id, requisitionId, who, `p-${id}-${number}`)),
        ),
      );
      expect(codesOf(made)).toEqual(['201', '409 state-conflict']);
      const paymentId = made.find(({ status }) => status === 201)?.body.id;
      const by = made.find(({ status }) => status === 201)?.body.preparedBy;
      const others = ['ekonom-sydost', 'ekonom-sydost-2'].filter((who) => who !== by);
      const ends = await Promise.all([
        ...others.map((who) =>
          insist(() => attest(id, paymentId, who, { outcome: 'attested' }, `e-${id}-${who}`)),
        ),
        insist(() =>
          attest(id, paymentId, 'ekonom-sydost-2', { outcome: 'returned', reason: 'x' }, `r-${id}`),
        ),
      ]);
      const won = ends.filter(({ status }) => status === 200);
      expect(codesOf(ends)).toEqual(['200', ...Array(ends.length - 1).fill('409 state-conflict')]);
      const { paid, payments } = await read(id);
      expect(payments).toEqual([won[0]?.body]);
      expect(oreOf(paid)).toBe(won[0]?.body.state === 'attested' ? 50_000 : 0);
    }
  });
});

// Last: it ends the product.
test('an attestation whose process dies right after the write is done once, and its event comes', async () => {
  const { id, paymentId } = await prepared('123.45');
  await eventually(async () => (await trail(id)).length === 2);
  await product.stop();
  product = await startTestProduct({ home, env: { INSATS_FAIL_POINTS: 'aggregate.after-write=1' } });
  clients = api(product);
  const key = `attest-${id}`;
  const answer = await attest(id, paymentId, 'ekonom-sydost-2', { outcome: 'attested' }, key).catch(
    () => null,
  );
  expect(answer?.status ?? 503).toBe(503);
  await eventually(() => (product.processes.get('applications')?.restarts ?? 0) > 0, 60_000);
  await product.stop();

  product = await startTestProduct({ home });
  clients = api(product);
  const again = await insist(() => attest(id, paymentId, 'ekonom-sydost-2', { outcome: 'attested' }, key));
  expect(expectStatus(again, 200).headers.get('idempotent-replayed')).toBe('true');
  expect(await read(id)).toMatchObject({
    paid: kronor('123.45'),
    payments: [{ id: paymentId, state: 'attested' }],
  });
  const told = await eventually(async () => {
    const page = await clients.as('revisor').get(`/audit?resource=application&id=${id}&limit=100`);
    const types = (page.body.items ?? []).map(({ type }: Body) => type);
    return types.includes('application.payment-attested') && types;
  });
  expect(told.filter((type: string) => type === 'application.payment-attested')).toHaveLength(1);
});
