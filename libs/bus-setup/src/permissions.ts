import * as contracts from '#libs/contracts';
import {
  consumers,
  durableOf,
  eventSubject,
  eventTypes,
  questionsOfEvery,
  serviceNames,
  streamOf,
  type CallerName,
  type Rpc,
  type ServiceName,
} from '#libs/contracts';
import { endedSessions, usedTokens } from './streams.ts';

/** What one process may do on NATS; everything else is refused by the server. */
export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** Answers what it is asked: for each message that reaches it, one more to the subject named as its reply. */
  readonly answers: boolean;
}

/**
 * Milliseconds that any question may take at most: the server lets it be answered for as long, and nobody
 * waits longer.
 */
export const longestQuestion = 30_000;

/** Something a service answers: its subject and who may ask. */
export interface Question {
  readonly subject: string;
  readonly service: ServiceName;
  readonly callers: readonly CallerName[];
  /** What a caller must have been asked to ask it for somebody. */
  readonly onBehalfOf: readonly string[];
}

/** Everything that the contracts let anybody ask, found in what they export. */
export const questions: readonly Question[] = [
  ...Object.values(contracts).flatMap((value) => questionsIn(value)),
  ...serviceNames.flatMap((service) => questionsIn(questionsOfEvery(service))),
].toSorted((a, b) => (a.subject < b.subject ? -1 : 1));

/** A contract, or the contracts in a plain object of some; endpoints are the gateway's alone to ask. */
function questionsIn(value: unknown, depth = 1): Question[] {
  if (typeof value !== 'object' || value === null) return [];
  const { subject, service, callers = ['gateway'], onBehalfOf = [] } = value as Partial<Rpc>;
  if (typeof subject === 'string' && subject.startsWith('rpc.') && service !== undefined) {
    return [{ subject, service, callers, onBehalfOf }];
  }
  return depth > 0 ? Object.values(value).flatMap((inner) => questionsIn(inner, depth - 1)) : [];
}

/**
 * What a process may publish and subscribe to: asking what the contracts let it ask of others, answering what
 * it owns, its own events, and taking in what it consumes.
 *
 * Nobody may publish to an inbox, neither another's nor its own. Answers go by the server's `allow_responses`:
 * once to the subject that a message has named as its reply. So nobody may publish to what it listens to,
 * either, or it could name itself any subject (a service's questions to itself stay in its process), and the
 * strategy in libs/messaging looks at the subject before it answers for another.
 *
 * Nobody here may make or change streams and consumers: a stream can take in foreign subjects or send copies
 * elsewhere, a consumer can deliver to any subject. An administrator makes them beforehand (`provisionBus`).
 */
export function permissionsOf(process: CallerName): Permissions {
  const asked = questions
    .filter(({ service, callers }) => service !== process && callers.includes(process))
    .map(({ subject }) => subject);
  const publish = [...asked, ...eventSubjects(process)];
  const subscribe = [`${inboxOf(process)}.>`];
  const answers = process !== 'gateway';
  if (answers) {
    subscribe.push(`rpc.${process}.>`);
    publish.push(usedTokens.subjectOf(process, '>'), `$JS.API.STREAM.INFO.${usedTokens.stream}`);
  } else {
    publish.push(...bucketSubjects(endedSessions.bucket));
  }
  return { publish: distinct(publish), subscribe: distinct(subscribe), answers };
}

/** Where answers to a process arrive, on subjects below this one; private: no other may listen there. */
export function inboxOf(process: string): string {
  return `_INBOX.${process}`;
}

/** A process's own events, and those it takes in. */
function eventSubjects(process: CallerName): string[] {
  const own = eventTypes.filter(({ service }) => service === process);
  return [
    ...own.map(({ type }) => eventSubject(process, type)),
    `$JS.API.STREAM.INFO.${streamOf(process)}`,
    ...consumers
      .filter(({ service }) => service === process)
      .flatMap((consumer) => {
        const place = `${streamOf(consumer.from)}.${durableOf(consumer)}`;
        return [`$JS.API.CONSUMER.INFO.${place}`, `$JS.API.CONSUMER.MSG.NEXT.${place}`, `$JS.ACK.${place}.>`];
      }),
  ];
}

/** Reading, writing and following one key-value bucket, by consumers that last as long as the connection. */
function bucketSubjects(bucket: string): string[] {
  const stream = `KV_${bucket}`;
  return [
    `$KV.${bucket}.>`,
    '$JS.API.INFO',
    `$JS.API.STREAM.INFO.${stream}`,
    `$JS.API.CONSUMER.CREATE.${stream}.>`,
    `$JS.API.CONSUMER.INFO.${stream}.>`,
    `$JS.API.CONSUMER.DELETE.${stream}.>`,
    `$JS.FC.${stream}.>`,
  ];
}

function distinct(subjects: readonly string[]): string[] {
  return [...new Set(subjects)].toSorted();
}
