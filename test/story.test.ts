import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { civilDayAt } from '#libs/calendar';
import { api, eventually, startTestProduct, type Api, type ApiClient } from '#libs/testing';
import {
  completeApplication,
  everything,
  expectStatus,
  goTo,
  kronor,
  mailsOf,
  type Body,
  type Mail,
} from './support.ts';

/*
 * The grant process of RCC Sydöst from the call to the last reminder, told in order: each test stands on
 * those before it. The product's clock goes through the year 2027, so every day below is the product's.
 *
 *   11 January   call published; Östergötland and Kalmar apply; one draft is withdrawn, one left lying
 *   18 January   Jönköping, reminded of the call on the 16th, applies as well
 *   10 February  the closing day is moved from the 15th to 1 March
 *    2 March     too late for the draft left lying
 *    3 March     the decision
 *   12 March     Kalmar accepts; Östergötland is silent until 2 April and then declines
 *   24 September Kalmar has been reminded of its interim report
 */

// A busy machine is no fault of the product's.
jest.setTimeout(240_000);

let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let callId: string;
let office: ApiClient;
let decider: ApiClient;
const regionSystem = (region: string) => clients.as(`region-${region}-system`);
/** Ids of the applications by name, in the order in which they are made. */
const ids: Record<string, string> = {};
const at = (name: string, rest = '') => `/applications/${ids[name]}${rest}`;

const call = {
  rcc: 'sydost',
  title: 'Förbättringsmedel för barncancervården',
  purpose: 'Mindre projekt som gör vården bättre för barn med cancer och deras familjer.',
  opensOn: '2027-01-11',
  closesOn: '2027-02-15',
  frame: kronor('600000.00'),
  themes: [
    { id: 'narmare-hemmet', title: 'Vård närmare hemmet', frame: kronor('450000.00') },
    { id: 'efter-behandlingen', title: 'Livet efter behandlingen' },
  ],
  perRegionCap: kronor('400000.00'),
  criteria: [
    { id: 'nytta', title: 'Nytta', scale: { min: 1, max: 5 }, weight: 2 },
    { id: 'genomforbarhet', title: 'Genomförbarhet', scale: { min: 1, max: 5 } },
  ],
  reporting: [
    { kind: 'interim', dueOn: '2027-09-30' },
    { kind: 'final', dueOn: '2028-02-15' },
    { kind: 'financial', dueOn: '2028-03-01' },
  ],
  requiresSignOff: true,
};

const project = (region: string, themeId: string, title: string, amount: string) =>
  completeApplication(callId, region, {
    themeId,
    title,
    contact: { name: 'Kontakt', email: `kontakt@${region}.example` },
    budget: [
      { line: 'salary', year: 2027, amount: kronor(amount) },
      { line: 'travel', year: 2027, amount: kronor('0.50') },
    ],
  });

const scores = (nytta: number, genomforbarhet: number, recommendation = 'grant') => ({
  scores: [
    { criterion: 'nytta', score: nytta, reason: 'Se protokollet.' },
    { criterion: 'genomforbarhet', score: genomforbarhet, reason: 'Rimlig tidplan.' },
  ],
  recommendation,
});

const mailTo = (mails: readonly Mail[], to: string, subject: RegExp) =>
  mails.filter((mail) => mail.to === to && subject.test(mail.subject));

async function mailsWhen(count: number): Promise<Mail[]> {
  return eventually(async () => {
    const mails = await mailsOf(clients);
    return mails.length >= count && mails;
  });
}

/** Deadlines of an application by kind, as the auditor sees them: those of drafts are not the office's to see. */
async function deadlinesOf(name: string): Promise<Record<string, Body>> {
  const items = await everything(clients.as('revisor'), `/deadlines?subjectId=${ids[name]}`);
  return Object.fromEntries(items.map((item) => [item.kind, item]));
}

/** What is due on which day, by kind, and in what state: as soon as the events have been taken in. */
async function expectDues(name: string, expected: Record<string, string>): Promise<void> {
  await eventually(async () => {
    const deadlines = Object.entries(await deadlinesOf(name));
    const dues = Object.fromEntries(deadlines.map(([kind, { dueOn, state }]) => [kind, `${dueOn} ${state}`]));
    expect(dues).toEqual(expected);
    return true;
  });
}

