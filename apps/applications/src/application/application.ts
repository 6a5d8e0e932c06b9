import {
  applicationChanged,
  applicationCreated,
  applicationGranted,
  applicationRegistered,
  applicationRejected,
  applicationSignedOff,
  applicationSubmitted,
  applicationWithdrawn,
  deadlineMet,
  DomainError,
  grantAccepted,
  grantDeclined,
  invalidInput,
  occurred,
  type ChangeApplication,
  type CreateApplication,
  type Fault,
  type NewEvent,
} from '#libs/contracts';
import { callClosingKey, closingDayOf, type CallTerms } from '../call/call.ts';
import { type LedgerEntry } from '../call/ledger.ts';
import { about, next } from './application-command.ts';
import { type Application, type Decided, type Decision } from './application-record.ts';
import {
  closeDeadlines,
  grantDeadlines,
  submissionDeadline,
  type Deadlines,
} from './application.deadlines.ts';
import { contentFields, requestedOf, toContent, type Content } from './content.ts';
import { readinessFaults } from './readiness.ts';

function withDeadlines(state: Application, event: NewEvent, deadlines: Deadlines): Decided {
  return { state: { ...state, deadlines: deadlines.open }, events: [event, ...deadlines.events] };
}

/** Theme and region must be the call's own. */
function placeFaults(call: CallTerms, region: string, themeId: string | null | undefined): Fault[] {
  const faults: Fault[] = [];
  if (!(call.regions as readonly string[]).includes(region)) {
    faults.push({ pointer: '/region', code: 'unknown-region', params: { value: region } });
  }
  if (themeId !== undefined && themeId !== null && !call.themes.some((theme) => theme.id === themeId)) {
    faults.push({ pointer: '/themeId', code: 'unknown-theme', params: { value: themeId } });
  }
  return faults;
}

function requireNotClosed(call: CallTerms, themeId: string | undefined, today: string): void {
  const closesOn = closingDayOf(call, themeId);
  if (call.state !== 'published' || today > closesOn)
    throw new DomainError('call-closed', { params: { closesOn } });
}

/** A draft. Errors: `invalid-input`, `call-closed`. */
export function createApplication(
  id: string,
  input: CreateApplication,
  call: CallTerms,
  today: string,
): Decided {
  const faults = placeFaults(call, input.region, input.themeId);
  if (faults.length > 0) throw invalidInput(faults);
  requireNotClosed(call, input.themeId, today);
  const content = toContent(input);
  const state: Application = {
    ...content,
    callId: input.callId,
    region: input.region,
    rcc: call.rcc,
    state: 'draft',
    reference: null,
    requested: requestedOf(content),
    granted: null,
    submittedAt: null,
    signedOff: null,
    decision: null,
    acceptance: null,
    withdrawal: null,
    conflicts: [],
    assessments: [],
    deadlines: [],
  };
  const created = occurred(
    applicationCreated,
    { ...about(id, state), requested: state.requested },
    { content: content },
  );
  const deadline = submissionDeadline(id, state, closingDayOf(call, input.themeId), call.closingVersion);
  // The region has begun: from now on its draft is what it is reminded of.
  const begun = occurred(deadlineMet, { key: callClosingKey(input.callId, input.region), rcc: call.rcc });
  const decided = withDeadlines(state, created, deadline);
  return { ...decided, events: [...decided.events, begun] };
}

/** Changes a draft; a sign-off falls, since it was given for another text. Errors: `state-conflict`, `invalid-input`. */
export function changeApplication(
  id: string,
  application: Application,
  input: ChangeApplication,
  call: CallTerms,
): Decided {
  const state = next(application, 'edit');
  const faults = placeFaults(call, application.region, input.themeId);
  if (faults.length > 0) throw invalidInput(faults);
  const content = toContent(input);
  const changed: Application = { ...application, ...content, state, signedOff: null };
  const requested = requestedOf(changed);
  const fields = contentFields.filter((field) => input[field] !== undefined);
  const pick = (from: Content): Record<string, unknown> =>
    Object.fromEntries(fields.map((field) => [field, from[field] ?? null]));
  const event = occurred(
    applicationChanged,
    {
      ...about(id, application),
      requested,
      fields: [...fields],
      signOffVoided: application.signedOff !== null,
    },
    { before: pick(application), after: pick(changed) },
  );
  const moved =
    changed.unit !== application.unit ||
    (input.themeId !== undefined &&
      closingDayOf(call, changed.themeId) !== closingDayOf(call, application.themeId));
  if (!moved) return { state: { ...changed, requested }, events: [event] };
  return withDeadlines({ ...changed, requested }, event, moveDeadline(id, changed, call));
}

function moveDeadline(id: string, application: Application, call: CallTerms): Deadlines {
  const current = application.deadlines.find((deadline) => deadline.kind === 'application-submission');
  return submissionDeadline(
    id,
    application,
    closingDayOf(call, application.themeId),
    (current?.version ?? 0) + 1,
  );
}

