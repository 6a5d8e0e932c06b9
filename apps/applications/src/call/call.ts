import {
  callChanged,
  callClosed,
  callCreated,
  callExtended,
  callPublished,
  deadlineSet,
  deadlineWithdrawn,
  decisionVoided,
  DomainError,
  invalidInput,
  occurred,
  roundDecided,
  toOre,
  type CallView,
  type ChangeCall,
  type CreateCall,
  type Fault,
  type NewEvent,
  type Ore,
  type RccCode,
  type RegionCode,
} from '#libs/contracts';
import { compareDays } from '#libs/calendar';
import { callCommandsIn, callTransitions, type CallCommand, type CallState } from './call.states.ts';
import { extendLedger, voidEntry, type LedgerEntry } from './ledger.ts';

export interface Theme {
  readonly id: string;
  readonly title: string;
  readonly frame?: Ore | undefined;
  readonly closesOn?: string | undefined;
}

/** A call for applications with its money ledger. Amounts in öre, days civil days in Europe/Stockholm. */
export interface Call {
  readonly rcc: RccCode;
  readonly title: string;
  readonly purpose: string;
  readonly opensOn: string;
  readonly closesOn: string;
  /** The latest closing day of call and themes, kept for finding open calls. */
  readonly lastClosesOn: string;
  readonly frame: Ore;
  readonly themes: readonly Theme[];
  readonly perRegionCap?: Ore | undefined;
  readonly smallestGrant?: Ore | undefined;
  readonly largestGrant?: Ore | undefined;
  readonly criteria: CreateCall['criteria'];
  readonly rollingIntake: boolean;
  readonly reporting: CreateCall['reporting'];
  readonly requiresSignOff: boolean;
  readonly acceptanceDays: number;
  readonly regions: readonly RegionCode[];
  readonly state: CallState;
  readonly publishedAt: Date | null;
  /** Version of the closing deadlines: each extension makes the next. */
  readonly closingVersion: number;
  readonly ledger: readonly LedgerEntry[];
  readonly hasDecisions: boolean;
}

/** What a call offers and asks for, without what has been decided on it. */
export type CallTerms = Omit<Call, 'ledger'>;

interface Decided {
  readonly state: Call;
  readonly events: NewEvent[];
}

function next(call: Call, command: CallCommand): CallState {
  const state = (callTransitions[command] as Partial<Record<CallState, CallState>>)[call.state];
  if (state !== undefined) return state;
  throw new DomainError('state-conflict', {
    params: { command, state: call.state },
    extra: { allowed: callCommandsIn(call.state) },
  });
}

function lastDay(closesOn: string, themes: readonly Theme[]): string {
  return themes.reduce(
    (last, theme) => (theme.closesOn !== undefined && theme.closesOn > last ? theme.closesOn : last),
    closesOn,
  );
}

/** Faults that no single field shows. */
function faultsOf(call: Call): Fault[] {
  const faults: Fault[] = [];
  if (compareDays(call.closesOn, call.opensOn) < 0)
    faults.push({ pointer: '/closesOn', code: 'closes-before-opens' });
  const seen = { themes: new Set<string>(), criteria: new Set<string>() };
  for (const list of ['themes', 'criteria'] as const) {
    for (const [index, { id }] of call[list].entries()) {
      if (seen[list].has(id))
        faults.push({ pointer: `/${list}/${index}/id`, code: 'duplicate', params: { value: id } });
      seen[list].add(id);
    }
  }
  for (const [index, theme] of call.themes.entries()) {
    if (theme.frame !== undefined && theme.frame > call.frame) {
      faults.push({ pointer: `/themes/${index}/frame`, code: 'frame-too-small' });
    }
    if (theme.closesOn !== undefined && theme.closesOn < call.opensOn) {
      faults.push({ pointer: `/themes/${index}/closesOn`, code: 'closes-before-opens' });
    }
  }
  const { smallestGrant, largestGrant } = call;
  if (smallestGrant !== undefined && largestGrant !== undefined && smallestGrant > largestGrant) {
    faults.push({ pointer: '/smallestGrant', code: 'range-reversed' });
  }
  return faults;
}

function checked(call: Call): Call {
  const faults = faultsOf(call);
  if (faults.length > 0) throw invalidInput(faults);
  return call;
}

