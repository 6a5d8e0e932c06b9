import * as contracts from '#libs/contracts';
import {
  callerNames,
  consumers,
  durableOf,
  eventSubject,
  eventTypes,
  questionsOfEvery,
  serviceNames,
  streamOf,
  type CallerName,
  type ServiceName,
} from '#libs/contracts';
import { endedSessions } from './streams.ts';

/** What one process may do on NATS; everything else is refused by the server. */
export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** Something a service answers: its subject and who may ask. */
export interface Question {
  readonly subject: string;
  readonly service: ServiceName;
  readonly callers: readonly CallerName[];
}

/** Everything that the contracts let anybody ask, found in what they export. */
export const questions: readonly Question[] = [
  ...Object.values(contracts).flatMap((value) => questionsIn(value)),
  ...serviceNames.flatMap((service) => questionsOfEvery(service)),
].toSorted((a, b) => (a.subject < b.subject ? -1 : 1));

/** A contract, or the contracts in a plain object of some; endpoints are the gateway's alone to ask. */
function questionsIn(value: unknown, depth = 1): Question[] {
  if (typeof value !== 'object' || value === null) return [];
  const { subject, service, callers = ['gateway'] } = value as Partial<Question>;
  if (typeof subject === 'string' && subject.startsWith('rpc.') && service !== undefined) {
    return [{ subject, service, callers }];
  }
  return depth > 0 ? Object.values(value).flatMap((inner) => questionsIn(inner, depth - 1)) : [];
}

/**
 * What a process may publish and subscribe to: asking what the contracts let it ask, answering what it owns,
 * its own events, and taking in what it consumes.
 *
 * Replies go to the inboxes of those who may ask. The server's own `allow_responses` would not do: it lets
 * the one who answers publish to whatever subject the question names as its reply.
 *
 * Nobody here may make or change streams and consumers: a stream can take in foreign subjects or send copies
 * elsewhere, a consumer can deliver to any subject. An administrator makes them beforehand (`provisionBus`).
 */
export function permissionsOf(process: CallerName): Permissions {
  const asked = questions.filter(({ callers }) => callers.includes(process)).map(({ subject }) => subject);
  const publish = [...asked, ...eventSubjects(process)];
  const subscribe = [inboxOf(process)];
  if (process === 'gateway') {
    publish.push(...bucketSubjects(endedSessions.bucket));
  } else {
    const own = questions.filter(({ service }) => service === process);
    const askers = callerNames.filter((name) => own.some(({ callers }) => callers.includes(name)));
    subscribe.push(`rpc.${process}.>`);
    publish.push(...askers.map(inboxOf));
  }
  return { publish: distinct(publish), subscribe: distinct(subscribe) };
}

/** Private to a process: replies to others cannot be listened to. */
export function inboxOf(process: string): string {
  return `_INBOX.${process}.>`;
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
