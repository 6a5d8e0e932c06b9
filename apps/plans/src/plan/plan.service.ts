import { Injectable } from '@nestjs/common';
import { require, requireVisible, may, visibleWhere } from '#libs/access';
import {
  DomainError,
  importPlanEndpoint,
  invalidInput,
  type ActivityView,
  type Actor,
  type getPlan,
  type goalExists,
  type GoalView,
  type listActivities,
  type listGoals,
  type listPlans,
  type Page,
  type PlanImportView,
  type PlanView,
} from '#libs/contracts';
import { type Asked, type AskedRpc } from '#libs/messaging';
import { derivedId, type Stored } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { creationId, writeContext } from '#libs/service';
import { doubtsOf } from './doubts.ts';
import { pageWithin, toActivityView, toGoalView, toPlanView } from './plan-views.ts';
import { countsOf, importPlan, type Plan } from './plan.ts';
import { PlanRepository } from './plan.repository.ts';
import { faultsOfSource } from './source-faults.ts';

/** With what is read out of it, a source of this size stays far below the 16 MB of one document. */
const mostBytes = 1024 * 1024;

/**
 * Doubts are answered all at once, and an answer must fit in one message on the bus: one that does not would be
 * a fault of ours told after the plan was stored. A plan of 112 activities has some forty.
 */
const mostDoubts = 5000;

export interface Imported {
  readonly view: PlanImportView;
  readonly revision?: number;
  readonly replayed: boolean;
}

@Injectable()
export class PlanService {
  constructor(
    private readonly plans: PlanRepository,
    private readonly clock: Clock,
  ) {}

  /** Takes in a plan word for word; a preview answers the same and stores nothing. */
  async import({ request, caller }: Asked<typeof importPlanEndpoint>): Promise<Imported> {
    const input = request.body;
    const stamp = require(caller.actor, 'create', 'plan', { rcc: input.rcc });
    if (Buffer.byteLength(JSON.stringify(input.source)) > mostBytes) {
      throw new DomainError('body-too-large', { params: { limit: '1 MiB' } });
    }
    const faults = faultsOfSource(input.source);
    if (faults.length > 0) throw invalidInput(faults);
    const view = { imported: countsOf(input.source), doubtful: doubtsOf(input) };
    if (view.doubtful.length > mostDoubts) {
      throw invalidInput([{ pointer: '/source', code: 'too-many', params: { maximum: mostDoubts } }]);
    }
    if (request.query.preview === 'true') return { view: { planId: null, ...view }, replayed: false };
    const planId = creationId(importPlanEndpoint, request, caller);
    const change = importPlan(planId, input, (kind, sourceId) => derivedId(planId, kind, sourceId));
    const context = writeContext(importPlanEndpoint, request, caller, stamp, this.clock);
    const { stored, replayed } = await this.plans.create(planId, change, context);
    return { view: { planId, ...view }, revision: stored.revision, replayed };
  }

  async list({ request, caller }: Asked<typeof listPlans>): Promise<Page<PlanView>> {
    const { rcc, ...query } = request.query;
    const visible = visibleWhere(caller.actor, 'plan');
    return this.plans.heads(visible, rcc ? { rcc } : {}, query, toPlanView);
  }

  async get({ request, caller }: Asked<typeof getPlan>): Promise<{ view: PlanView; revision: number }> {
    const plan = await this.visiblePlan(caller.actor, request.params.id);
    return { view: toPlanView(plan.state, plan), revision: plan.revision };
  }

  async goals({ request, caller }: Asked<typeof listGoals>): Promise<Page<GoalView>> {
    const { state } = await this.visiblePlan(caller.actor, request.params.id);
    return pageWithin(state.goals, request.query, (goal) => toGoalView(goal, state.year));
  }

  async activities({ request, caller }: Asked<typeof listActivities>): Promise<Page<ActivityView>> {
    const { state } = await this.visiblePlan(caller.actor, request.params.id);
    const { goalArea } = request.query;
    const wanted =
      goalArea === undefined
        ? state.activities
        : state.activities.filter((each) => each.goalArea === goalArea);
    return pageWithin(wanted, request.query, toActivityView);
  }

  /** A plan that the one on whose behalf is asked may not see is answered as one that is not there. */
  async goalExists({
    request,
    caller,
  }: AskedRpc<typeof goalExists>): Promise<{ plan: boolean; goal: boolean; rcc: Plan['rcc'] | null }> {
    const stored = await this.plans.find(request.planId);
    if (!stored || !may(caller.actor, 'read', 'plan', { rcc: stored.state.rcc })) {
      return { plan: false, goal: false, rcc: null };
    }
    const goal = stored.state.goals.some(({ id }) => id === request.goalId);
    return { plan: true, goal, rcc: stored.state.rcc };
  }

  private async visiblePlan(actor: Actor, id: string): Promise<Stored<Plan>> {
    const stored = await this.plans.find(id);
    if (!stored) throw new DomainError('not-found');
    requireVisible(actor, 'plan', { rcc: stored.state.rcc });
    return stored;
  }
}