/** The call's closing day was moved: the draft's own deadline follows. Nothing to do in other states. */
export function followExtension(id: string, application: Application, call: CallTerms): Decided {
  if (application.state !== 'draft') return { state: application, events: [] };
  const { open, events } = moveDeadline(id, application, call);
  return { state: { ...application, deadlines: open }, events };
}

/** The head of operations signs the text as it stands in `revision`. Errors: `state-conflict`. */
export function signOff(
  id: string,
  application: Application,
  by: string,
  at: Date,
  revision: number,
): Decided {
  const state = next(application, 'sign-off');
  const event = occurred(applicationSignedOff, { ...about(id, application), signedRevision: revision });
  return { state: { ...application, state, signedOff: { by, at, revision } }, events: [event] };
}

/**
 * Hands the application in: from here it has arrived, and `now` is its arrival time. Errors:
 * `state-conflict`, `call-not-open`, `call-closed`, `not-ready-for-submission` with every fault.
 */
export function submit(
  id: string,
  application: Application,
  call: CallTerms,
  by: string,
  now: Date,
  today: string,
): Decided {
  const state = next(application, 'submission');
  if (call.state === 'published' && today < call.opensOn) {
    throw new DomainError('call-not-open', { params: { opensOn: call.opensOn } });
  }
  requireNotClosed(call, application.themeId, today);
  const faults = readinessFaults(application, call);
  if (faults.length > 0) throw new DomainError('not-ready-for-submission', { faults });
  const submitted: Application = { ...application, state, submittedAt: now, submittedBy: by };
  const event = occurred(applicationSubmitted, {
    ...about(id, application),
    requested: application.requested,
    submittedAt: now.toISOString(),
  });
  return withDeadlines(
    submitted,
    event,
    closeDeadlines(application.rcc, application.deadlines, 'met', ['application-submission']),
  );
}

/** Notes the reference from the register. Nothing to do when it is there already. */
export function register(id: string, application: Application, number: number, year: number): Decided {
  if (application.reference !== null) return { state: application, events: [] };
  const reference = `${application.rcc.toUpperCase()}-${year}-${String(number).padStart(4, '0')}`;
  const event = occurred(applicationRegistered, { ...about(id, application), reference, number, year });
  return { state: { ...application, reference }, events: [event] };
}

/** Possible until the decision. Errors: `state-conflict`. */
export function withdraw(id: string, application: Application, reason: string, at: Date): Decided {
  const state = next(application, 'withdrawal');
  const event = occurred(applicationWithdrawn, about(id, application), { reason });
  return withDeadlines(
    { ...application, state, withdrawal: { reason, at } },
    event,
    closeDeadlines(application.rcc, application.deadlines, 'withdrawn'),
  );
}

/**
 * Takes over the outcome that the call's ledger holds. Nothing to do when it was taken over before;
 * `withdrawn` when the application had been withdrawn, so that the money must go back.
 */
export function takeOver(
  id: string,
  application: Application,
  call: CallTerms,
  entry: LedgerEntry,
): Decided | 'withdrawn' {
  if (application.decision?.roundId === entry.roundId) return { state: application, events: [] };
  if (application.state === 'withdrawn') return 'withdrawn';
  const granted = entry.outcome === 'granted';
  const state = next(application, granted ? 'grant' : 'rejection');
  const decision: Decision = {
    roundId: entry.roundId,
    outcome: granted ? 'granted' : 'rejected',
    amount: granted ? entry.amount : null,
    reason: entry.reason,
    conditions: entry.conditions,
    decidedOn: entry.decidedOn,
    decidedBy: entry.decidedBy,
    recordedBy: entry.recordedBy,
  };
  const decided: Application = { ...application, state, granted: granted ? entry.amount : null, decision };
  const event = occurred(
    granted ? applicationGranted : applicationRejected,
    { ...about(id, application), roundId: entry.roundId, decidedOn: entry.decidedOn, amount: entry.amount },
    { reason: entry.reason, conditions: entry.conditions, decidedBy: entry.decidedBy },
  );
  if (!granted) return { state: decided, events: [event] };
  return withDeadlines(decided, event, grantDeadlines(id, application, call, decision));
}

/** Yes or no to the grant. Errors: `state-conflict`. */
export function answerGrant(
  id: string,
  application: Application,
  answer: { readonly accepted: boolean; readonly comment?: string | undefined },
  at: Date,
): Decided {
  const { accepted, comment } = answer;
  const state = next(application, accepted ? 'acceptance' : 'declination');
  const event = occurred(
    accepted ? grantAccepted : grantDeclined,
    about(id, application),
    comment === undefined ? undefined : { comment },
  );
  const answered = closeDeadlines(application.rcc, application.deadlines, 'met', ['decision-acceptance']);
  // Declined money brings no reports.
  const rest = accepted
    ? { open: answered.open, events: [] }
    : closeDeadlines(application.rcc, answered.open, 'withdrawn');
  return withDeadlines({ ...application, state, acceptance: { accepted, at } }, event, {
    open: rest.open,
    events: [...answered.events, ...rest.events],
  });
}
