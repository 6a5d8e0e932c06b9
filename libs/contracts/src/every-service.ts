import { auditQuestionsOf } from './audit-questions.ts';
import { type Rpc, type ServiceName } from './endpoint.ts';
import { adoptClockOf, healthOf } from './platform.ts';
import { personalDataOf, thinningOf } from './privacy-questions.ts';

/** What every service answers, whatever else it does. Permissions on the bus are made from it. */
export function questionsOfEvery(service: ServiceName): readonly Rpc[] {
  return [
    healthOf(service),
    adoptClockOf(service),
    ...auditQuestionsOf(service),
    personalDataOf(service),
    thinningOf(service),
  ];
}
