import { type ServiceName } from './endpoint.ts';
import {
  applicationGranted,
  applicationRegistered,
  applicationRejected,
  callExtended,
  deadlineMet,
  deadlineSet,
  deadlineWithdrawn,
  roundDecided,
} from './events.ts';

/** One durable consumer: who takes in which events of whom. Permissions on the bus are made from it. */
export interface EventConsumer {
  readonly service: ServiceName;
  /** Unique within the service. */
  readonly purpose: string;
  readonly from: ServiceName;
  readonly types: readonly string[];
}

/** Ends what a decision round began, for every application of the round. */
export const outcomesOfRounds: EventConsumer = {
  service: 'applications',
  purpose: 'outcomes',
  from: 'applications',
  types: [roundDecided.type],
};

/** Lets drafts follow when the time to apply is extended. */
export const extensionsOfCalls: EventConsumer = {
  service: 'applications',
  purpose: 'extensions',
  from: 'applications',
  types: [callExtended.type],
};

export const deadlinesOfApplications: EventConsumer = {
  service: 'notifications',
  purpose: 'deadlines',
  from: 'applications',
  types: [deadlineSet.type, deadlineMet.type, deadlineWithdrawn.type],
};

/** Receipts and decisions to those who applied. */
export const noticesOfApplications: EventConsumer = {
  service: 'notifications',
  purpose: 'notices',
  from: 'applications',
  types: [applicationRegistered.type, applicationGranted.type, applicationRejected.type],
};

/** Every durable consumer; a test compares it with what the services declare. */
export const consumers: readonly EventConsumer[] = [
  outcomesOfRounds,
  extensionsOfCalls,
  deadlinesOfApplications,
  noticesOfApplications,
];

/** Name on the server. */
export function durableOf({ service, purpose }: Pick<EventConsumer, 'service' | 'purpose'>): string {
  return `${service}--${purpose}`;
}