/** Every row of a deadline's reminders as one line, as soon as the mail server has taken what was due. */
async function expectReminders(deadline: Body, expected: unknown[]): Promise<void> {
  await eventually(async () => {
    const rows = await everything(clients.as('revisor'), `/deadlines/${deadline.id}/reminders`);
    for (const row of rows)
      if (row.state === 'sent') expect(civilDayAt(new Date(row.sentAt))).toBe(row.plannedFor);
    expect(
      rows.map((row) => [row.plannedFor, row.step, row.state, row.reason ?? row.recipient].join(' ')),
    ).toEqual(expected);
    return true;
  });
}

beforeAll(async () => {
  product = await startTestProduct();
  clients = api(product);
  office = clients.as('kansli-sydost');
  decider = clients.as('beslut-sydost');
  await goTo(clients, '2027-01-11');
}, 180_000);

afterAll(() => product?.stop(), 30_000);

test('the office publishes a call with two themes, a frame and a cap per region', async () => {
  const created = expectStatus(await office.post('/calls', call), 201);
  expect(created.body).toMatchObject({ ...call, state: 'draft', phase: null });
  callId = created.body.id;
  expect(created.headers.get('location')).toBe(`/insats/v1/calls/${callId}`);
  // Regions learn of a call when it is published, not before.
  expect((await regionSystem('kalmar').get(`/calls/${callId}`)).status).toBe(404);
  const published = await office.post(
    `/calls/${callId}/publication`,
    {},
    { ifMatch: created.headers.get('etag') ?? '' },
  );
  expectStatus(published, 200);
  expect(published.body).toMatchObject({ state: 'published', phase: 'open' });
  expect(published.body.regions.toSorted()).toEqual(['jonkoping', 'kalmar', 'ostergotland']);
  expect((await regionSystem('kalmar').get(`/calls/${callId}`)).body).toMatchObject({ phase: 'open' });
  expect((await office.get(`/calls/${callId}/frame`)).body).toEqual({
    limit: kronor('600000.00'),
    decided: kronor('0.00'),
    left: kronor('600000.00'),
    themes: [
      {
        id: 'narmare-hemmet',
        limit: kronor('450000.00'),
        decided: kronor('0.00'),
        left: kronor('450000.00'),
      },
      { id: 'efter-behandlingen', limit: null, decided: kronor('0.00'), left: null },
    ],
    regions: published.body.regions.map((region: string) => ({
      region,
      cap: kronor('400000.00'),
      decided: kronor('0.00'),
      left: kronor('400000.00'),
    })),
  });
});

describe('regions apply, retrying under one key', () => {
  test.each([
    ['hem', 'ostergotland', 'narmare-hemmet', 'Prov på vårdcentralen', '350000.00'],
    ['skola', 'kalmar', 'efter-behandlingen', 'Tillbaka till skolan', '200000.00'],
    ['angrad', 'kalmar', 'narmare-hemmet', 'Slås ihop med ett annat', '30000.00'],
    ['liggande', 'ostergotland', 'narmare-hemmet', 'Blir aldrig färdig', '40000.00'],
  ])('%s', async (name, region, themeId, title, amount) => {
    const system = regionSystem(region);
    const body = project(region, themeId, title, amount);
    const created = expectStatus(await system.post('/applications', body, { key: name }), 201);
    expect(created.body).toMatchObject({
      ...body,
      state: 'draft',
      rcc: 'sydost',
      reference: null,
      submittedAt: null,
      signedOff: null,
      granted: null,
      decision: null,
      requested: kronor(amount.replace('.00', '.50')),
    });
    ids[name] = created.body.id;
    const again = await system.post('/applications', body, { key: name });
    expect(again.status).toBe(201);
    expect(again.body).toEqual(created.body);
    const other = await system.post('/applications', { ...body, title: 'Något annat' }, { key: name });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  });

  test('and nothing was made twice', async () => {
    const listed = [
      ...(await everything(regionSystem('ostergotland'), `/applications?callId=${callId}`)),
      ...(await everything(regionSystem('kalmar'), `/applications?callId=${callId}`)),
    ];
    expect(listed.map(({ id }) => id).toSorted()).toEqual(Object.values(ids).toSorted());
  });
});

