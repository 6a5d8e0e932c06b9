import { Controller } from '@nestjs/common';
import {
  getPlan,
  goalExists,
  importPlanEndpoint,
  listActivities,
  listGoals,
  listPlans,
  type EndpointReply,
} from '#libs/contracts';
import { Handles, type Asked, type AskedRpc } from '#libs/messaging';
import { PlanService } from './plan.service.ts';

@Controller()
export class PlanHandlers {
  constructor(private readonly plans: PlanService) {}

  @Handles(importPlanEndpoint)
  async import(asked: Asked<typeof importPlanEndpoint>): Promise<EndpointReply<typeof importPlanEndpoint>> {
    const { view, revision, replayed } = await this.plans.import(asked);
    if (revision === undefined) return { body: view, status: 200 };
    return { body: view, revision, ...(replayed && { replayed }) };
  }

  @Handles(listPlans)
  async list(asked: Asked<typeof listPlans>): Promise<EndpointReply<typeof listPlans>> {
    return { body: await this.plans.list(asked) };
  }

  @Handles(getPlan)
  async get(asked: Asked<typeof getPlan>): Promise<EndpointReply<typeof getPlan>> {
    const { view, revision } = await this.plans.get(asked);
    return { body: view, revision };
  }

  @Handles(listGoals)
  async goals(asked: Asked<typeof listGoals>): Promise<EndpointReply<typeof listGoals>> {
    return { body: await this.plans.goals(asked) };
  }

  @Handles(listActivities)
  async activities(asked: Asked<typeof listActivities>): Promise<EndpointReply<typeof listActivities>> {
    return { body: await this.plans.activities(asked) };
  }

  @Handles(goalExists)
  async goal(asked: AskedRpc<typeof goalExists>): Promise<Awaited<ReturnType<PlanService['goalExists']>>> {
    return this.plans.goalExists(asked);
  }
}
