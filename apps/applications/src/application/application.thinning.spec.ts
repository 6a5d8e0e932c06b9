import { describe, expect, test } from '@jest/globals';
import { applicationStates, requisitionStates, type ApplicationState } from '#libs/contracts';
import { type Application } from './application-record.ts';
import { type CallTerms } from '../call/call.ts';
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
const calls = { terms: async (id: string) => (id === 'known' ? (call as unknown as CallTerms) : null) };
const call = { closesOn: '2026-05-01', themes: [{ id: 'later', title: 'Senare', closesOn: '2026-06-01' }] };
const thinning = applicationThinning(calls);
const waits = (subject: Application, today = '2027-01-01') => thinning.waitsFor?.(subject, today);

describe('what waits', () => {
  test.each(applicationStates)('in state %s', (state) => {
    const underWay = ['submitted', 'completionRequested', 'granted'].includes(state);
    expect(waits(application(state, { decision }))).toBe(underWay ? 'under-way' : null);
  });

  test('but no draft: it is reached when its call has closed, and its deadline is missed for good', () => {
    expect(waits(application('draft', { deadlines: [{ key: 'k' }] }))).toBeNull();
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
  const ended = thinning.events['ended'];
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

describe('the call of a draft has closed', () => {
  const closed = thinning.events['call-closed'];
  test.each<[string, object, string | null]>([
    ['the day of the call', { callId: 'known' }, '2026-05-01'],
    ['the day of its theme', { callId: 'known', themeId: 'later' }, '2026-06-01'],
    ['never, where the call is not known', { callId: 'gone' }, null],
  ])('on %s', async (_what, more, day) => {
    expect(await closed?.on(application('draft', more))).toBe(day);
  });

  test('and that is so of drafts alone', () => {
    expect(closed?.where).toEqual({ state: 'draft' });
    for (const event of ['decided', 'ended'])
      expect(JSON.stringify(thinning.events[event]?.where)).not.toContain('draft');
  });
});

test('who decided is kept, since a decision must show it, and who paid, for the accounts', () => {
  expect(thinning.keeps).toEqual([
    'decision.decidedBy',
    'decision.recordedBy',
    'requisitions.*.requestedBy',
    'payments.*.preparedBy',
    'payments.*.attestation.by',
  ]);
});
