import {
  occurred,
  planImported,
  type ActivityView,
  type ImportPlan,
  type NewEvent,
  type Period,
  type PlanSource,
  type RccCode,
  type SourceGoal,
  type SourceRow,
} from '#libs/contracts';
import { readDueDay } from './goal-readings.ts';

/**
 * The words of a goal. `source` is the whole entry as JSON text: what the importer does not read is kept
 * beside what it reads, whatever its keys are called.
 */
export interface Goal {
  readonly id: string;
  readonly sourceId: string;
  readonly number: number | null;
  readonly text: string;
  readonly baseline: string | null;
  readonly targetLevel: string | null;
  readonly due: { readonly text: string; readonly on: string | null } | null;
  readonly followUp: string | null;
  readonly comment: string | null;
  readonly source: string;
}

/** The words of an activity, in the source's order, with what it repeats. */
export interface Activity {
  readonly id: string;
  readonly sourceId: string;
  readonly goalArea: number;
  readonly section: string | null;
  readonly what: string;
  readonly how: readonly string[];
  readonly when: readonly string[];
  readonly who: readonly string[];
  readonly pairing: ActivityView['pairing'];
  readonly note: string | null;
  readonly source: string;
}

export interface GoalArea {
  readonly number: number;
  readonly name: string;
  readonly sections: readonly string[];
}

export interface Counts {
  readonly goals: number;
  readonly activities: number;
  readonly hows: number;
  readonly whens: number;
}

/** One RCC's plan for a period. Meanings are read out of its words when they are asked for, never stored over them. */
export interface Plan {
  readonly rcc: RccCode;
  readonly title: string;
  readonly period: Period;
  readonly state: 'draft';
  /** The year that the comments and the texts without a year speak of. */
  readonly year: number;
  readonly goalAreas: readonly GoalArea[];
  readonly counts: Counts;
  readonly goals: readonly Goal[];
  readonly activities: readonly Activity[];
  /** What the source holds beside goals and rows, as JSON text. */
  readonly source: string;
}

/**
 * A plan as its source file has it. `identify` gives the stable opaque id of an entry by its id in the source.
 */
export function importPlan(
  planId: string,
  input: ImportPlan,
  identify: (kind: 'goal' | 'activity', sourceId: string) => string,
): { state: Plan; events: NewEvent[] } {
  const { goals = [], rows = [], ...rest } = input.source;
  const counts = countsOf(input.source);
  const state: Plan = {
    rcc: input.rcc,
    title: input.title,
    period: input.period,
    state: 'draft',
    year: yearOf(input),
    goalAreas: goalAreasOf(input.source),
    counts,
    goals: goals.map((goal) => toGoal(goal, identify('goal', goal.id))),
    activities: rows.map((row) => toActivity(row, identify('activity', row.id))),
    source: JSON.stringify(rest),
  };
  const event = occurred(
    planImported,
    { planId, rcc: input.rcc, goals: counts.goals, activities: counts.activities },
    { title: input.title },
  );
  return { state, events: [event] };
}

export function countsOf({ goals = [], rows = [] }: PlanSource): Counts {
  return {
    goals: goals.length,
    activities: rows.length,
    hows: rows.reduce((sum, row) => sum + row.how.length, 0),
    whens: rows.reduce((sum, row) => sum + row.when.length, 0),
  };
}

function toGoal(goal: SourceGoal, id: string): Goal {
  return {
    id,
    sourceId: goal.id,
    number: goal.number ?? null,
    text: goal.goal,
    baseline: goal.baseline ?? null,
    targetLevel: goal.targetLevel ?? null,
    due: goal.due ? { text: goal.due.raw, on: dueDayOf(goal.due) } : null,
    followUp: goal.followUp ?? null,
    comment: goal.comment ?? null,
    source: JSON.stringify(goal),
  };
}

/** The source's own reading goes before ours. */
export function dueDayOf(due: NonNullable<SourceGoal['due']>): string | null {
  return due.end ?? readDueDay(due.raw);
}

function toActivity(row: SourceRow, id: string): Activity {
  return {
    id,
    sourceId: row.id,
    goalArea: row.goalArea,
    section: row.section ?? null,
    what: row.what,
    how: row.how,
    when: row.when,
    who: row.who,
    pairing: row.pairing ?? [],
    note: row.note ?? null,
    source: JSON.stringify(row),
  };
}

/** The source says which year its plan is for; without that, the period's first. */
function yearOf({ source, period }: ImportPlan): number {
  const named = objectOf(source.meta)?.['planYear'];
  const isYear = typeof named === 'number' && Number.isInteger(named) && named >= 1900 && named <= 2200;
  return isYear ? named : Number(period.from.slice(0, 4));
}

/** The goal areas that the rows use, in order; named as the source's own list names them, where it has one. */
function goalAreasOf({ meta, rows = [] }: PlanSource): GoalArea[] {
  const names = namesOf(objectOf(meta)?.['goalAreas']);
  const sections = new Map<number, Set<string>>();
  for (const { goalArea, section } of rows) {
    const found = sections.get(goalArea) ?? new Set();
    if (section !== null && section !== undefined) found.add(section);
    sections.set(goalArea, found);
  }
  return [...sections]
    .toSorted(([a], [b]) => a - b)
    .map(([number, found]) => ({
      number,
      name: names.get(number) ?? `Målområde ${number}`,
      sections: [...found],
    }));
}

function namesOf(listed: unknown): Map<number, string> {
  const names = new Map<number, string>();
  for (const entry of Array.isArray(listed) ? listed : []) {
    const area = objectOf(entry);
    const [number, name] = [area?.['number'], area?.['name']];
    if (typeof number === 'number' && typeof name === 'string' && name.trim() !== '') names.set(number, name);
  }
  return names;
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}