function toThemes(themes: CreateCall['themes']): Theme[] {
  return themes.map(({ id, title, frame, closesOn }) => ({
    id,
    title,
    ...(frame && { frame: toOre(frame) }),
    ...(closesOn !== undefined && { closesOn }),
  }));
}

/** A draft. Errors: `invalid-input`. */
export function createCall(id: string, input: CreateCall): Decided {
  const themes = toThemes(input.themes);
  const state = checked({
    rcc: input.rcc,
    title: input.title,
    purpose: input.purpose,
    opensOn: input.opensOn,
    closesOn: input.closesOn,
    lastClosesOn: lastDay(input.closesOn, themes),
    frame: toOre(input.frame),
    themes,
    ...(input.perRegionCap && { perRegionCap: toOre(input.perRegionCap) }),
    ...(input.smallestGrant && { smallestGrant: toOre(input.smallestGrant) }),
    ...(input.largestGrant && { largestGrant: toOre(input.largestGrant) }),
    criteria: input.criteria,
    rollingIntake: input.rollingIntake,
    reporting: input.reporting,
    requiresSignOff: input.requiresSignOff,
    acceptanceDays: input.acceptanceDays,
    regions: [],
    state: 'draft',
    publishedAt: null,
    closingVersion: 0,
    ledger: [],
    hasDecisions: false,
  });
  return { state, events: [occurred(callCreated, { callId: id, rcc: input.rcc }, { title: input.title })] };
}

/** Changes a draft. Errors: `state-conflict`, `invalid-input`. */
export function changeCall(id: string, call: Call, input: ChangeCall): Decided {
  next(call, 'edit');
  const { frame, themes, perRegionCap, smallestGrant, largestGrant, ...plain } = input;
  const changed: Call = {
    ...call,
    ...(Object.fromEntries(
      Object.entries(plain).filter(([, value]) => value !== undefined),
    ) as Partial<Call>),
    ...(frame && { frame: toOre(frame) }),
    ...(themes && { themes: toThemes(themes) }),
    ...(perRegionCap !== undefined && {
      perRegionCap: perRegionCap === null ? undefined : toOre(perRegionCap),
    }),
    ...(smallestGrant !== undefined && {
      smallestGrant: smallestGrant === null ? undefined : toOre(smallestGrant),
    }),
    ...(largestGrant !== undefined && {
      largestGrant: largestGrant === null ? undefined : toOre(largestGrant),
    }),
  };
  const state = checked({ ...changed, lastClosesOn: lastDay(changed.closesOn, changed.themes) });
  const fields = Object.keys(input);
  const before = Object.fromEntries(
    fields.map((field) => [field, (call as unknown as Record<string, unknown>)[field]]),
  );
  const after = Object.fromEntries(
    fields.map((field) => [field, (state as unknown as Record<string, unknown>)[field]]),
  );
  return { state, events: [occurred(callChanged, { callId: id, rcc: call.rcc, fields }, { before, after })] };
}

/** Key of the deadline by which a region must have begun: one per call and region. */
export function callClosingKey(callId: string, region: string): string {
  return `call/${callId}/closing/${region}`;
}

function closingDeadlines(id: string, call: Call): NewEvent[] {
  return call.regions.map((region) =>
    occurred(deadlineSet, {
      key: callClosingKey(id, region),
      deadlineVersion: call.closingVersion,
      kind: 'call-closing',
      dueOn: call.lastClosesOn,
      subject: { type: 'call', id },
      responsible: { role: 'regionSystem', unit: region },
      rcc: call.rcc,
      region,
    }),
  );
}

/** Makes the call known to the regions that belong to the RCC. Errors: `state-conflict`. */
export function publishCall(id: string, call: Call, regions: readonly RegionCode[], now: Date): Decided {
  const state: Call = {
    ...call,
    state: next(call, 'publication'),
    regions,
    publishedAt: now,
    closingVersion: 1,
  };
  const published = occurred(callPublished, {
    callId: id,
    rcc: call.rcc,
    regions: [...regions],
    opensOn: call.opensOn,
    closesOn: call.closesOn,
    frame: call.frame,
  });
  return { state, events: [published, ...closingDeadlines(id, state)] };
}

