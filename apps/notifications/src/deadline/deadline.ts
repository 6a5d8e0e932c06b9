import {
  type DeadlineKind,
  type DeadlineView,
  type RccCode,
  type RegionCode,
  type Role,
} from '#libs/contracts';
import { wholeRegion } from '#libs/unit-digest';
import { type StepName } from '../reminder/steps.ts';

/** One day that was set for a deadline. A higher version moves the day. */
export interface DeadlineVersion {
  readonly version: number;
  readonly kind: DeadlineKind;
  readonly dueOn: string;
  readonly subject: DeadlineView['subject'];
  readonly responsible: { readonly role: Role; readonly unit: string };
  readonly rcc: RccCode;
  readonly region?: RegionCode;
  /** The clinic that applies. */
  readonly unitDigest?: string;
  /** Product time of the event that set it, RFC 3339. */
  readonly setAt: string;
  readonly eventId: string;
}

/** How a deadline ended: done, or no longer needed. */
export interface Closing {
  readonly as: 'met' | 'withdrawn';
  /** Product time of the event, RFC 3339. */
  readonly at: string;
  readonly eventId: string;
}

/** What became of a reminder step: its mails lie in the ledger, or a later step took its place. */
export interface Handling {
  readonly version: number;
  readonly step: StepName;
  readonly outcome: 'mailed' | 'superseded';
  readonly at: string;
}

/**
 * What is known of one deadline. Only facts: which days were set, how it ended, which reminders were
 * taken care of. What is due follows from them (see reminder-plan.ts), so it does not matter in which
 * order, or how often, the facts arrive.
 */
export interface Deadline {
  readonly key: string;
  /** Ascending. Empty while only the end of the deadline is known: a tombstone. */
  readonly versions: readonly DeadlineVersion[];
  readonly closing: Closing | null;
  readonly handled: readonly Handling[];
}

export function unknownDeadline(key: string): Deadline {
  return { key, versions: [], closing: null, handled: [] };
}

/** The day that counts: the highest version. Undefined for a tombstone. */
export function currentVersion(deadline: Deadline): DeadlineVersion | undefined {
  return deadline.versions.at(-1);
}

/**
 * Whose it is within its region: a clinic's, or the whole region's as long as none of it has begun. Undefined:
 * an application that names no clinic, or an event from before clinics were told. Nobody held in a clinic is
 * then told, since it may be another's.
 */
export function unitOf(version: DeadlineVersion): string | undefined {
  return version.subject.type === 'call' ? wholeRegion : version.unitDigest;
}

/** What the access table looks at; `version.region` is absent where no region is concerned. */
export function placeOf(version: DeadlineVersion): Pick<DeadlineVersion, 'rcc' | 'region' | 'unitDigest'> {
  const { rcc, region } = version;
  const unit = unitOf(version);
  return { rcc, ...(region !== undefined && { region }), ...(unit !== undefined && { unitDigest: unit }) };
}

/**
 * Takes in a day. A lower version only completes the history, and an ended deadline stays ended. Returns
 * the same object when nothing is new.
 */
export function withVersion(deadline: Deadline, added: DeadlineVersion): Deadline {
  const known = deadline.versions.find((version) => version.version === added.version);
  // One version is one event; should there ever be two, the earlier counts whichever came first here.
  if (known && !isEarlier(time(added.setAt, added.eventId), time(known.setAt, known.eventId)))
    return deadline;
  const others = deadline.versions.filter((version) => version !== known);
  return { ...deadline, versions: [...others, added].toSorted((a, b) => a.version - b.version) };
}

/** Takes in an end; the earliest counts. Returns the same object when nothing is new. */
export function withClosing(deadline: Deadline, closing: Closing): Deadline {
  const known = deadline.closing;
  return known && !isEarlierEnd(closing, known) ? deadline : { ...deadline, closing };
}

/** Does this end count rather than the one that is known? */
export function isEarlierEnd(closing: Closing, known: Closing): boolean {
  return isEarlier(time(closing.at, closing.eventId), time(known.at, known.eventId));
}

/** Notes what became of reminder steps; a step already noted keeps its note. */
export function withHandled(deadline: Deadline, added: readonly Handling[]): Deadline {
  const fresh = added.filter(
    ({ version, step }) =>
      !deadline.handled.some((known) => known.version === version && known.step === step),
  );
  return fresh.length === 0 ? deadline : { ...deadline, handled: [...deadline.handled, ...fresh] };
}

export type StoredDeadlineState = 'unset' | 'open' | 'met' | 'withdrawn';

/** The state without regard to the day: an open deadline is overdue when its day has passed. */
export function stateOf(deadline: Deadline): StoredDeadlineState {
  return deadline.closing?.as ?? (deadline.versions.length === 0 ? 'unset' : 'open');
}

interface Instant {
  readonly at: number;
  readonly eventId: string;
}

function time(at: string, eventId: string): Instant {
  return { at: Date.parse(at), eventId };
}

function isEarlier(a: Instant, b: Instant): boolean {
  return a.at < b.at || (a.at === b.at && a.eventId < b.eventId);
}
