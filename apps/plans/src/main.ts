import { startService } from '#libs/service';
import { PlansModule } from './plans.module.ts';
import { PlanRepository } from './plan/plan.repository.ts';

await startService({
  service: 'plans',
  module: PlansModule,
  prepare: (app) => app.get(PlanRepository).prepare(),
});