/** Moves the closing day later, for all themes or some. Errors: `state-conflict`, `invalid-input`. */
export function extendCall(
  id: string,
  call: Call,
  input: { closesOn: string; themeIds?: string[] | undefined; reason: string },
): Decided {
  next(call, 'closing-extension');
  const chosen = new Set(input.themeIds ?? call.themes.map((theme) => theme.id));
  const faults: Fault[] = [];
  for (const [index, themeId] of (input.themeIds ?? []).entries()) {
    if (!call.themes.some((theme) => theme.id === themeId)) {
      faults.push({ pointer: `/themeIds/${index}`, code: 'unknown-theme', params: { value: themeId } });
    }
  }
  const extendsAll = input.themeIds === undefined;
  const earlier = call.themes
    .filter((theme) => chosen.has(theme.id))
    .map((theme) => theme.closesOn ?? call.closesOn);
  if (extendsAll) earlier.push(call.closesOn);
  if (earlier.some((day) => day >= input.closesOn))
    faults.push({ pointer: '/closesOn', code: 'in-the-past' });
  if (faults.length > 0) throw invalidInput(faults);
  const themes = call.themes.map((theme) =>
    chosen.has(theme.id) && (!extendsAll || theme.closesOn !== undefined)
      ? { ...theme, closesOn: input.closesOn }
      : theme,
  );
  const closesOn = extendsAll ? input.closesOn : call.closesOn;
  const state: Call = {
    ...call,
    themes,
    closesOn,
    lastClosesOn: lastDay(closesOn, themes),
    closingVersion: call.closingVersion + 1,
  };
  const extended = occurred(
    callExtended,
    { callId: id, rcc: call.rcc, closesOn: input.closesOn, themeIds: [...chosen] },
    { reason: input.reason },
  );
  return { state, events: [extended, ...closingDeadlines(id, state)] };
}

/** Ends the call: no more applications, no more decisions. Errors: `state-conflict`. */
export function closeCall(id: string, call: Call, reason: string): Decided {
  const state: Call = { ...call, state: next(call, 'closure') };
  const ended = occurred(callClosed, { callId: id, rcc: call.rcc }, { reason });
  const withdrawn = call.regions.map((region) =>
    occurred(deadlineWithdrawn, { key: callClosingKey(id, region), rcc: call.rcc }),
  );
  return { state, events: [ended, ...withdrawn] };
}

/** Writes a round into the ledger, all of it or nothing. Errors: `state-conflict`, `already-decided`, `frame-exceeded`. */
export function decideRound(
  id: string,
  call: Call,
  roundId: string,
  entries: readonly LedgerEntry[],
): Decided {
  next(call, 'decisions');
  const ledger = extendLedger(call, call.ledger, entries);
  const [first] = entries;
  if (!first) throw new RangeError('a round decides on something');
  const event = occurred(
    roundDecided,
    {
      callId: id,
      rcc: call.rcc,
      roundId,
      decidedOn: first.decidedOn,
      outcomes: entries.map(({ applicationId, region, outcome, amount }) => ({
        applicationId,
        region: region as RegionCode,
        outcome: outcome === 'granted' ? ('granted' as const) : ('rejected' as const),
        amount,
      })),
    },
    {
      decidedBy: first.decidedBy,
      outcomes: entries.map(({ applicationId, reason, conditions }) => ({
        applicationId,
        reason,
        conditions,
      })),
    },
  );
  return { state: { ...call, ledger, hasDecisions: true }, events: [event] };
}

/** Gives the money of a withdrawn application back to the frame. */
export function voidDecision(id: string, call: Call, applicationId: string): Decided {
  const entry = call.ledger.find((each) => each.applicationId === applicationId && each.outcome !== 'voided');
  const ledger = voidEntry(call.ledger, applicationId);
  if (!entry || !ledger) return { state: call, events: [] };
  const { roundId, amount } = entry;
  const event = occurred(decisionVoided, { callId: id, rcc: call.rcc, roundId, applicationId, amount });
  return { state: { ...call, ledger }, events: [event] };
}

/** The day until which a theme (or the call, without themes) takes applications, that day included. */
export function closingDayOf(call: CallTerms, themeId: string | null | undefined): string {
  return call.themes.find((theme) => theme.id === themeId)?.closesOn ?? call.closesOn;
}

/** Where the call stands today; null for a draft. */
export function phaseOf(call: Call, today: string): CallView['phase'] {
  if (call.state === 'draft') return null;
  if (call.state === 'closed') return call.hasDecisions ? 'decided' : 'closed';
  if (today < call.opensOn) return 'upcoming';
  if (today <= call.lastClosesOn) return 'open';
  return call.hasDecisions ? 'decided' : 'closed';
}
