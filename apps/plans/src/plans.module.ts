import { Module } from '@nestjs/common';
import { plansRecords } from './plans.records.ts';
import { PlanHandlers } from './plan/plan.handlers.ts';
import { PlanRepository } from './plan/plan.repository.ts';
import { PlanService } from './plan/plan.service.ts';
import { WhenHandlers } from './when/when.handlers.ts';

@Module({
  controllers: [PlanHandlers, WhenHandlers],
  providers: [PlanRepository, PlanService, plansRecords],
})
export class PlansModule {}
