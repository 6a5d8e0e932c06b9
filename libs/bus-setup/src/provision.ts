import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { callerNames, consumers, durableOf, streamOf, type EventConsumer } from '#libs/contracts';
import { consumerConfig, endedSessionsConfig, streamConfig, type StreamSettings } from './streams.ts';

export interface ProvisionOptions {
  /** Addresses, comma-separated. */
  readonly url: string;
  /** Seed of the administrator's nkey. */
  readonly nkey: string;
  /** Servers that keep a copy of each stream. */
  readonly replicas: number;
}

/**
 * Makes the streams, consumers and buckets of the product, or brings their settings up to date. Repeating
 * is harmless. Errors: those of NATS, when it does not answer or refuses.
 */
export async function provisionBus({ url, nkey, replicas }: ProvisionOptions): Promise<void> {
  const connection = await connect({
    servers: url.split(','),
    name: 'provision',
    authenticator: nkeyAuthenticator(new TextEncoder().encode(nkey)),
    inboxPrefix: '_INBOX.admin',
    timeout: 5000,
  });
  try {
    const manager = await jetstreamManager(connection, { timeout: 5000 });
    const streams = [
      ...callerNames.map((owner) => streamConfig(owner, replicas)),
      endedSessionsConfig(replicas),
    ];
    await Promise.all(streams.map((stream) => upsertStream(manager, stream)));
    await Promise.all(consumers.map((consumer) => upsertConsumer(manager, consumer)));
  } finally {
    await connection.drain();
  }
}

/** Makes a stream or brings its settings up to date. */
export async function upsertStream(manager: JetStreamManager, config: StreamSettings): Promise<void> {
  try {
    await manager.streams.add(config);
  } catch (error) {
    if (!/already in use/.test((error as Error).message)) throw error;
    await manager.streams.update(config.name, config);
  }
}

/** Makes a durable consumer or brings its settings up to date. */
export async function upsertConsumer(manager: JetStreamManager, consumer: EventConsumer): Promise<void> {
  const stream = streamOf(consumer.from);
  const name = durableOf(consumer);
  const config = consumerConfig(consumer);
  try {
    await manager.consumers.add(stream, { durable_name: name, ...config });
  } catch (error) {
    if (!/consumer already exists/.test((error as Error).message)) throw error;
    // Made by an earlier version that asked for other types of events.
    await manager.consumers.update(stream, name, { filter_subjects: config.filter_subjects });
  }
}