test('what stands in the way of submission is told all at once', async () => {
  const system = regionSystem('kalmar');
  const bare = expectStatus(await system.post('/applications', { callId, region: 'kalmar' }), 201);
  const path = `/applications/${bare.body.id}`;
  const check = expectStatus(await system.get(`${path}/submission-check`), 200);
  expect(check.body.ready).toBe(false);
  const refused = await system.post(`${path}/submission`, {});
  expect(refused).toMatchObject({ status: 422, body: { code: 'not-ready-for-submission' } });
  expect(refused.body.errors).toEqual(check.body.errors);
  expect(refused.body.errors.map(({ pointer }: Body) => pointer).toSorted()).toEqual(
    [
      '/afterFunding',
      '/aims',
      '/budget',
      '/contact',
      '/method',
      '/need',
      '/patientInvolvement',
      '/period',
      '/signedOff',
      '/spreading',
      '/summary',
      '/themeId',
      '/title',
      '/unit',
    ].toSorted(),
  );
  expectStatus(await system.post(`${path}/withdrawal`, { reason: 'Bara ett prov.' }), 200);
});

test('the head of operations signs; a later edit voids it, and it is signed anew', async () => {
  for (const [name, region] of [
    ['hem', 'ostergotland'],
    ['skola', 'kalmar'],
  ] as const) {
    const signed = expectStatus(await clients.as(`chef-${region}`).post(at(name, '/sign-off'), {}), 200);
    expect(signed.body.signedOff).toEqual({ by: `chef-${region}`, at: expect.any(String) });
  }
  const system = regionSystem('kalmar');
  const before = await system.get(at('skola'));
  const edited = expectStatus(
    await system.patch(
      at('skola'),
      { need: 'Skolor får veta för sent.' },
      { ifMatch: before.headers.get('etag') ?? '' },
    ),
    200,
  );
  expect(edited.body).toMatchObject({ need: 'Skolor får veta för sent.', signedOff: null });
  expect(await system.post(at('skola', '/submission'), {})).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/signedOff', code: 'sign-off-missing' }] },
  });
  expectStatus(await clients.as('chef-kalmar').post(at('skola', '/sign-off'), {}), 200);
});

test('submission gives reference and arrival time, and a receipt to contact and signer', async () => {
  for (const [index, [name, region]] of (
    [
      ['hem', 'ostergotland'],
      ['skola', 'kalmar'],
    ] as const
  ).entries()) {
    const submitted = await regionSystem(region).post(at(name, '/submission'), {}, { key: `in-${name}` });
    expectStatus(submitted, 200);
    expect(submitted.body).toMatchObject({ state: 'submitted', reference: `SYDOST-2027-000${index + 1}` });
    expect(civilDayAt(new Date(submitted.body.submittedAt))).toBe('2027-01-11');
    const again = await regionSystem(region).post(at(name, '/submission'), {}, { key: `in-${name}` });
    expect([again.status, again.body]).toEqual([200, submitted.body]);
  }
  const mails = await mailsWhen(4);
  for (const [name, region, signer] of [
    ['hem', 'ostergotland', 'anna.lind'],
    ['skola', 'kalmar', 'bjorn.akesson'],
  ] as const) {
    const { reference, submittedAt } = (await regionSystem(region).get(at(name))).body;
    const clock = new Date(submittedAt)
      .toLocaleTimeString('sv-SE', { timeZone: 'Europe/Stockholm', hour: '2-digit', minute: '2-digit' })
      .replace(':', '.');
    for (const to of [`kontakt@${region}.example`, `${signer}@${region}.example`]) {
      const receipts = mailTo(mails, to, new RegExp(`${reference} har kommit in`));
      expect(receipts).toHaveLength(1);
      expect(receipts[0]?.text).toContain(`Beteckning: ${reference}`);
      expect(receipts[0]?.text).toContain(`Kom in: måndag 11 januari 2027 klockan ${clock}, svensk tid`);
    }
  }
  expect(mails).toHaveLength(4);
});

