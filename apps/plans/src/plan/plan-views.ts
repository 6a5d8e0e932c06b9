import { type ActivityView, type GoalView, type Page, type Paging, type PlanView } from '#libs/contracts';
import { readWhen } from '../when/when.ts';
import { readTargetLevel } from './goal-readings.ts';
import { type Activity, type Goal, type Plan } from './plan.ts';

interface Described {
  readonly id: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A plan without its goals and activities; with what the source holds beside them when it is read alone. */
export function toPlanView(
  plan: Omit<Plan, 'goals' | 'activities' | 'source'> & { source?: string },
  about: Described,
): PlanView {
  return {
    id: about.id,
    rcc: plan.rcc,
    title: plan.title,
    period: plan.period,
    state: plan.state,
    goalAreas: plan.goalAreas.map((area) => ({ ...area, sections: [...area.sections] })),
    counts: plan.counts,
    source: plan.source === undefined ? null : kept(plan.source),
    allowed: [],
    createdAt: about.createdAt.toISOString(),
    updatedAt: about.updatedAt.toISOString(),
  };
}

export function toGoalView(goal: Goal, year: number): GoalView {
  return {
    id: goal.id,
    sourceId: goal.sourceId,
    number: goal.number,
    text: goal.text,
    baseline: asText(goal.baseline),
    targetLevel:
      goal.targetLevel === null ? null : { text: goal.targetLevel, ...readTargetLevel(goal.targetLevel) },
    due: goal.due,
    followUp: asText(goal.followUp),
    comments: goal.comment === null ? [] : [{ year, text: goal.comment }],
    source: kept(goal.source),
  };
}

export function toActivityView(activity: Activity): ActivityView {
  return {
    id: activity.id,
    sourceId: activity.sourceId,
    goalArea: activity.goalArea,
    section: activity.section,
    what: activity.what,
    how: activity.how.map((text) => ({ text })),
    when: activity.when.map(readWhen),
    who: activity.who.map((text) => ({ text })),
    pairing: activity.pairing,
    note: activity.note,
    source: kept(activity.source),
  };
}

/** One page of a list that lies inside a document. */
export function pageWithin<Item, View>(
  items: readonly Item[],
  { limit, page }: Paging,
  view: (item: Item) => View,
): Page<View> {
  return {
    items: items.slice((page - 1) * limit, page * limit).map((item) => view(item)),
    page: { number: page, limit, total: items.length },
  };
}

function asText(text: string | null): { text: string } | null {
  return text === null ? null : { text };
}

function kept(json: string): GoalView['source'] {
  return JSON.parse(json) as GoalView['source'];
}
