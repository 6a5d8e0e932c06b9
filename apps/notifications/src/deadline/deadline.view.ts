import { type CalendarEntry, type DeadlineView } from '#libs/contracts';
import { currentVersion, stateOf, type Deadline } from './deadline.ts';

/** State on a civil day: what is open after its day is overdue. */
export function deadlineStateOn(deadline: Deadline, today: string): DeadlineView['state'] {
  const state = stateOf(deadline);
  if (state !== 'open' && state !== 'unset') return state;
  return (currentVersion(deadline)?.dueOn ?? today) < today ? 'overdue' : 'open';
}

/** As clients read it. Throws RangeError for a tombstone, which nobody may be shown. */
export function toDeadlineView(id: string, deadline: Deadline, today: string): DeadlineView {
  const current = currentVersion(deadline);
  if (!current) throw new RangeError('a deadline without a day has no view');
  return {
    id,
    kind: current.kind,
    dueOn: current.dueOn,
    version: current.version,
    state: deadlineStateOn(deadline, today),
    subject: current.subject,
    responsible: current.responsible,
    rcc: current.rcc,
    ...(current.region !== undefined && { region: current.region }),
    closedAt: deadline.closing?.at ?? null,
  };
}

/**
 * As a calendar has it: what was last said of it counts (RFC 5545, 3.8.7.4), be it another day or the end. Throws
 * RangeError for a tombstone.
 */
export function toCalendarEntry(id: string, deadline: Deadline, today: string): CalendarEntry {
  const current = currentVersion(deadline);
  if (!current) throw new RangeError('a deadline without a day has no entry');
  const { kind, dueOn, version, subject, region, setAt } = current;
  const ended = deadline.closing;
  return {
    id,
    kind,
    dueOn,
    state: deadlineStateOn(deadline, today),
    ...(subject.reference !== undefined && { reference: subject.reference }),
    ...(region !== undefined && { region }),
    sequence: ended ? version : version - 1,
    changedAt: ended?.at ?? setAt,
  };
}