describe('reminders before the closing day', () => {
  test('go to who has not begun and who has not submitted, and to nobody else', async () => {
    await goTo(clients, '2027-01-16');
    const reminders = (await mailsWhen(7)).slice(4);
    expect(reminders.map(({ to }) => to).toSorted()).toEqual([
      'barncancer@jonkoping.example',
      'barncancer@kalmar.example',
      'barncancer@ostergotland.example',
    ]);
    expect(mailTo(reminders, 'barncancer@jonkoping.example', /ansök om medel/)).toHaveLength(1);
    const [draft] = mailTo(reminders, 'barncancer@ostergotland.example', /lämna in ansökan/);
    expect(draft?.text).toContain('Ansökan: Blir aldrig färdig');
    expect(draft?.text).toContain('30 dagar kvar, till måndag 15 februari 2027');
    expect(mailTo(reminders, 'barncancer@kalmar.example', /lämna in ansökan/)[0]?.text).toContain(
      'Ansökan: Slås ihop med ett annat',
    );
  });

  test('end when a draft is withdrawn, and when a region begins', async () => {
    await goTo(clients, '2027-01-18');
    const withdrawn = await regionSystem('kalmar').post(at('angrad', '/withdrawal'), {
      reason: 'Projektet slås ihop med ett annat.',
    });
    expectStatus(withdrawn, 200);
    expect(withdrawn.body).toMatchObject({
      state: 'withdrawn',
      withdrawal: { reason: 'Projektet slås ihop med ett annat.' },
    });
    const system = regionSystem('jonkoping');
    const body = project('jonkoping', 'narmare-hemmet', 'Videobesök kvällstid', '495000.00');
    const created = expectStatus(await system.post('/applications', body, { key: 'video' }), 201);
    ids['video'] = created.body.id;
    const edited = await system.patch(
      at('video'),
      {
        title: 'Videobesök på kvällen',
        budget: [{ line: 'salary', year: 2027, amount: kronor('380000.00') }],
      },
      { ifMatch: created.headers.get('etag') ?? '' },
    );
    expectStatus(edited, 200);
    expect(edited.body.requested).toEqual(kronor('380000.00'));
    expectStatus(await clients.as('chef-jonkoping').post(at('video', '/sign-off'), {}), 200);
    const submitted = expectStatus(await system.post(at('video', '/submission'), {}), 200);
    expect(submitted.body.reference).toBe('SYDOST-2027-0003');
    await mailsWhen(9);
    await goTo(clients, '2027-02-10');
    // Only the draft that was left lying is still reminded of: 14 and 7 days before.
    const later = (await mailsWhen(11)).slice(9);
    expect(later.map(({ to, subject }) => [to, subject])).toEqual(
      Array(2).fill([
        'barncancer@ostergotland.example',
        `Påminnelse: lämna in ansökan senast måndag 15 februari 2027 (${call.title})`,
      ]),
    );
  });

  test('follow the closing day when it is extended', async () => {
    const extended = await office.post(`/calls/${callId}/closing-extension`, {
      closesOn: '2027-03-01',
      reason: 'Många regioner har bett om mer tid.',
    });
    expectStatus(extended, 200);
    expect(extended.body.closesOn).toBe('2027-03-01');
    const deadline = await eventually(async () => {
      const { 'application-submission': found } = await deadlinesOf('liggande');
      return found?.dueOn === '2027-03-01' && found;
    });
    expect(deadline).toMatchObject({ version: 2, state: 'open', region: 'ostergotland' });
    // After the first closing day, before the second.
    await goTo(clients, '2027-02-20');
    const late = await regionSystem('ostergotland').get(at('liggande'));
    expect(late.body.allowed).toContain('submission');
  });

  test('and after the last day nothing can be submitted, and nobody is reminded of it', async () => {
    await goTo(clients, '2027-03-02');
    expectStatus(await clients.as('chef-ostergotland').post(at('liggande', '/sign-off'), {}), 200);
    const refused = await regionSystem('ostergotland').post(at('liggande', '/submission'), {});
    expect(refused).toMatchObject({ status: 409, body: { code: 'call-closed' } });
    expect((await regionSystem('ostergotland').get(at('liggande'))).body).toMatchObject({
      state: 'draft',
      reference: null,
    });
    expect((await office.get(`/calls/${callId}`)).body.phase).toBe('closed');
    const { 'application-submission': deadline } = await deadlinesOf('liggande');
    expect(deadline?.state).toBe('overdue');
    const to = 'barncancer@ostergotland.example';
    await expectReminders(deadline, [
      `2027-01-16 30-days-before sent ${to}`,
      `2027-02-01 14-days-before sent ${to}`,
      `2027-02-08 7-days-before sent ${to}`,
      '2027-02-13 2-days-before skipped moved',
      '2027-01-30 30-days-before skipped past-when-set',
      `2027-02-15 14-days-before sent ${to}`,
      `2027-02-22 7-days-before sent ${to}`,
      `2027-02-27 2-days-before sent ${to}`,
    ]);
  });

  test('each row explains itself: done in time, withdrawn in time', async () => {
    const { 'application-submission': done } = await deadlinesOf('hem');
    expect(done).toMatchObject({ state: 'met', dueOn: '2027-02-15' });
    await expectReminders(
      done,
      [
        '2027-01-16 30-days-before skipped met',
        '2027-02-01 14-days-before skipped met',
        '2027-02-08 7-days-before skipped met',
        '2027-02-13 2-days-before skipped met',
      ].map((row) => expect.stringMatching(new RegExp(`^${row}`))),
    );
    const { 'application-submission': withdrawn } = await deadlinesOf('angrad');
    expect(withdrawn?.state).toBe('withdrawn');
    await expectReminders(withdrawn, [
      '2027-01-16 30-days-before sent barncancer@kalmar.example',
      '2027-02-01 14-days-before skipped withdrawn',
      '2027-02-08 7-days-before skipped withdrawn',
      '2027-02-13 2-days-before skipped withdrawn',
    ]);
  });
});

