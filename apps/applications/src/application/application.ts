import {
  applicationAssessed,
  applicationChanged,
  applicationCreated,
  applicationGranted,
  applicationRegistered,
  applicationRejected,
  applicationSignedOff,
  applicationSubmitted,
  applicationWithdrawn,
  conflictDeclared,
  deadlineMet,
  DomainError,
  grantAccepted,
  grantDeclined,
  invalidInput,
  occurred,
  toOre,
  type ApplicationState,
  type Assess,
  type ChangeApplication,
  type CreateApplication,
  type Fault,
  type NewEvent,
  type Ore,
  type RccCode,
  type RegionCode,
} from '#libs/contracts';
import { callClosingKey, closingDayOf, type CallTerms } from '../call/call.ts';
import { type LedgerEntry } from '../call/ledger.ts';
import {
  closeDeadlines,
  grantDeadlines,
  submissionDeadline,
  type Deadlines,
  type OpenDeadline,
} from './application.deadlines.ts';
import { offeredCommandsIn, nextState, type ApplicationCommand } from './application.states.ts';
import { contentFields, requestedOf, toContent, type Content } from './content.ts';
import { readinessFaults } from './readiness.ts';

export interface Assessment {
  readonly id: string;
  readonly assessor: string;
  readonly scores: readonly { readonly criterion: string; readonly score: number; readonly reason: string }[];
  readonly recommendation: Assess['recommendation'];
  readonly recommendedAmount: Ore | null;
  readonly comment: string | null;
  readonly assessedAt: Date;
  readonly version: number;
}

export interface Decision {
  readonly roundId: string;
  readonly outcome: 'granted' | 'rejected';
  readonly amount: Ore | null;
  readonly reason: string;
  readonly conditions: readonly { readonly text: string; readonly dueOn?: string | undefined }[];
  readonly decidedOn: string;
  readonly decidedBy: string;
}

/** An application with everything that happens to it. Amounts in öre. */
export interface Application extends Content {
  readonly callId: string;
  readonly region: RegionCode;
  readonly rcc: RccCode;
  readonly state: ApplicationState;
  readonly reference: string | null;
  readonly requested: Ore;
  readonly granted: Ore | null;
  readonly submittedAt: Date | null;
  readonly signedOff: { readonly by: string; readonly at: Date; readonly revision: number } | null;
  readonly decision: Decision | null;
  readonly acceptance: { readonly accepted: boolean; readonly at: Date } | null;
  readonly withdrawal: { readonly reason: string; readonly at: Date } | null;
  readonly conflicts: readonly { readonly assessor: string; readonly at: Date }[];
  readonly assessments: readonly Assessment[];
  readonly deadlines: readonly OpenDeadline[];
}

export interface Decided {
  readonly state: Application;
  readonly events: readonly NewEvent[];
}

function next(application: Application, command: ApplicationCommand): ApplicationState {
  const state = nextState(application.state, command);
  if (state !== undefined) return state;
  throw new DomainError('state-conflict', {
    params: { command, state: application.state },
    extra: { allowed: offeredCommandsIn(application.state) },
  });
}

function about(id: string, application: Application) {
  const { callId, rcc, region } = application;
  return { applicationId: id, callId, rcc, region };
}

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
  const begun = occurred(deadlineMet, { key: callClosingKey(input.callId, input.region) });
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
    input.themeId !== undefined &&
    closingDayOf(call, changed.themeId) !== closingDayOf(call, application.themeId);
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
  const submitted: Application = { ...application, state, submittedAt: now };
  const event = occurred(applicationSubmitted, {
    ...about(id, application),
    requested: application.requested,
    submittedAt: now.toISOString(),
  });
  return withDeadlines(
    submitted,
    event,
    closeDeadlines(application.deadlines, 'met', ['application-submission']),
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
    closeDeadlines(application.deadlines, 'withdrawn'),
  );
}

/** An assessor steps aside; what he or she had given no longer counts. Errors: `state-conflict`. */
export function declareConflict(
  id: string,
  application: Application,
  assessor: string,
  reason: string,
  at: Date,
): Decided {
  const state = next(application, 'conflict-declaration');
  if (application.conflicts.some((conflict) => conflict.assessor === assessor)) {
    return { state: application, events: [] };
  }
  const event = occurred(conflictDeclared, { ...about(id, application), assessor }, { reason });
  return {
    state: {
      ...application,
      state,
      conflicts: [...application.conflicts, { assessor, at }],
      assessments: application.assessments.filter((assessment) => assessment.assessor !== assessor),
    },
    events: [event],
  };
}

/**
 * One assessment per assessor, revisable until the decision. Nobody assesses an application of the
 * region they work in. Errors: `state-conflict`, `conflict-of-interest`, `invalid-input`.
 */
export function assess(
  id: string,
  application: Application,
  call: CallTerms,
  assessor: { readonly id: string; readonly employers: readonly string[] },
  input: Assess,
  assessmentId: string,
  now: Date,
): Decided {
  const state = next(application, 'assessments');
  const declared = application.conflicts.some((conflict) => conflict.assessor === assessor.id);
  if (declared || assessor.employers.includes(application.region))
    throw new DomainError('conflict-of-interest');
  const faults = scoreFaults(call, input);
  if (faults.length > 0) throw invalidInput(faults);
  const before = application.assessments.find((assessment) => assessment.assessor === assessor.id);
  const assessment: Assessment = {
    id: before?.id ?? assessmentId,
    assessor: assessor.id,
    scores: input.scores,
    recommendation: input.recommendation,
    recommendedAmount: input.recommendedAmount ? toOre(input.recommendedAmount) : null,
    comment: input.comment ?? null,
    assessedAt: now,
    version: (before?.version ?? 0) + 1,
  };
  const event = occurred(
    applicationAssessed,
    {
      ...about(id, application),
      assessor: assessor.id,
      assessmentVersion: assessment.version,
      recommendation: assessment.recommendation,
      recommendedAmount: assessment.recommendedAmount,
    },
    { before: before ? { ...before } : null, after: { ...assessment } },
  );
  const others = application.assessments.filter((each) => each.assessor !== assessor.id);
  return { state: { ...application, state, assessments: [...others, assessment] }, events: [event] };
}

function scoreFaults(call: CallTerms, input: Assess): Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const [index, { criterion, score }] of input.scores.entries()) {
    const known = call.criteria.find((each) => each.id === criterion);
    const pointer = `/scores/${index}`;
    if (!known)
      faults.push({
        pointer: `${pointer}/criterion`,
        code: 'unknown-criterion',
        params: { value: criterion },
      });
    else if (score < known.scale.min || score > known.scale.max) {
      const { min: minimum, max: maximum } = known.scale;
      faults.push({ pointer: `${pointer}/score`, code: 'score-outside-scale', params: { minimum, maximum } });
    }
    if (seen.has(criterion))
      faults.push({ pointer: `${pointer}/criterion`, code: 'duplicate', params: { value: criterion } });
    seen.add(criterion);
  }
  for (const { id } of call.criteria) {
    if (!seen.has(id)) faults.push({ pointer: '/scores', code: 'criterion-missing', params: { value: id } });
  }
  return faults;
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
  const answered = closeDeadlines(application.deadlines, 'met', ['decision-acceptance']);
  // Declined money brings no reports.
  const rest = accepted ? { open: answered.open, events: [] } : closeDeadlines(answered.open, 'withdrawn');
  return withDeadlines({ ...application, state, acceptance: { accepted, at } }, event, {
    open: rest.open,
    events: [...answered.events, ...rest.events],
  });
}
