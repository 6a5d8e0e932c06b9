import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { api, eventually, startTestProduct, type Api, type ApiAnswer, type ApiClient } from '#libs/testing';
import {
  completeApplication,
  everything,
  expectStatus,
  insist,
  kronor,
  mailsOf,
  oreOf,
  publishedCall,
  severally,
  type Body,
} from './support.ts';

// A busy machine is no fault of the product's.
jest.setTimeout(240_000);
// Mails yield to all else (ADR 0017), and there is much else here.
const mailsBoundMs = 120_000;

let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let office: ApiClient;
let decider: ApiClient;
const regions = ['kalmar', 'jonkoping', 'ostergotland'] as const;
const systemOf = (region: string) => clients.as(`region-${region}-system`);
const regionOf = (number: number) => regions[number % regions.length] ?? 'kalmar';

beforeAll(async () => {
  product = await startTestProduct();
  clients = api(product);
  office = clients.as('kansli-sydost');
  decider = clients.as('beslut-sydost');
}, 180_000);

afterAll(() => product?.stop(), 30_000);

/** Drafts of the regions in turn. */
function drafts(callId: string, count: number, amount = '1000.00'): Promise<Body[]> {
  return severally(count, 16, async (number) => {
    const region = regionOf(number);
    const body = completeApplication(callId, region, {
      title: `Ansökan ${number}`,
      contact: { name: 'Kontakt', email: `${number}-${callId}@${region}.example` },
      budget: [{ line: 'other', year: 2027, amount: kronor(amount) }],
    });
    const key = `${callId}-${number}`;
    return expectStatus(await insist(() => systemOf(region).post('/applications', body, { key })), 201).body;
  });
}

const submit = ({ id, region }: Body) =>
  insist(() => systemOf(region).post(`/applications/${id}/submission`, {}, { key: `submit-${id}` }));

async function submitted(callId: string, count: number, amount?: string): Promise<Body[]> {
  const made = await drafts(callId, count, amount);
  return severally(count, 16, async (number) => expectStatus(await submit(made[number]), 200).body);
}

const grant = (callId: string, id: string, amount: string, key: string) =>
  insist(() =>
    decider.post(
      `/calls/${callId}/decisions`,
      {
        decidedOn: '2027-03-01',
        decidedBy: 'Chef för RCC Sydöst',
        outcomes: [{ applicationId: id, outcome: 'granted', amount: kronor(amount), reason: 'Bra.' }],
      },
      { key },
    ),
  );

const frameOf = async (callId: string) => expectStatus(await office.get(`/calls/${callId}/frame`), 200).body;
const sum = (amounts: { amount: string }[]) => amounts.reduce((total, money) => total + oreOf(money), 0);

/** The frame's own figures, its shares and what the applications say must be the same money. */
async function expectMoneyToAgree(callId: string): Promise<number> {
  const frame = await frameOf(callId);
  const applications = await everything(office, `/applications?callId=${callId}`);
  const granted = applications.filter((application) => application.granted !== null);
  const decided = sum(granted.map((application) => application.granted));
  expect(oreOf(frame.decided)).toBe(decided);
  expect(oreOf(frame.left)).toBe(oreOf(frame.limit) - decided);
  for (const share of frame.regions) {
    const own = granted.filter(({ region }) => region === share.region);
    expect(oreOf(share.decided)).toBe(sum(own.map((application) => application.granted)));
  }
  return granted.length;
}

const typesIn = async (id: string): Promise<string[]> =>
  (await everything(office, `/applications/${id}/history`)).map(({ type }) => type);

const codesOf = (answers: readonly ApiAnswer[]) =>
  answers.map(({ status, body }) => (status < 400 ? String(status) : `${status} ${body.code}`)).toSorted();

