import { RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { streamOf, type ServiceName } from '#libs/contracts';
import { type Bus } from './connection.ts';

const day = 86_400_000_000_000;

/** Makes the stream that a service publishes its events to, or brings its settings up to date. */
export async function ensureStream(bus: Bus, service: ServiceName, replicas: number): Promise<void> {
  const manager = await bus.manager();
  await upsert(manager, {
    name: streamOf(service),
    subjects: [`events.${service}.>`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    // The journal keeps everything; the stream keeps what a consumer can have missed.
    max_age: 400 * day,
    duplicate_window: 120_000_000_000,
    num_replicas: replicas,
    allow_atomic: true,
  });
}

type Manager = Awaited<ReturnType<Bus['manager']>>;

async function upsert(manager: Manager, config: Parameters<Manager['streams']['add']>[0]): Promise<void> {
  try {
    await manager.streams.add(config);
  } catch (error) {
    if (!/already in use/.test((error as Error).message)) throw error;
    await manager.streams.update(config.name ?? '', config);
  }
}