describe('assessment', () => {
  test('is refused to who works in the applying region', async () => {
    const own = clients.as('bedomare-ostergotland');
    expect(await own.post(at('hem', '/assessments'), scores(5, 5))).toMatchObject({
      status: 403,
      body: { code: 'conflict-of-interest' },
    });
    // But not of another region's application.
    expectStatus(await own.get(at('skola')), 200);
  });

  test('is given by two assessors and can be revised until the decision', async () => {
    for (const [name, nytta] of [
      ['hem', 5],
      ['skola', 4],
      ['video', 2],
    ] as const) {
      for (const assessor of ['bedomare-sydost-1', 'bedomare-sydost-2']) {
        const given = await clients.as(assessor).post(at(name, '/assessments'), scores(nytta, 3));
        expectStatus(given, 201);
        expect(given.body).toMatchObject({ assessor, version: 1, recommendation: 'grant' });
      }
    }
    const revised = await clients
      .as('bedomare-sydost-2')
      .post(at('video', '/assessments'), scores(1, 1, 'reject'));
    expectStatus(revised, 201);
    expect(revised.body).toMatchObject({ version: 2, recommendation: 'reject' });
    const all = await everything(office, at('video', '/assessments'));
    expect(all.map(({ assessor, version }) => [assessor, version]).toSorted()).toEqual([
      ['bedomare-sydost-1', 1],
      ['bedomare-sydost-2', 2],
    ]);
    expect(
      await clients.as('bedomare-sydost-1').post(at('video', '/assessments'), scores(6, 0)),
    ).toMatchObject({
      status: 422,
      body: {
        errors: [
          { pointer: '/scores/0/score', code: 'score-outside-scale' },
          { pointer: '/scores/1/score', code: 'score-outside-scale' },
        ],
      },
    });
  });

  test('gives the ranking', async () => {
    const { items } = expectStatus(await decider.get(`/calls/${callId}/ranking`), 200).body;
    expect(items.map(({ rank, reference, score }: Body) => [rank, reference, score])).toEqual([
      [1, 'SYDOST-2027-0001', 83.3],
      [2, 'SYDOST-2027-0002', 66.7],
      [3, 'SYDOST-2027-0003', 16.7],
    ]);
  });
});

