import { describe, expect, it } from '@jest/globals';
import {
  unknownDeadline,
  withClosing,
  withHandled,
  withVersion,
  type Deadline,
} from '../deadline/deadline.ts';
import { dueReminders, nextReminderAt, reasonNotToRemind, remindersOf } from './reminder-plan.ts';
import { type StepName } from './steps.ts';

const set = (deadline: Deadline, version: number, dueOn: string, setAt: string) =>
  withVersion(deadline, {
    version,
    kind: 'final-report',
    dueOn,
    subject: { type: 'application', id: 'a1' },
    responsible: { role: 'regionSystem', unit: 'kalmar' },
    rcc: 'sydost',
    region: 'kalmar',
    setAt,
    eventId: `e${version}`,
  });

/** Due on 31 March 2027, set in good time. */
const deadline = set(unknownDeadline('k'), 1, '2027-03-31', '2027-01-10T12:00:00.000Z');

const plan = (of: Deadline) =>
  remindersOf(of).map(
    ({ step, plannedFor, state, reason }) =>
      `${plannedFor} ${step.name} ${state}${reason ? ` ${reason}` : ''}`,
  );
const mailed = (of: Deadline, version: number, step: StepName) =>
  withHandled(of, [{ version, step, outcome: 'mailed', at: '2027-03-01T06:00:00.000Z' }]);

describe('the reminders of a deadline', () => {
  it.each(['call-closing', 'application-submission'] as const)(
    'of kind %s, which cannot be met late, end before the day',
    (kind) => {
      const [version] = deadline.versions;
      const closing = { ...deadline, versions: version ? [{ ...version, kind }] : [] };
      expect(remindersOf(closing).map(({ step }) => step.name)).toEqual([
        '30-days-before',
        '14-days-before',
        '7-days-before',
        '2-days-before',
      ]);
    },
  );

  it('are planned 30, 14, 7 and 2 days before, the day after and a week after', () => {
    expect(plan(deadline)).toEqual([
      '2027-03-01 30-days-before planned',
      '2027-03-17 14-days-before planned',
      '2027-03-24 7-days-before planned',
      '2027-03-29 2-days-before planned',
      '2027-04-01 1-day-after planned',
      '2027-04-07 7-days-after planned',
    ]);
  });

  it('go out from seven in the morning in Sweden, in winter and in summer time', () => {
    const [first, , , , afterChange] = remindersOf(deadline);
    expect(first?.sendAt.toISOString()).toBe('2027-03-01T06:00:00.000Z');
    // Summer time began on 28 March 2027.
    expect(afterChange?.sendAt.toISOString()).toBe('2027-04-01T05:00:00.000Z');
    expect(nextReminderAt(deadline)?.toISOString()).toBe('2027-03-01T06:00:00.000Z');
  });

  it('whose time had passed when the day was set are not sent', () => {
    const late = set(unknownDeadline('k'), 1, '2027-03-31', '2027-03-17T06:00:00.000Z');
    expect(plan(late).slice(0, 3)).toEqual([
      '2027-03-01 30-days-before skipped past-when-set',
      '2027-03-17 14-days-before skipped past-when-set',
      '2027-03-24 7-days-before planned',
    ]);
    expect(dueReminders(late, new Date('2027-03-20T12:00:00Z'))).toBeUndefined();
  });

  it('are due from their time on, not a moment before', () => {
    expect(dueReminders(deadline, new Date('2027-03-01T05:59:59.999Z'))).toBeUndefined();
    expect(dueReminders(deadline, new Date('2027-03-01T06:00:00.000Z'))?.send.step.name).toBe(
      '30-days-before',
    );
  });

  it('that became due while nothing could be sent give way to the latest', () => {
    const due = dueReminders(deadline, new Date('2027-03-26T12:00:00Z'));
    expect(due?.send.step.name).toBe('7-days-before');
    expect(due?.superseded.map(({ step }) => step.name)).toEqual(['30-days-before', '14-days-before']);
  });

  it('that were sent are not due again', () => {
    const after = mailed(deadline, 1, '30-days-before');
    expect(dueReminders(after, new Date('2027-03-10T12:00:00Z'))).toBeUndefined();
    expect(nextReminderAt(after)?.toISOString()).toBe('2027-03-17T06:00:00.000Z');
  });

  it('end when the thing is done or no longer needed, and say so', () => {
    for (const as of ['met', 'withdrawn'] as const) {
      const ended = withClosing(mailed(deadline, 1, '30-days-before'), {
        as,
        at: '2027-03-10T12:00:00.000Z',
        eventId: 'x',
      });
      expect(plan(ended)).toEqual([
        '2027-03-01 30-days-before mailed',
        `2027-03-17 14-days-before skipped ${as}`,
        `2027-03-24 7-days-before skipped ${as}`,
        `2027-03-29 2-days-before skipped ${as}`,
        `2027-04-01 1-day-after skipped ${as}`,
        `2027-04-07 7-days-after skipped ${as}`,
      ]);
      expect(dueReminders(ended, new Date('2028-01-01T12:00:00Z'))).toBeUndefined();
      expect(reasonNotToRemind(ended, 1)).toBe(as);
    }
  });

  it('follow the day when it moves; what was planned for the old day is shown as moved', () => {
    const moved = set(mailed(deadline, 1, '30-days-before'), 2, '2027-05-31', '2027-03-20T12:00:00.000Z');
    expect(plan(moved)).toEqual([
      '2027-03-01 30-days-before mailed',
      '2027-03-17 14-days-before skipped moved',
      '2027-03-24 7-days-before skipped moved',
      '2027-03-29 2-days-before skipped moved',
      '2027-04-01 1-day-after skipped moved',
      '2027-04-07 7-days-after skipped moved',
      '2027-05-01 30-days-before planned',
      '2027-05-17 14-days-before planned',
      '2027-05-24 7-days-before planned',
      '2027-05-29 2-days-before planned',
      '2027-06-01 1-day-after planned',
      '2027-06-07 7-days-after planned',
    ]);
    expect(reasonNotToRemind(moved, 1)).toBe('moved');
    expect(reasonNotToRemind(moved, 2)).toBeUndefined();
  });
});
