import {
  measureCreated,
  occurred,
  type CreateMeasure,
  type Fault,
  type NewEvent,
  type RccCode,
  type Target,
} from '#libs/contracts';

/** What is measured, of whom, and against which target. */
export interface Measure {
  readonly rcc: RccCode;
  readonly title: string;
  readonly goal: NonNullable<CreateMeasure['goal']> | null;
  readonly kind: CreateMeasure['kind'];
  readonly numerator: string | null;
  readonly denominator: string | null;
  readonly exclusions: string | null;
  readonly source: string;
  readonly direction: CreateMeasure['direction'];
  readonly target: Target | null;
  readonly periods: CreateMeasure['periods'];
}

export function defineMeasure(
  measureId: string,
  input: CreateMeasure,
): { state: Measure; events: NewEvent[] } {
  const state: Measure = {
    rcc: input.rcc,
    title: input.title,
    goal: input.goal ?? null,
    kind: input.kind,
    numerator: input.numerator ?? null,
    denominator: input.denominator ?? null,
    exclusions: input.exclusions ?? null,
    source: input.source,
    direction: input.direction,
    target: input.target ?? null,
    periods: input.periods,
  };
  const event = occurred(
    measureCreated,
    { measureId, rcc: input.rcc, kind: input.kind },
    { title: input.title },
  );
  return { state, events: [event] };
}

/**
 * Units in which values of each kind can meet a target. A level is in whatever unit its measure has; a lead
 * time is a number of days, or a share that was served within some days.
 */
const targetUnits: Readonly<Record<Measure['kind'], readonly Target['unit'][]>> = {
  ratio: ['percent'],
  count: ['perYear', 'days'],
  level: ['percent', 'perYear', 'days'],
  yesNo: ['percent'],
  leadTime: ['days', 'percent'],
};

/** What makes a definition one that no observation could ever be compared by. */
export function faultsOfMeasure(input: CreateMeasure): Fault[] {
  const units = targetUnits[input.kind];
  const isShare = input.kind === 'ratio' || input.kind === 'leadTime';
  return [
    ...(isShare ? [...faultsOfText(input, 'numerator'), ...faultsOfText(input, 'denominator')] : []),
    ...(input.target && !units.includes(input.target.unit)
      ? [{ pointer: '/target/unit', code: 'value-mismatch', params: { expected: units.join(', ') } } as const]
      : []),
  ];
}

function faultsOfText(input: CreateMeasure, field: 'numerator' | 'denominator'): Fault[] {
  const text = input[field];
  if (text === undefined) return [{ pointer: `/${field}`, code: 'required' }];
  return text.trim() === '' ? [{ pointer: `/${field}`, code: 'blank' }] : [];
}

/** What a goal must be for a measure to be tied to it. */
export function faultsOfGoal(
  input: CreateMeasure,
  found: { plan: boolean; goal: boolean; rcc: RccCode | null },
): Fault[] {
  if (!found.plan || found.rcc !== input.rcc) return [{ pointer: '/goal/planId', code: 'unknown-plan' }];
  return found.goal ? [] : [{ pointer: '/goal/goalId', code: 'unknown-goal' }];
}
