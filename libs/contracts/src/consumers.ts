import { type CallerName, type ServiceName } from './endpoint.ts';
import {
  accessRecorded,
  applicationGranted,
  applicationRegistered,
  applicationRejected,
  callExtended,
  clientRegistered,
  deadlineMet,
  deadlineSet,
  deadlineWithdrawn,
  organisationChanged,
  organisationRecorded,
  personChanged,
  personRecorded,
  roleChanged,
  roleEnded,
  roleGiven,
  roundDecided,
} from './events.ts';

/** One durable consumer: who takes in which events of whom. Permissions on the bus are made from it. */
export interface EventConsumer {
  readonly service: ServiceName;
  /** Unique within the service. */
  readonly purpose: string;
  readonly from: CallerName;
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

/** Keeps what the gateway tells of readings and refusals. */
export const accessesOfGateway: EventConsumer = {
  service: 'audit',
  purpose: 'accesses',
  from: 'gateway',
  types: [accessRecorded.type],
};

/** Lets people, roles and clients follow when what they belong to changes. */
export const belongingsOfDirectory: EventConsumer = {
  service: 'directory',
  purpose: 'belonging',
  from: 'directory',
  types: [
    organisationRecorded.type,
    organisationChanged.type,
    personRecorded.type,
    personChanged.type,
    roleGiven.type,
    roleChanged.type,
    roleEnded.type,
    clientRegistered.type,
  ],
};

/** Every durable consumer; a test compares it with what the services declare. */
export const consumers: readonly EventConsumer[] = [
  outcomesOfRounds,
  extensionsOfCalls,
  deadlinesOfApplications,
  noticesOfApplications,
  accessesOfGateway,
  belongingsOfDirectory,
];

/** Name on the server. */
export function durableOf({ service, purpose }: Pick<EventConsumer, 'service' | 'purpose'>): string {
  return `${service}--${purpose}`;
}
