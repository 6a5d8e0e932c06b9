import { addDays } from '#libs/calendar';
import {
  deadlineMet,
  deadlineSet,
  deadlineWithdrawn,
  occurred,
  type DeadlineKind,
  type NewEvent,
  type RccCode,
  type Role,
} from '#libs/contracts';
import { unitDigest } from '#libs/unit-digest';
import { type Call } from '../call/call.ts';
import { type Application } from './application-record.ts';
import { type OpenDeadline } from './open-deadline.ts';

export interface Deadlines {
  readonly open: readonly OpenDeadline[];
  readonly events: readonly NewEvent[];
}

type Applying = Pick<Application, 'region' | 'unit' | 'rcc' | 'reference'>;

function setOne(
  application: Applying,
  id: string,
  deadline: { key: string; kind: DeadlineKind; version: number; dueOn: string; role: Role },
): NewEvent {
  return occurred(deadlineSet, {
    key: deadline.key,
    deadlineVersion: deadline.version,
    kind: deadline.kind,
    dueOn: deadline.dueOn,
    subject: {
      type: 'application',
      id,
      ...(application.reference !== null && { reference: application.reference }),
    },
    responsible: { role: deadline.role, unit: application.region },
    rcc: application.rcc,
    region: application.region,
    ...(application.unit !== undefined && { unitDigest: unitDigest(application.region, application.unit) }),
  });
}

/** A draft must be submitted by the closing day; another day, or another clinic, is told by the next version. */
export function submissionDeadline(
  id: string,
  application: Applying,
  dueOn: string,
  version: number,
): Deadlines {
  const deadline = { key: `application/${id}/submission`, kind: 'application-submission' as const, version };
  return {
    open: [deadline],
    events: [setOne(application, id, { ...deadline, dueOn, role: 'regionSystem' })],
  };
}

/** What a grant brings with it: an answer, the reports the call asks for, conditions with a day. */
export function grantDeadlines(
  id: string,
  application: Application,
  call: Pick<Call, 'acceptanceDays' | 'reporting'>,
  decision: NonNullable<Application['decision']>,
): Deadlines {
  const answer = {
    key: `application/${id}/acceptance`,
    kind: 'decision-acceptance' as const,
    version: 1,
    dueOn: addDays(decision.decidedOn, call.acceptanceDays),
    role: 'regionSigner' as const,
  };
  const reports = call.reporting.map((report, index) => ({
    key: `application/${id}/report/${index}`,
    kind: `${report.kind}-report` as const,
    version: 1,
    dueOn: report.dueOn,
    role: 'regionSystem' as const,
  }));
  const conditions = decision.conditions.flatMap(({ dueOn }, index) =>
    dueOn === undefined
      ? []
      : [
          {
            key: `application/${id}/condition/${index}`,
            kind: 'condition' as const,
            version: 1,
            dueOn,
            role: 'regionSystem' as const,
          },
        ],
  );
  const all = [answer, ...reports, ...conditions];
  return {
    open: all.map(({ key, kind, version }) => ({ key, kind, version })),
    events: all.map((deadline) => setOne(application, id, deadline)),
  };
}

/** Closes the open deadlines of the given kinds (all, when none are given). */
export function closeDeadlines(
  rcc: RccCode,
  open: readonly OpenDeadline[],
  how: 'met' | 'withdrawn',
  kinds?: readonly DeadlineKind[],
): Deadlines {
  const closed = open.filter((deadline) => kinds === undefined || kinds.includes(deadline.kind));
  const type = how === 'met' ? deadlineMet : deadlineWithdrawn;
  return {
    open: open.filter((deadline) => !closed.includes(deadline)),
    events: closed.map(({ key }) => occurred(type, { key, rcc })),
  };
}