test('of 100 parallel decision rounds on a frame that fits 60, exactly 60 are granted', async () => {
  // 60 × 1 234,56 = 74 073,60, and not quite enough left for one more.
  const callId = await publishedCall(office, { frame: kronor('75308.15') });
  const applications = await submitted(callId, 100, '1234.56');
  const answers = await Promise.all(
    applications.map(({ id }) => grant(callId, id, '1234.56', `round-${id}`)),
  );
  expect(codesOf(answers)).toEqual([...Array(60).fill('201'), ...Array(40).fill('409 frame-exceeded')]);
  for (const { status, body } of answers) {
    if (status === 409) expect(body).toMatchObject({ scope: 'frame', left: kronor('1234.55') });
  }
  expect(await frameOf(callId)).toMatchObject({
    limit: kronor('75308.15'),
    decided: kronor('74073.60'),
    left: kronor('1234.55'),
  });
  expect(await expectMoneyToAgree(callId)).toBe(60);
  const states = await everything(office, `/applications?callId=${callId}&state=submitted`);
  expect(states).toHaveLength(40);
});

// Twelve applications of three regions to one theme; what is granted is decided by one bound at a time.
test.each([
  ["a theme's frame", 'theme', { themes: [{ id: 'ett', title: 'Ett', frame: kronor('5000.99') }] }, 5],
  ["a region's cap", 'region', { themes: [{ id: 'ett', title: 'Ett' }], perRegionCap: kronor('2000.99') }, 6],
] as const)(
  'parallel rounds do not exceed %s',
  async (_what, scope, bounds, fits) => {
    const callId = await publishedCall(office, { frame: kronor('30000.00'), ...bounds });
    const made = await drafts(callId, 12);
    await severally(12, 12, async (number) => {
      const { id, region } = made[number];
      const path = `/applications/${id}`;
      expectStatus(await systemOf(region).patch(path, { themeId: 'ett' }, { ifMatch: 1 }), 200);
      expectStatus(await submit(made[number]), 200);
    });
    const answers = await Promise.all(made.map(({ id }) => grant(callId, id, '1000.00', `bound-${id}`)));
    expect(codesOf(answers)).toEqual([
      ...Array(fits).fill('201'),
      ...Array(12 - fits).fill('409 frame-exceeded'),
    ]);
    for (const { status, body } of answers)
      if (status === 409) expect(body).toMatchObject({ scope, left: kronor('0.99') });
    const { themes, regions: shares } = await frameOf(callId);
    expect(themes).toMatchObject([{ id: 'ett', decided: kronor(`${fits}000.00`) }]);
    if (scope === 'region') {
      for (const share of shares) {
        expect(share).toMatchObject({
          cap: kronor('2000.99'),
          decided: kronor('2000.00'),
          left: kronor('0.99'),
        });
      }
    }
    await expectMoneyToAgree(callId);
  },
  60_000,
);

test('50 parallel submissions of one application with one key are one submission', async () => {
  const callId = await publishedCall(office);
  const [draft] = await drafts(callId, 1);
  const answers = await Promise.all(Array.from({ length: 50 }, () => submit(draft)));
  expect(codesOf(answers)).toEqual(Array(50).fill('200'));
  const [{ body: first } = { body: {} }] = answers;
  expect(first.reference).toMatch(/^SYDOST-\d{4}-\d{4}$/);
  for (const { body } of answers) {
    expect(body).toMatchObject({ reference: first.reference, submittedAt: first.submittedAt });
  }
  const types = await typesIn(draft.id);
  for (const type of ['application.submitted', 'application.registered'])
    expect(types.filter((each) => each === type)).toHaveLength(1);
  const ledger = await eventually(async () => {
    const rows = await everything(office, `/notifications?subjectId=${draft.id}`);
    return rows.length > 0 && rows.every(({ state }) => state === 'sent') && rows;
  }, mailsBoundMs);
  expect(ledger).toMatchObject([{ kind: 'receipt', recipient: draft.contact.email }]);
  const receipts = (await mailsOf(clients)).filter(({ to }) => to === draft.contact.email);
  expect(receipts.map(({ text }) => text.includes(first.reference))).toEqual([true]);
});