describe('the decision', () => {
  const round = (skola: string) => ({
    decidedOn: '2027-03-03',
    decidedBy: 'Chef för RCC Sydöst',
    outcomes: [
      {
        applicationId: ids['hem'],
        outcome: 'granted',
        amount: kronor('350000.50'),
        reason: 'Stor nytta för familjer med långa resor.',
        conditions: [
          { text: 'Antalet resor redovisas', dueOn: '2027-06-30' },
          { text: 'Projektet nämner RCC Sydöst' },
        ],
      },
      {
        applicationId: ids['skola'],
        outcome: 'granted',
        amount: kronor(skola),
        reason: 'Räcker till en del.',
      },
      { applicationId: ids['video'], outcome: 'rejected', reason: 'Liknande arbete pågår redan.' },
    ],
  });
  let revision: string;

  test('is all or nothing: one fault, and nothing is decided', async () => {
    await goTo(clients, '2027-03-03');
    const refused = await decider.post(`/calls/${callId}/decisions`, round('200000.51'));
    expect(refused).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/outcomes/1/amount', code: 'amount-above-requested' }] },
    });
    expect((await office.get(`/calls/${callId}/frame`)).body.decided).toEqual(kronor('0.00'));
    expect((await office.get(at('hem'))).body.state).toBe('submitted');
    expect(await office.post(`/calls/${callId}/decisions`, round('150000.00'))).toMatchObject({
      status: 403,
    });
    revision = (await decider.get(`/calls/${callId}`)).headers.get('etag') ?? '';
  });

  test('grants one in full and one in part, and rejects one', async () => {
    const key = { key: 'beslut', ifMatch: revision };
    const decided = expectStatus(
      await decider.post(`/calls/${callId}/decisions`, round('150000.00'), key),
      201,
    );
    expect(decided.body.outcomes).toMatchObject([
      { reference: 'SYDOST-2027-0001', outcome: 'granted', amount: kronor('350000.50') },
      { reference: 'SYDOST-2027-0002', outcome: 'granted', amount: kronor('150000.00') },
      { reference: 'SYDOST-2027-0003', outcome: 'rejected', amount: null },
    ]);
    const again = await decider.post(`/calls/${callId}/decisions`, round('150000.00'), key);
    expect([again.status, again.body.roundId]).toEqual([201, decided.body.roundId]);
    for (const [name, state, granted] of [
      ['hem', 'granted', kronor('350000.50')],
      ['skola', 'granted', kronor('150000.00')],
      ['video', 'rejected', null],
    ] as const) {
      expect((await office.get(at(name))).body).toMatchObject({
        state,
        granted,
        decision: { decidedOn: '2027-03-03', decidedBy: 'Chef för RCC Sydöst' },
      });
    }
    expect((await office.get(`/calls/${callId}/frame`)).body).toMatchObject({
      decided: kronor('500000.50'),
      left: kronor('99999.50'),
      themes: [{ left: kronor('99999.50') }, { decided: kronor('150000.00'), left: null }],
    });
    expect((await office.get(`/calls/${callId}`)).body.phase).toBe('decided');
  });

  test('is not made twice, nor on what was read before it', async () => {
    expect(await decider.post(`/calls/${callId}/decisions`, round('150000.00'))).toMatchObject({
      status: 409,
      body: { code: 'already-decided' },
    });
    const stale = await decider.post(`/calls/${callId}/decisions`, round('140000.00'), { ifMatch: revision });
    expect(stale).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
    expect(stale.headers.get('etag')).toBe((await decider.get(`/calls/${callId}`)).headers.get('etag'));
  });

  test('ends assessing and withdrawing; what is possible is told', async () => {
    expect(await clients.as('bedomare-sydost-1').post(at('hem', '/assessments'), scores(1, 1))).toMatchObject(
      {
        status: 409,
        body: { code: 'state-conflict' },
      },
    );
    const refused = await regionSystem('ostergotland').post(at('hem', '/withdrawal'), {
      reason: 'Nej tack.',
    });
    expect(refused).toMatchObject({ status: 409, body: { code: 'state-conflict', allowed: ['acceptance'] } });
  });

  test('is mailed to contact and signer, with the amounts', async () => {
    // 6 receipts, 3 + 2 + 3 reminders before, 6 decisions.
    const mails = await mailsWhen(20);
    const decisions = mails.filter(({ subject }) => subject.startsWith('Beslut om ansökan'));
    const expected = [
      ['ostergotland', 'anna.lind', 'SYDOST-2027-0001', '350 000,50 kr'],
      ['kalmar', 'bjorn.akesson', 'SYDOST-2027-0002', '150 000 kr'],
      ['jonkoping', 'cecilia.strom', 'SYDOST-2027-0003', undefined],
    ] as const;
    for (const [region, signer, reference, amount] of expected) {
      for (const to of [`kontakt@${region}.example`, `${signer}@${region}.example`]) {
        const [mail, ...more] = mailTo(decisions, to, new RegExp(reference));
        expect(more).toEqual([]);
        expect(mail?.subject).toContain(amount ? `${amount} beviljas` : 'avslag');
        expect(mail?.text).toContain('Chef för RCC Sydöst');
        if (amount) {
          expect(mail?.text).toContain(`Beviljat belopp: ${amount}`);
          expect(mail?.text).toContain('tacka ja eller nej senast onsdag 24 mars 2027');
        } else {
          expect(mail?.text).toContain('Liknande arbete pågår redan.');
          expect(mail?.text).not.toContain('tacka ja');
        }
      }
    }
    expect(mailTo(decisions, 'kontakt@kalmar.example', /./)[0]?.text).toContain(
      'till en del: 150 000 kr av sökta 200 000,50 kr',
    );
    expect(mailTo(decisions, 'kontakt@ostergotland.example', /./)[0]?.text).toContain(
      'Antalet resor redovisas (senast onsdag 30 juni 2027)',
    );
    expect(decisions).toHaveLength(6);
    expect(mails).toHaveLength(20);
  });

  test('brings deadlines for answer, reports and conditions; a rejection brings none', async () => {
    const expected = {
      'decision-acceptance': '2027-03-24 open',
      'interim-report': '2027-09-30 open',
      'final-report': '2028-02-15 open',
      'financial-report': '2028-03-01 open',
      'application-submission': '2027-02-15 met',
    };
    await expectDues('skola', expected);
    await expectDues('hem', { ...expected, condition: '2027-06-30 open' });
    expect(Object.keys(await deadlinesOf('video'))).toEqual(['application-submission']);
    const { 'decision-acceptance': answer } = await deadlinesOf('hem');
    expect(answer).toMatchObject({
      subject: { type: 'application', id: ids['hem'], reference: 'SYDOST-2027-0001' },
      responsible: { role: 'regionSigner', unit: 'ostergotland' },
      rcc: 'sydost',
      region: 'ostergotland',
    });
    // Its own region sees the same.
    const own = await regionSystem('ostergotland').get(`/deadlines?subjectId=${ids['hem']}&state=open`);
    expect(own.body.page.total).toBe(5);
  });
});

