import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError, type Actor, type MoneyCommand, type NewEvent } from '#libs/contracts';
import { type Application, type Decided } from '../application/application-record.ts';
import { leftOf, paidOf, paymentsOf, requisitionedOf, requisitionsOf } from './grant-money.ts';
import { clearanceFor, isDue } from './payment.access.ts';
import { attestPayment, preparePayment } from './payment.ts';
import { paymentTransitions, requisitionTransitions } from './payment.states.ts';
import { rejectRequisition, requestPayment, withdrawRequisition } from './requisition.ts';

const now = new Date('2027-04-01T08:00:00Z');
const today = '2027-04-01';
const money = (amount: string) => ({ amount, currency: 'SEK' as const });
const kronor = (ore: number) => money(`${Math.trunc(ore / 100)}.${String(ore % 100).padStart(2, '0')}`);

/** Granted 1 000,00 kronor, accepted, nothing asked for yet. */
function accepted(more: Partial<Application> = {}): Application {
  return {
    callId: 'c1',
    region: 'kalmar',
    rcc: 'sydost',
    state: 'accepted',
    reference: 'SYDOST-2027-0001',
    requested: 120_000,
    granted: 100_000,
    submittedAt: now,
    submittedBy: 'systemet',
    signedOff: { by: 'chefen', at: now, revision: 1 },
    decision: {
      roundId: 'r1',
      outcome: 'granted',
      amount: 100_000,
      reason: 'God nytta.',
      conditions: [],
      decidedOn: '2027-03-01',
      decidedBy: 'Styrgruppen',
      recordedBy: 'beslutaren',
    },
    acceptance: { accepted: true, at: now },
    withdrawal: null,
    conflicts: [],
    assessments: [],
    deadlines: [],
    ...more,
  };
}

const asking = (application: Application, amount: string, id = 'q1') =>
  requestPayment('a1', application, id, { amount: money(amount) }, 'systemet', now);
const preparing = (application: Application, id = 'p1', requisitionId = 'q1') =>
  preparePayment('a1', application, id, { requisitionId }, 'lars', now);
const attesting = (application: Application, more: { paidOn?: string } = {}, id = 'p1') =>
  attestPayment('a1', application, id, { outcome: 'attested', ...more }, 'vera', now, today);
const returning = (application: Application) =>
  attestPayment('a1', application, 'p1', { outcome: 'returned', reason: 'Fel konto' }, 'vera', now, today);

const asked = () => asking(accepted(), '400.00').state;
const prepared = () => preparing(asked()).state;

