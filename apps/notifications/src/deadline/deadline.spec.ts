import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextReminderAt, remindersOf } from '../reminder/reminder-plan.ts';
import {
  currentVersion,
  stateOf,
  unknownDeadline,
  withClosing,
  withHandled,
  withVersion,
  type Closing,
  type Deadline,
  type DeadlineVersion,
} from './deadline.ts';
import { deadlineStateOn, toDeadlineView } from './deadline.view.ts';

const key = 'application/a1/acceptance';

const set = (version: number, dueOn: string, setAt = '2026-12-01T10:00:00.000Z'): DeadlineVersion => ({
  version,
  kind: 'decision-acceptance',
  dueOn,
  subject: { type: 'application', id: 'a1', reference: 'SYDOST-2026-0001' },
  responsible: { role: 'regionSigner', unit: 'ostergotland' },
  rcc: 'sydost',
  region: 'ostergotland',
  setAt,
  eventId: `set-${version}-${dueOn}`,
});
const end = (as: Closing['as'], at: string): Closing => ({ as, at, eventId: `${as}-${at}` });

type Fact = { readonly set: DeadlineVersion } | { readonly end: Closing };

const take = (deadline: Deadline, fact: Fact): Deadline =>
  'set' in fact ? withVersion(deadline, fact.set) : withClosing(deadline, fact.end);

const facts: readonly Fact[] = [
  { set: set(1, '2027-01-31') },
  { set: set(2, '2027-02-15', '2026-12-05T10:00:00.000Z') },
  { set: set(3, '2027-01-15', '2026-12-06T10:00:00.000Z') },
  { end: end('met', '2026-12-20T10:00:00.000Z') },
  { end: end('withdrawn', '2026-12-20T10:00:00.000Z') },
  { end: end('met', '2026-12-24T10:00:00.000Z') },
];

describe('a deadline', () => {
  it('is the same whatever the order in which its facts arrive, and however often', () => {
    const expected = facts.reduce(take, unknownDeadline(key));
    const arrivals = fc
      .array(fc.constantFrom(...facts), { maxLength: 6 })
      .chain((repeated) =>
        fc.shuffledSubarray([...facts, ...repeated], { minLength: facts.length + repeated.length }),
      );
    fc.assert(
      fc.property(arrivals, (order) => {
        expect(order.reduce(take, unknownDeadline(key))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('that ends before it is set is a tombstone, and stays ended when the day arrives', () => {
    const tombstone = withClosing(unknownDeadline(key), end('met', '2026-12-20T10:00:00.000Z'));
    expect(stateOf(tombstone)).toBe('met');
    expect(currentVersion(tombstone)).toBeUndefined();
    expect(remindersOf(tombstone)).toEqual([]);
    const both = withVersion(tombstone, set(1, '2027-01-31'));
    expect(stateOf(both)).toBe('met');
    expect(nextReminderAt(both)).toBeUndefined();
  });

  it('moves to the day of the highest version and never back', () => {
    const moved = withVersion(withVersion(unknownDeadline(key), set(2, '2027-02-15')), set(1, '2027-01-31'));
    expect(currentVersion(moved)?.dueOn).toBe('2027-02-15');
  });

  it('is not opened again by a later version', () => {
    const ended = withClosing(
      withVersion(unknownDeadline(key), set(1, '2027-01-31')),
      end('withdrawn', '2026-12-02T10:00:00.000Z'),
    );
    expect(stateOf(withVersion(ended, set(2, '2027-03-31')))).toBe('withdrawn');
  });

  it('is untouched by what it knows already', () => {
    const deadline = withClosing(
      withVersion(unknownDeadline(key), set(1, '2027-01-31')),
      end('met', '2026-12-20T10:00:00.000Z'),
    );
    expect(withVersion(deadline, set(1, '2027-01-31'))).toBe(deadline);
    expect(withClosing(deadline, end('met', '2026-12-20T10:00:00.000Z'))).toBe(deadline);
    const noted = withHandled(deadline, [
      { version: 1, step: '7-days-before', outcome: 'mailed', at: '2027-01-24T06:00:00.000Z' },
    ]);
    expect(
      withHandled(noted, [
        { version: 1, step: '7-days-before', outcome: 'superseded', at: '2027-01-25T06:00:00.000Z' },
      ]),
    ).toBe(noted);
  });

  it('is open through its day and overdue from the day after', () => {
    const deadline = withVersion(unknownDeadline(key), set(1, '2027-01-31'));
    expect(deadlineStateOn(deadline, '2027-01-31')).toBe('open');
    expect(deadlineStateOn(deadline, '2027-02-01')).toBe('overdue');
  });

  it('has no view while only its end is known', () => {
    const tombstone = withClosing(unknownDeadline(key), end('met', '2026-12-20T10:00:00.000Z'));
    expect(() => toDeadlineView('id', tombstone, '2027-01-01')).toThrow(RangeError);
  });
});