describe('after the decision', () => {
  test('who accepts in time is not reminded any more; who does not answer is, and at last the office too', async () => {
    await goTo(clients, '2027-03-12');
    const accepted = await clients.as('chef-kalmar').post(at('skola', '/acceptance'), { accepted: true });
    expectStatus(accepted, 200);
    expect(accepted.body).toMatchObject({ state: 'accepted', acceptance: { accepted: true } });
    await goTo(clients, '2027-04-02');
    const { 'decision-acceptance': answered } = await deadlinesOf('skola');
    expect(answered?.state).toBe('met');
    await expectReminders(
      answered,
      [
        '2027-02-22 30-days-before skipped past-when-set',
        '2027-03-10 14-days-before sent bjorn.akesson@kalmar.example',
        '2027-03-17 7-days-before skipped met',
        '2027-03-22 2-days-before skipped met',
        '2027-03-25 1-day-after skipped met',
        '2027-03-31 7-days-after skipped met',
      ].map((row) => expect.stringMatching(new RegExp(`^${row}`))),
    );
    const { 'decision-acceptance': silent } = await deadlinesOf('hem');
    expect(silent?.state).toBe('overdue');
    const to = 'anna.lind@ostergotland.example';
    await expectReminders(silent, [
      expect.stringMatching(/^2027-02-22 30-days-before skipped past-when-set/),
      `2027-03-10 14-days-before sent ${to}`,
      `2027-03-17 7-days-before sent ${to}`,
      `2027-03-22 2-days-before sent ${to}`,
      `2027-03-25 1-day-after sent ${to}`,
      `2027-03-31 7-days-after sent ${to}`,
      '2027-03-31 7-days-after sent eva.sandell@rcc-sydost.example',
    ]);
    // 1 to Kalmar, 6 to Östergötland and the office.
    expect(await mailsWhen(27)).toHaveLength(27);
  });

  test('a declined grant withdraws its report deadlines', async () => {
    const declined = await clients
      .as('chef-ostergotland')
      .post(at('hem', '/acceptance'), { accepted: false });
    expectStatus(declined, 200);
    expect(declined.body.state).toBe('declined');
    await expectDues('hem', {
      'application-submission': '2027-02-15 met',
      'decision-acceptance': '2027-03-24 met',
      'interim-report': '2027-09-30 withdrawn',
      'final-report': '2028-02-15 withdrawn',
      'financial-report': '2028-03-01 withdrawn',
      condition: '2027-06-30 withdrawn',
    });
  });

  test('reports are reminded of on their days, and only to who still has to send them', async () => {
    await goTo(clients, '2027-09-24');
    const { 'interim-report': due } = await deadlinesOf('skola');
    const to = 'barncancer@kalmar.example';
    await expectReminders(due, [
      `2027-08-31 30-days-before sent ${to}`,
      `2027-09-16 14-days-before sent ${to}`,
      `2027-09-23 7-days-before sent ${to}`,
      `2027-09-28 2-days-before planned ${to}`,
      `2027-10-01 1-day-after planned ${to}`,
      `2027-10-07 7-days-after planned ${to}`,
      '2027-10-07 7-days-after planned eva.sandell@rcc-sydost.example',
    ]);
    const mails = await mailsWhen(30);
    expect(mails.slice(27).map((mail) => [mail.to, mail.subject])).toEqual(
      Array(3).fill([to, 'Påminnelse: lämna delrapport senast torsdag 30 september 2027 (SYDOST-2027-0002)']),
    );
  });
});

