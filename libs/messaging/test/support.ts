import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from '@jest/globals';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Connection } from 'mongoose';
import { streamOf, type EventEnvelope, type ServiceName } from '#libs/contracts';
import { startNats } from '#libs/embedded';
import {
  connectBus,
  ensureStream,
  ensureUsedTokens,
  NatsStrategy,
  PassThroughFilter,
  type Bus,
  type MessageVerifier,
} from '#libs/messaging';
import { connectDatabase, DeadLetterStore } from '#libs/persistence';
import { createLogger } from '#libs/platform';
import { testKeys, testServers, uniqueName } from '#libs/testing';

export const silent = createLogger('test', 'silent');

/** Of every process, for this test file alone. */
export const keys = testKeys();

type Cleanup = () => unknown;
const atEnd: Cleanup[] = [];
const afterThis: Cleanup[] = [];

async function runAll(cleanups: Cleanup[]): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}
afterEach(() => runAll(afterThis));
afterAll(() => runAll(atEnd));

/** Done after the test that is running, the last first. */
export function afterThisTest(cleanup: Cleanup): void {
  afterThis.push(cleanup);
}

/**
 * A NATS server for one test file alone: streams are named by service, so in the shared one files would
 * meet; and these tests end it now and then.
 */
export async function ownNats() {
  const folder = mkdtempSync(join(tmpdir(), 'insats-messaging-'));
  const server = await startNats({ folder });
  atEnd.push(() => rmSync(folder, { recursive: true, force: true }));
  atEnd.push(() => server.stop());
  return server;
}

export async function ownDatabase(): Promise<Connection> {
  const database = await connectDatabase({
    url: testServers().mongoUrl,
    prefix: uniqueName('t'),
    service: 'bones',
  });
  atEnd.push(async () => {
    await database.connection.dropDatabase();
    await database.close();
  });
  return database.connection;
}

export async function connectedBus(url: string, name = 'gateway'): Promise<Bus> {
  const bus = await connectBus({ url, name });
  afterThisTest(() => bus.drain());
  return bus;
}

export interface Replica {
  readonly bus: Bus;
  readonly strategy: NatsStrategy;
  readonly verifier: MessageVerifier;
  readonly deadLetters: DeadLetterStore;
  close(): Promise<void>;
}

/** One replica of a service with the given handlers, as the service host starts it. */
export async function startReplica(
  url: string,
  database: Connection,
  service: ServiceName,
  ...controllers: Type<unknown>[]
): Promise<Replica> {
  const bus = await connectBus({ url, name: service });
  await ensureUsedTokens(bus, 1);
  const deadLetters = new DeadLetterStore(database);
  const verifier = keys.verifier(service);
  const strategy = new NatsStrategy(bus, service, verifier, deadLetters, silent);

  @Module({ controllers })
  class TestModule {}

  const app = await NestFactory.createMicroservice(TestModule, {
    strategy,
    logger: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new PassThroughFilter());
  await app.listen();
  // The server knows of the subscriptions before anybody asks over another connection.
  await bus.connection.flush();
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      await strategy.close();
      await app.close();
      await bus.drain();
    })());
  afterThisTest(close);
  return { bus, strategy, verifier, deadLetters, close };
}

/** A stream without what earlier tests left in it. */
export async function freshStream(bus: Bus, service: ServiceName): Promise<void> {
  const manager = await bus.manager();
  await manager.streams.delete(streamOf(service)).catch(() => undefined);
  await ensureStream(bus, service, 1);
}

/** Everything that lies on a service's stream, in order. */
export async function onStream(bus: Bus, service: ServiceName): Promise<EventEnvelope[]> {
  const manager = await bus.manager();
  const { state } = await manager.streams.info(streamOf(service));
  const found: EventEnvelope[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq += 1) {
    const message = await manager.streams.getMessage(streamOf(service), { seq });
    if (message) found.push(message.json<EventEnvelope>());
  }
  return found;
}

/** Numbers from 1 to n. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_each, index) => index + 1);
