import { streamConfig, upsertStream, upsertUsedTokens, usedTokens } from '#libs/bus-setup';
import { streamOf, type CallerName } from '#libs/contracts';
import { type Bus } from './connection.ts';

/**
 * Sees to it that the stream is there to which a process publishes its events: makes it, or where that is
 * the administrator's, looks. Errors: those of NATS, also while the stream is not there yet.
 */
export async function ensureStream(bus: Bus, owner: CallerName, replicas: number): Promise<void> {
  const manager = await bus.manager();
  if (bus.isProvisioned) await manager.streams.info(streamOf(owner));
  else await upsertStream(manager, streamConfig(owner, replicas));
}

/** The same for the stream that remembers which messages have been acted on. */
export async function ensureUsedTokens(bus: Bus, replicas: number): Promise<void> {
  const manager = await bus.manager();
  if (bus.isProvisioned) await manager.streams.info(usedTokens.stream);
  else await upsertUsedTokens(manager, replicas);
}