describe('what happened can be followed', () => {
  test('the history names who, in which role, when, and what', async () => {
    const entries = await everything(clients.as('revisor'), at('video', '/history'));
    const who = entries
      .filter(({ type }) => type.startsWith('application.'))
      .map(({ type, actor, time }) => [type, actor.id, actor.role, civilDayAt(new Date(time))]);
    const day = '2027-01-18';
    const assessed = (assessor: string) => ['application.assessed', assessor, 'assessor', '2027-03-02'];
    expect(who).toEqual([
      ['application.created', 'region-jonkoping-system', 'regionSystem', day],
      ['application.changed', 'region-jonkoping-system', 'regionSystem', day],
      ['application.signed-off', 'chef-jonkoping', 'regionSigner', day],
      ['application.submitted', 'region-jonkoping-system', 'regionSystem', day],
      ['application.registered', 'region-jonkoping-system', 'regionSystem', day],
      assessed('bedomare-sydost-1'),
      assessed('bedomare-sydost-2'),
      assessed('bedomare-sydost-2'),
      ['application.rejected', 'beslut-sydost', 'decider', '2027-03-03'],
    ]);
    for (const [index, { seq, prevHash }] of entries.entries()) {
      expect(seq).toBe(index + 1);
      expect(prevHash).toBe(entries[index - 1]?.hash ?? null);
    }
  });

  test('an edit shows the old and the new text', async () => {
    const entries = await everything(regionSystem('jonkoping'), at('video', '/history'));
    const edit = entries.find(({ type }) => type === 'application.changed');
    expect(edit?.private.before).toMatchObject({ title: 'Videobesök kvällstid' });
    expect(edit?.private.after).toMatchObject({ title: 'Videobesök på kvällen' });
    expect(edit?.data).toMatchObject({ fields: ['title', 'budget'], signOffVoided: false });
    // Assessors' words are the RCC's working papers.
    expect(entries.filter(({ type }) => type === 'application.assessed')).toEqual([]);
    const revision = (await everything(office, at('video', '/history'))).findLast(
      ({ type }) => type === 'application.assessed',
    );
    expect(revision?.private).toMatchObject({
      before: { recommendation: 'grant' },
      after: { recommendation: 'reject' },
    });
  });

  test('every mail is traced: the ledger and the mails are the same, by Message-ID', async () => {
    const ledger = await eventually(async () => {
      const rows = await everything(clients.as('revisor'), '/notifications');
      expect(rows.filter(({ state }) => state !== 'sent')).toEqual([]);
      return rows;
    });
    const mails = await mailsOf(clients);
    expect(mails.map((mail) => [mail.headers['message-id'], mail.to]).toSorted()).toEqual(
      ledger.map(({ messageId, recipient }) => [messageId, recipient]).toSorted(),
    );
    expect(new Set(ledger.map(({ messageId }) => messageId)).size).toBe(30);
    // From a mail back to the event that caused it.
    const decision = ledger.find(({ kind, subject }) => kind === 'decision' && subject.id === ids['skola']);
    const rejected = (await everything(office, at('skola', '/history'))).find(
      ({ type }) => type === 'application.granted',
    );
    expect(decision?.eventId).toEqual(expect.any(String));
    expect(civilDayAt(new Date(decision?.sentAt))).toBe(civilDayAt(new Date(rejected?.time)));
    for (const row of ledger.filter(({ kind }) => kind === 'reminder')) {
      const rows = await everything(clients.as('revisor'), `/deadlines/${row.deadlineId}/reminders`);
      expect(rows.filter(({ messageId }) => messageId === row.messageId)).toMatchObject([
        { step: row.step, state: 'sent', recipient: row.recipient, sentAt: row.sentAt },
      ]);
    }
  });
});
