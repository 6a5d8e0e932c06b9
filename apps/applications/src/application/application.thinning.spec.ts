import { describe, expect, test } from '@jest/globals';
import { applicationStates, requisitionStates, type ApplicationState } from '#libs/contracts';
import { type Application } from './application-record.ts';
import { applicationThinning } from './application.thinning.ts';

const decision = { decidedOn: '2026-03-01' };
const application = (state: ApplicationState, more: object = {}): Application =>
  ({
    state,
    deadlines: [],
    decision: null,
    acceptance: null,
    withdrawal: null,
    ...more,
  }) as unknown as Application;
const waits = (subject: Application, today = '2027-01-01') => applicationThinning.waitsFor?.(subject, today);

describe('what waits', () => {
  test.each(applicationStates)('in state %s', (state) => {
    const underWay = ['draft', 'submitted', 'completionRequested', 'granted'].includes(state);
    expect(waits(application(state, { decision }))).toBe(underWay ? 'under-way' : null);
  });

  test('as long as a deadline of it is open', () => {
    expect(waits(application('accepted', { decision, deadlines: [{ key: 'k' }] }))).toBe('open-deadline');
  });

  test.each(requisitionStates)('as long as money is on its way: a requisition in state %s', (state) => {
    const requisitions = [{ state: 'rejected' }, { state }];
    const isOnItsWay = ['open', 'inPayment'].includes(state);
    expect(waits(application('accepted', { decision, requisitions }))).toBe(isOnItsWay ? 'under-way' : null);
  });

  test.each([
    ['2026-03-22', 'appealable'],
    ['2026-03-23', null],
  ])('for three weeks in which the decision can be appealed against: on %s %s', (today, reason) => {
    expect(waits(application('rejected', { decision }), today)).toBe(reason);
  });
});

describe('an application has ended', () => {
  const ended = applicationThinning.events['ended'];
  const states = (ended?.where['state'] as { $in: string[] } | undefined)?.$in ?? [];
  test.each<[ApplicationState, object, unknown]>([
    ['rejected', { decision }, '2026-03-01'],
    ['declined', { decision, acceptance: { accepted: false, at: new Date(7) } }, new Date(7)],
    ['withdrawn', { withdrawal: { reason: 'x', at: new Date(8) } }, new Date(8)],
  ])('when it is %s, from that day', (state, more, day) => {
    expect(ended?.on(application(state, more))).toEqual(day);
    expect(states).toContain(state);
  });

  test('not when the money is being used', () => {
    for (const state of ['draft', 'submitted', 'granted', 'accepted']) expect(states).not.toContain(state);
  });
});

test('who decided is kept, since a decision must show it, and who paid, for the accounts', () => {
  expect(applicationThinning.keeps).toEqual([
    'decision.decidedBy',
    'decision.recordedBy',
    'requisitions.*.requestedBy',
    'payments.*.preparedBy',
    'payments.*.attestation.by',
  ]);
});
