import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  PersistMode,
  RetentionPolicy,
  StorageType,
  type ConsumerConfig,
  type StreamConfig,
} from '@nats-io/jetstream';
import {
  eventSubject,
  streamOf,
  type CallerName,
  type EventConsumer,
  type ServiceName,
} from '#libs/contracts';

const second = 1_000_000_000;
const day = 86_400 * second;

/** Messages handed to one replica before it has acknowledged any. */
export const deliveredAtOnce = 64;
/** Milliseconds after which what a dead consumer had in its hands comes again; slow work extends it. */
export const acknowledgeWait = 10_000;

/** The stream of a process's events. */
export function streamConfig(owner: CallerName, replicas: number): StreamSettings {
  return {
    name: streamOf(owner),
    subjects: [`events.${owner}.>`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    // The journal keeps everything; the stream keeps what a consumer can have missed.
    max_age: 400 * day,
    duplicate_window: 120 * second,
    num_replicas: replicas,
    allow_atomic: true,
  };
}
export type StreamSettings = Partial<StreamConfig> & { readonly name: string };

/** A durable consumer, but for its name. */
export function consumerConfig({ from, types }: Pick<EventConsumer, 'from' | 'types'>) {
  return {
    filter_subjects: types.map((type) => eventSubject(from, type)),
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: (acknowledgeWait / 1000) * second,
    // The server never gives up silently: the consuming side counts deliveries and writes the dead letter.
    max_deliver: -1,
    max_ack_pending: deliveredAtOnce * 4,
  } satisfies Partial<ConsumerConfig>;
}

/** Ended sessions, and which cookies of the others are about, which all gateways keep in mind. */
export const endedSessions = { bucket: 'ended-sessions', maximumDays: 7 } as const;

/** Stream under the key-value bucket of ended sessions, which keeps the latest mark of each key. */
export function endedSessionsConfig(replicas: number): StreamSettings {
  return {
    name: `KV_${endedSessions.bucket}`,
    subjects: [`$KV.${endedSessions.bucket}.>`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_msgs_per_subject: 1,
    max_age: endedSessions.maximumDays * day,
    num_replicas: replicas,
    allow_direct: true,
    allow_rollup_hdrs: true,
    deny_delete: true,
  };
}

/** Messages that have been acted on, which no replica of the service may act on again. */
export const usedTokens = {
  stream: 'used-tokens',
  /** Seconds that a use is remembered; longer than any replica would take the message, whatever its clock says. */
  remembered: 120,
  subjectOf: (service: ServiceName, id: string): string => `used-tokens.${service}.${id}`,
} as const;

/**
 * Stream of the uses: one message per subject, and the second is refused. With the copies of the other streams,
 * since without it no command is carried out. In memory, since a minute later nobody asks any more; but a
 * server alone forgets a stream in memory altogether when it ends, so there it lies in a file that nobody
 * waits for.
 */
export function usedTokensConfig(replicas: number): StreamSettings {
  return {
    name: usedTokens.stream,
    subjects: [`${usedTokens.stream}.>`],
    retention: RetentionPolicy.Limits,
    ...(replicas === 1
      ? { storage: StorageType.File, persist_mode: PersistMode.Async }
      : { storage: StorageType.Memory }),
    discard: DiscardPolicy.New,
    discard_new_per_subject: true,
    max_msgs_per_subject: 1,
    max_age: usedTokens.remembered * second,
    num_replicas: replicas,
  };
}
