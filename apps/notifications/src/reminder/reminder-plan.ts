import { addDays, instantAt } from '#libs/calendar';
import { currentVersion, stateOf, type Deadline, type DeadlineVersion } from '../deadline/deadline.ts';
import { stepsOf, type Step } from './steps.ts';

/** Reminders go out at the start of the working day. */
const sendingTime = '07:00';

/** Why a reminder was not sent, as the ledger says it. */
export type SkipReason = 'past-when-set' | 'moved' | 'met' | 'withdrawn' | 'superseded';

export interface PlannedReminder {
  readonly step: Step;
  readonly version: number;
  /** Civil day in Europe/Stockholm. */
  readonly plannedFor: string;
  /** From this instant on, product time. */
  readonly sendAt: Date;
  readonly state: 'planned' | 'mailed' | 'skipped';
  readonly reason?: SkipReason;
}

/** Every reminder of a deadline, of all versions of its day, in order: what is planned and what became of it. */
export function remindersOf(deadline: Deadline): PlannedReminder[] {
  return deadline.versions.flatMap((version) =>
    stepsOf(version.kind).map((step) => reminderOf(deadline, version, step)),
  );
}

function reminderOf(deadline: Deadline, version: DeadlineVersion, step: Step): PlannedReminder {
  const plannedFor = addDays(version.dueOn, step.offset);
  const sendAt = instantAt(plannedFor, sendingTime);
  const reminder = { step, version: version.version, plannedFor, sendAt };
  const handling = deadline.handled.find(
    (known) => known.version === version.version && known.step === step.name,
  );
  if (handling?.outcome === 'mailed') return { ...reminder, state: 'mailed' };
  const reason = handling?.outcome ?? skipReason(deadline, version, sendAt);
  return reason === undefined ? { ...reminder, state: 'planned' } : { ...reminder, state: 'skipped', reason };
}

function skipReason(deadline: Deadline, version: DeadlineVersion, sendAt: Date): SkipReason | undefined {
  // Whoever was given the day after the reminder would have gone out was just told about it.
  if (sendAt.getTime() <= Date.parse(version.setAt)) return 'past-when-set';
  if (version !== currentVersion(deadline)) return 'moved';
  return deadline.closing?.as;
}

export interface DueReminders {
  /** The one to send: the latest that is due. */
  readonly send: PlannedReminder;
  /** Became due before it while nothing could be sent; several reminders at once help nobody. */
  readonly superseded: readonly PlannedReminder[];
}

/** What is to be sent at `now` (product time); undefined when nothing is. */
export function dueReminders(deadline: Deadline, now: Date): DueReminders | undefined {
  const due = remindersOf(deadline).filter(
    (reminder) => reminder.state === 'planned' && reminder.sendAt <= now,
  );
  const send = due.at(-1);
  return send && { send, superseded: due.slice(0, -1) };
}

/** When the deadline must be looked at next; undefined when there is nothing left to remind of. */
export function nextReminderAt(deadline: Deadline): Date | undefined {
  if (stateOf(deadline) !== 'open') return undefined;
  return remindersOf(deadline).find((reminder) => reminder.state === 'planned')?.sendAt;
}

/** Why a mail that was written for this version of the day must not go out any more; undefined: it may. */
export function reasonNotToRemind(deadline: Deadline, version: number): SkipReason | undefined {
  if (deadline.closing) return deadline.closing.as;
  return currentVersion(deadline)?.version === version ? undefined : 'moved';
}
