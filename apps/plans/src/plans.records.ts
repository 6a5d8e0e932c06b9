import { provideRecords, recordKind } from '#libs/service';
import { PlanRepository } from './plan/plan.repository.ts';

/** What this service owns, for audit and privacy. A plan names functions, not people. */
export const plansRecords = provideRecords([PlanRepository], (plans) => [
  recordKind({ resource: 'plan', repository: plans, place: ({ rcc }) => ({ rcc }), personal: [] }),
]);