function refusal(work: () => unknown): DomainError {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const statesOf = (application: Application) => ({
  requisitions: requisitionsOf(application).map(({ state }) => state),
  payments: paymentsOf(application).map(({ state }) => state),
});

describe('a requisition', () => {
  it('takes what is left of the grant to the last öre, and no more', () => {
    const all = asking(accepted(), '1000.00').state;
    expect(leftOf(all)).toBe(0);
    const some = asking(accepted(), '999.99').state;
    const error = refusal(() => asking(some, '0.02', 'q2'));
    expect(error).toMatchObject({ code: 'grant-exceeded', params: { left: '0.01', needed: '0.02' } });
    expect(error.extra).toEqual({ left: money('0.01'), needed: money('0.02') });
    expect(requisitionsOf(asking(some, '0.01', 'q2').state).map(({ number }) => number)).toEqual([1, 2]);
  });

  it('of nothing is none', () => {
    expect(refusal(() => asking(accepted(), '0.00')).faults).toEqual([
      { pointer: '/amount', code: 'amount-zero' },
    ]);
  });

  it.each(['granted', 'declined', 'rejected', 'withdrawn', 'lapsed', 'closed', 'submitted'] as const)(
    'is not made while the application is %s, nor paid',
    (state) => {
      expect(refusal(() => asking(accepted({ state }), '1.00')).code).toBe('state-conflict');
      expect(refusal(() => preparing({ ...asked(), state })).code).toBe('state-conflict');
      expect(refusal(() => attesting({ ...prepared(), state })).code).toBe('state-conflict');
      expect(refusal(() => withdrawRequisition('a1', { ...asked(), state }, 'q1', 'x')).code).toBe(
        'state-conflict',
      );
      expect(refusal(() => rejectRequisition('a1', { ...asked(), state }, 'q1', 'x')).code).toBe(
        'state-conflict',
      );
    },
  );

  it.each([
    ['withdrawn', withdrawRequisition, 'application.requisition-withdrawn'],
    ['rejected', rejectRequisition, 'application.requisition-rejected'],
  ] as const)('that is %s gives its amount back, and is not paid', (state, end, type) => {
    const { state: ended, events } = end('a1', asked(), 'q1', 'Fel belopp');
    expect(requisitionsOf(ended)).toMatchObject([{ state, reason: 'Fel belopp' }]);
    expect(leftOf(ended)).toBe(100_000);
    expect(events).toMatchObject([
      { type, data: { requisitionId: 'q1', amount: 40_000 }, private: { reason: 'Fel belopp' } },
    ]);
    expect(refusal(() => preparing(ended))).toMatchObject({
      code: 'state-conflict',
      params: { command: 'payments', state },
      extra: { allowed: [] },
    });
    expect(refusal(() => end('a1', asked(), 'q9', 'x')).code).toBe('not-found');
  });

  it('is left alone by both sides while a payment of it is prepared', () => {
    for (const end of [withdrawRequisition, rejectRequisition]) {
      expect(refusal(() => end('a1', prepared(), 'q1', 'x'))).toMatchObject({
        code: 'state-conflict',
        extra: { allowed: ['attestation'] },
      });
    }
  });

  it('of a key that was forgotten is the one it made, not a second one', () => {
    expect(asking(asked(), '400.00').events).toEqual([]);
    expect(refusal(() => asking(asked(), '400.01')).code).toBe('idempotency-key-reused');
    const twice = asking(asked(), '10.00', 'q2').state;
    expect(preparing(preparing(twice).state).events).toEqual([]);
    expect(refusal(() => preparing(preparing(twice).state, 'p1', 'q2')).code).toBe('idempotency-key-reused');
  });
});

describe('a payment', () => {
  it('is of a requisition of the application, all of it, and the only one', () => {
    expect(paymentsOf(prepared())).toMatchObject([
      { requisitionId: 'q1', amount: 40_000, attestation: null },
    ]);
    expect(refusal(() => preparing(asked(), 'p1', 'q9')).faults).toEqual([
      { pointer: '/requisitionId', code: 'unknown-requisition' },
    ]);
    expect(refusal(() => preparing(prepared(), 'p2'))).toMatchObject({
      code: 'state-conflict',
      params: { command: 'payments', state: 'inPayment' },
    });
  });

  it('is paid only when attested, on the day that is named or the same day', () => {
    expect(paidOf(prepared())).toBe(0);
    const { state, events } = attesting(prepared());
    expect(statesOf(state)).toEqual({ requisitions: ['paid'], payments: ['attested'] });
    expect(paidOf(state)).toBe(40_000);
    expect(events).toMatchObject([
      { type: 'application.payment-attested', data: { paidOn: today, amount: 40_000 } },
    ]);
    for (const paidOn of [today, '2027-05-02'])
      expect(attesting(prepared(), { paidOn }).events).toMatchObject([{ data: { paidOn } }]);
  });

  it('that is returned leaves its requisition open, with the reason', () => {
    const { state, events } = returning(prepared());
    expect(statesOf(state)).toEqual({ requisitions: ['open'], payments: ['returned'] });
    expect([paidOf(state), requisitionedOf(state)]).toEqual([0, 40_000]);
    expect(paymentsOf(state)[0]?.attestation).toMatchObject({
      by: 'vera',
      reason: 'Fel konto',
      paidOn: null,
    });
    expect(events).toMatchObject([
      { type: 'application.payment-returned', private: { reason: 'Fel konto' } },
    ]);
    expect(statesOf(preparing(state, 'p2').state)).toEqual({
      requisitions: ['inPayment'],
      payments: ['returned', 'prepared'],
    });
  });

  it.each<[string, Parameters<typeof attestPayment>[3], unknown]>([
    [
      'an earlier day',
      { outcome: 'attested', paidOn: '2027-03-31' },
      { pointer: '/paidOn', code: 'in-the-past' },
    ],
    [
      'a day far away',
      { outcome: 'attested', paidOn: '2027-05-03' },
      { pointer: '/paidOn', code: 'too-large', params: { maximum: '2027-05-02' } },
    ],
    [
      'a reason though attested',
      { outcome: 'attested', reason: 'x' },
      { pointer: '/reason', code: 'not-for-outcome', params: { value: 'attested' } },
    ],
    ['no reason though returned', { outcome: 'returned' }, { pointer: '/reason', code: 'required' }],
    [
      'a day though returned',
      { outcome: 'returned', reason: 'x', paidOn: today },
      { pointer: '/paidOn', code: 'not-for-outcome', params: { value: 'returned' } },
    ],
  ])('is not attested with %s', (_what, input, fault) => {
    const work = () => attestPayment('a1', prepared(), 'p1', input, 'vera', now, today);
    expect(refusal(work).faults).toEqual([fault]);
  });

  it('is attested once', () => {
    expect(refusal(() => attesting(attesting(prepared()).state))).toMatchObject({
      code: 'state-conflict',
      params: { command: 'attestation', state: 'attested' },
      extra: { allowed: [] },
    });
    expect(refusal(() => attesting(returning(prepared()).state)).code).toBe('state-conflict');
    expect(refusal(() => attesting(prepared(), {}, 'p9')).code).toBe('not-found');
  });
});

function person(id: string, employers: Actor['employers'] = []): Actor {
  return { id, kind: 'person', assignments: [], employers };
}

describe('what is offered', () => {
  const offered = (application: Application, actor: Actor) =>
    (['requisitions', 'payments', 'attestation'] as const).filter((each) => isDue(actor, application, each));

  it.each([
    ['nothing asked for', accepted(), ['requisitions'], ['requisitions']],
    ['asked for in part', asked(), ['requisitions', 'payments'], ['requisitions', 'payments']],
    ['prepared', prepared(), ['requisitions'], ['requisitions', 'attestation']],
    ['attested', attesting(prepared()).state, ['requisitions'], ['requisitions']],
    ['all of it prepared', preparing(asking(accepted(), '1000').state).state, [], ['attestation']],
  ])('with %s', (_what, application, toPreparer, toColleague) => {
    expect(offered(application, person('lars'))).toEqual(toPreparer);
    expect(offered(application, person('vera'))).toEqual(toColleague);
  });

  it('to nobody of the region, nor to whoever decided', () => {
    const both = preparing(asking(asked(), '1.00', 'q2').state).state;
    for (const other of [person('vera', ['kalmar']), person('beslutaren')])
      expect(offered(both, other)).toEqual(['requisitions']);
    expect(offered(both, person('vera'))).toEqual(['requisitions', 'payments', 'attestation']);
  });
});

const people = ['systemet', 'chefen', 'beslutaren', 'lars', 'vera', 'lokal'].map((id) =>
  person(id, id === 'lokal' ? ['kalmar'] : []),
);
const steps = ['request', 'withdraw', 'reject', 'prepare', 'attest', 'return'] as const;
interface Step {
  readonly what: (typeof steps)[number];
  readonly actor: Actor;
  readonly amount: number;
  readonly which: number;
}

/** One step, as the use cases combine the four-eyes rule with the domain functions. */
function play(application: Application, { what, actor, amount, which }: Step, number: number): Decided {
  const requisitionId = requisitionsOf(application)[which]?.id ?? 'none';
  const paymentId = paymentsOf(application)[which]?.id ?? 'none';
  const clear = (command: MoneyCommand) => clearanceFor(command, actor, 'a1', application, paymentId);
  const { id } = actor;
  switch (what) {
    case 'request':
      return requestPayment('a1', application, `q${number}`, { amount: kronor(amount) }, id, now);
    case 'withdraw':
      return withdrawRequisition('a1', application, requisitionId, 'x');
    case 'reject':
      clear('payments');
      return rejectRequisition('a1', application, requisitionId, 'x');
    case 'prepare':
      clear('payments');
      return preparePayment('a1', application, `p${number}`, { requisitionId }, id, now);
    case 'attest':
      clear('attestation');
      return attestPayment('a1', application, paymentId, { outcome: 'attested' }, id, now, today);
    case 'return':
      clear('attestation');
      return attestPayment(
        'a1',
        application,
        paymentId,
        { outcome: 'returned', reason: 'x' },
        id,
        now,
        today,
      );
  }
}

const edges = (transitions: Readonly<Record<string, object>>) =>
  new Set(
    Object.values(transitions).flatMap((each) => Object.entries(each).map(([from, to]) => `${from} → ${to}`)),
  );
const requisitionEdges = edges(requisitionTransitions);
const paymentEdges = edges(paymentTransitions);

function expectEdges(
  before: readonly { readonly id: string; readonly state: string }[],
  after: readonly { readonly id: string; readonly state: string }[],
  allowed: ReadonlySet<string>,
): void {
  for (const { id, state } of before) {
    const then = after.find((each) => each.id === id)?.state;
    if (then !== state) expect([...allowed]).toContain(`${state} → ${then}`);
  }
}

function expectSound(application: Application): void {
  expect(requisitionedOf(application)).toBeLessThanOrEqual(application.granted ?? 0);
  expect(paidOf(application)).toBeLessThanOrEqual(requisitionedOf(application));
  const payments = paymentsOf(application);
  for (const requisition of requisitionsOf(application)) {
    const own = payments.filter(({ requisitionId }) => requisitionId === requisition.id);
    const live = own.filter(({ state }) => state !== 'returned').map(({ state }) => state);
    const expected = { inPayment: ['prepared'], paid: ['attested'] } as Record<string, string[]>;
    expect(live).toEqual(expected[requisition.state] ?? []);
    for (const { amount } of own) expect(amount).toBe(requisition.amount);
  }
  for (const { state, preparedBy, attestation } of payments) {
    const hands = [preparedBy, ...(attestation ? [attestation.by] : [])];
    expect(new Set(hands).size).toBe(hands.length);
    expect(hands.length).toBe(state === 'prepared' ? 1 : 2);
    for (const hand of hands) expect(['systemet', 'chefen', 'beslutaren', 'lokal']).not.toContain(hand);
  }
}

describe('any sequence of requisitions, payments and attestations', () => {
  const sequence = fc.array(
    fc.record({
      what: fc.constantFrom(...steps),
      actor: fc.constantFrom(...people),
      amount: fc.integer({ min: 0, max: 70_000 }),
      which: fc.nat({ max: 6 }),
    }),
    { minLength: 20, maxLength: 150 },
  );

  it('never pays more than was granted or asked for, never twice, and never by one person', () => {
    let paid = 0;
    fc.assert(
      fc.property(sequence, (played) => {
        let application = accepted();
        for (const [number, step] of played.entries()) {
          const before = application;
          const authors = requisitionsOf(before).map(({ requestedBy }) => requestedBy);
          let events: readonly NewEvent[] = [];
          try {
            ({ state: application, events } = play(application, step, number));
          } catch (error) {
            expect(error).toBeInstanceOf(DomainError);
            continue;
          }
          if (!['request', 'withdraw'].includes(step.what)) expect(authors).not.toContain(step.actor.id);
          expect(events).toHaveLength(1);
          expectEdges(requisitionsOf(before), requisitionsOf(application), requisitionEdges);
          expectEdges(paymentsOf(before), paymentsOf(application), paymentEdges);
          expectSound(application);
        }
        paid += paidOf(application);
      }),
      { numRuns: 500 },
    );
    // Sequences in which nothing is ever paid would prove nothing.
    expect(paid).toBeGreaterThan(0);
  });
});