test('200 parallel submissions get references without gap or double', async () => {
  const callId = await publishedCall(office);
  const made = await drafts(callId, 200);
  const answers = await Promise.all(made.map(submit));
  expect(codesOf(answers)).toEqual(Array(200).fill('200'));
  const told = answers.map(({ body }) => body.reference);
  const listed = await everything(office, `/applications?callId=${callId}`);
  expect(listed.map(({ reference }) => reference).toSorted()).toEqual(told.toSorted());
  // Gap-free per RCC and year, whatever call: every application of this product.
  const numbers = (await everything(office, '/applications'))
    .filter(({ reference }) => reference !== null)
    .map(({ reference }) => Number(reference.split('-').at(-1)))
    .toSorted((a, b) => a - b);
  expect(numbers).toEqual(Array.from(numbers, (_, index) => index + 1));
  expect(numbers.length).toBeGreaterThanOrEqual(200);
});

test('an application in two parallel rounds is decided once', async () => {
  const callId = await publishedCall(office);
  for (const { id } of await submitted(callId, 12)) {
    const answers = await Promise.all([
      grant(callId, id, '400.00', `one-${id}`),
      grant(callId, id, '600.00', `other-${id}`),
    ]);
    expect(codesOf(answers)).toEqual(['201', '409 already-decided']);
    const [won] = answers.filter(({ status }) => status === 201);
    const { body } = await office.get(`/applications/${id}`);
    expect(body).toMatchObject({ state: 'granted', granted: won?.body.outcomes[0].amount });
    expect((await typesIn(id)).filter((type) => type === 'application.granted')).toHaveLength(1);
  }
  expect(await expectMoneyToAgree(callId)).toBe(12);
});

test('a withdrawal that races a decision: one of them counts, and the money follows', async () => {
  const callId = await publishedCall(office);
  const applications = await submitted(callId, 60);
  const ends: string[] = [];
  // Head start of the decision in milliseconds; the loser gets more of it, so that the race stays close
  // however fast the machine is.
  let lead = 0;
  for (const { id, region } of applications) {
    const [withdrawn, decided] = await Promise.all([
      delay(Math.max(0, lead)).then(() =>
        insist(() =>
          systemOf(region).post(
            `/applications/${id}/withdrawal`,
            { reason: 'Ångrat' },
            { key: `back-${id}` },
          ),
        ),
      ),
      delay(Math.max(0, -lead)).then(() => grant(callId, id, '1000.00', `race-${id}`)),
    ]);
    const { body } = await office.get(`/applications/${id}`);
    ends.push(body.state);
    lead += (body.state === 'withdrawn' ? 2 : -2) * Math.random();
    if (body.state === 'withdrawn') {
      expect(withdrawn.status).toBe(200);
      expect(body).toMatchObject({ granted: null, decision: null });
      // Either the round found it gone, or it took the money and gave it back.
      if (decided.status === 201) expect(decided.body.outcomes).toMatchObject([{ outcome: 'voided' }]);
      else expect(decided).toMatchObject({ status: 422, body: { code: 'invalid-input' } });
    } else {
      expect(body).toMatchObject({ state: 'granted', granted: kronor('1000.00') });
      expect(decided).toMatchObject({ status: 201, body: { outcomes: [{ outcome: 'granted' }] } });
      expect(withdrawn.status).toBe(409);
      expect(['already-decided', 'state-conflict']).toContain(withdrawn.body.code);
    }
    const ending = (await typesIn(id)).filter((type) => /\.(granted|withdrawn)$/.test(type));
    expect(ending).toEqual([`application.${body.state}`]);
  }
  // A race in which always the same one wins has not been run.
  expect(new Set(ends)).toEqual(new Set(['granted', 'withdrawn']));
  expect(await expectMoneyToAgree(callId)).toBe(ends.filter((state) => state === 'granted').length);
});
