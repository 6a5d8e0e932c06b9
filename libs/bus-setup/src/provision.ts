import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import {
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
  type JetStreamManager,
} from '@nats-io/jetstream';
import {
  callerNames,
  consumers,
  durableOf,
  streamOf,
  type CallerName,
  type EventConsumer,
} from '#libs/contracts';
import {
  consumerConfig,
  endedSessionsConfig,
  streamConfig,
  usedTokensConfig,
  type StreamSettings,
} from './streams.ts';

export interface ProvisionOptions {
  /** Addresses, comma-separated. */
  readonly url: string;
  /** Seed of the administrator's nkey. */
  readonly nkey: string;
  /** Servers that keep a copy of each stream. */
  readonly replicas: number;
  /** Changes nothing, and only says what would be removed. */
  readonly dryRun?: boolean;
}

export interface Provisioned {
  /** Consumers of an earlier version, as `<stream> <consumer>`. */
  readonly removed: readonly string[];
}

/** What the product calls its durable consumers; those of any other name are somebody else's. */
const productsOwn = /^[a-z][a-z-]*--[a-z][a-z-]*$/;

/** Milliseconds for each answer: an administrator's command may wait for a server that is busy starting. */
const patience = 20_000;

/**
 * Makes the streams, consumers and buckets of the product, or brings their settings up to date, and removes
 * consumers that no contract declares any more: nobody takes what they keep, and the server goes on counting
 * it. Repeating is harmless. Errors: those of NATS, when it does not answer or refuses.
 */
export async function provisionBus(options: ProvisionOptions): Promise<Provisioned> {
  const { url, nkey, replicas, dryRun = false } = options;
  const connection = await connect({
    servers: url.split(','),
    name: 'provision',
    authenticator: nkeyAuthenticator(new TextEncoder().encode(nkey)),
    inboxPrefix: '_INBOX.admin',
    timeout: patience,
  });
  try {
    const manager = await jetstreamManager(connection, { timeout: patience });
    const streams = [
      ...callerNames.map((owner) => streamConfig(owner, replicas)),
      endedSessionsConfig(replicas),
    ];
    if (!dryRun) {
      await upsertUsedTokens(manager, replicas);
      await Promise.all(streams.map((stream) => upsertStream(manager, stream)));
      await Promise.all(consumers.map((consumer) => upsertConsumer(manager, consumer)));
    }
    const removed: string[] = [];
    for (const owner of callerNames) {
      for (const name of await leftConsumers(manager, owner)) {
        if (!dryRun) await manager.consumers.delete(streamOf(owner), name);
        removed.push(`${streamOf(owner)} ${name}`);
      }
    }
    return { removed };
  } finally {
    await connection.drain();
  }
}

/** The product's durable consumers on the stream of an owner that no contract declares. */
async function leftConsumers(manager: JetStreamManager, owner: CallerName): Promise<string[]> {
  const declared = new Set(consumers.filter(({ from }) => from === owner).map(durableOf));
  const left: string[] = [];
  try {
    for await (const { config } of manager.consumers.list(streamOf(owner))) {
      const { durable_name: name } = config;
      if (name !== undefined && productsOwn.test(name) && !declared.has(name)) left.push(name);
    }
  } catch (error) {
    // Before the first time, which a dry run can be.
    unlessMissing(error);
  }
  return left;
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

/**
 * Makes the stream of used tokens or brings its settings up to date. Where it is kept depends on the number of
 * copies and cannot be changed: then it is made anew, and the uses of the last minute are forgotten.
 */
export async function upsertUsedTokens(manager: JetStreamManager, replicas: number): Promise<void> {
  const wanted = usedTokensConfig(replicas);
  const found = await manager.streams.info(wanted.name).catch(unlessMissing);
  if (found && found.config.storage !== wanted.storage) await manager.streams.delete(wanted.name);
  await upsertStream(manager, wanted);
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined;
  throw error;
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
