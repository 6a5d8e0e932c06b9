import 'reflect-metadata';
import { hostname } from 'node:os';
import { Global, Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import { type ServiceName } from '#libs/contracts';
import {
  BusClient,
  connectBus,
  ensureStream,
  ensureUsedTokens,
  MessageSigner,
  MessageVerifier,
  NatsStrategy,
  PassThroughFilter,
  Relay,
} from '#libs/messaging';
import { connectDatabase, DeadLetterStore, JournalStore } from '#libs/persistence';
import {
  Clock,
  commonConfig,
  createLogger,
  databaseConfig,
  nestLogger,
  readConfig,
  readDemoClock,
  readIdentity,
  runProcess,
} from '#libs/platform';
import { answerHealth, healthOfParts } from './health.ts';
import { HOST, type Host } from './host.ts';
import { hostControllers } from './platform.controller.ts';
import { Sweeps } from './sweeps.ts';
import { CONNECTION, LOGGER } from './tokens.ts';

export interface ServiceOptions {
  readonly service: ServiceName;
  readonly module: Type<unknown>;
  /** Providers that depend on configuration of the service's own. */
  readonly providers?: readonly Provider[];
  /** Done when everything is connected and before work is taken in, such as loading demo data. */
  readonly prepare?: (app: { get<T>(token: Type<T> | symbol): T }) => Promise<void>;
}

const hostConfig = z.object({
  ...commonConfig,
  ...databaseConfig,
  NATS_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
  /** Loopback port for the health check of the service's own container. */
  HEALTH_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
});

const outboxSweepEvery = 1000;
const outboxAge = 2000;

@Global()
@Module({})
class HostModule {
  static with(service: ServiceName, providers: Provider[]): DynamicModule {
    return {
      module: HostModule,
      controllers: hostControllers(service),
      providers,
      exports: providers.map((provider) => (provider as { provide: symbol }).provide),
    };
  }
}

/**
 * Starts a service in order: configuration, bus, database, collections, streams, then work. Ends in the
 * reverse order: no more work in, outbox out, database and bus last.
 */
export async function startService(options: ServiceOptions): Promise<void> {
  const { service } = options;
  const logger = createLogger(service, process.env['LOG_LEVEL'] ?? 'info');
  await runProcess(logger, async () => {
    const config = readConfig(hostConfig);
    const identity = readIdentity();
    const waiting = (what: string) => (error: unknown) => logger.warn({ err: error }, `waiting for ${what}`);
    const [bus, database] = await Promise.all([
      connectBus({ url: config.NATS_URL, name: service, nkey: identity.nkey }),
      connectDatabase({
        url: config.MONGODB_URL,
        prefix: config.MONGODB_PREFIX,
        service,
        onWaiting: waiting('the database'),
      }),
    ]);
    const clock = new Clock();
    if (config.INSATS_MODE === 'demo') clock.adopt(readDemoClock(config.INSATS_HOME));
    const journal = new JournalStore(database.connection);
    const deadLetters = new DeadLetterStore(database.connection);
    const relay = new Relay(bus, service, journal, logger);
    const verifier = new MessageVerifier(service, identity.keys);
    const strategy = new NatsStrategy(bus, service, verifier, deadLetters, logger);
    const sweeps = new Sweeps(database.connection, `${hostname()}-${process.pid}`, logger);
    const host: Host = { mode: config.INSATS_MODE, bus, database, clock, relay, strategy, deadLetters };
    const client = new BusClient(bus.connection, new MessageSigner(service, identity.key), strategy);

    const app = await NestFactory.createMicroservice(
      {
        module: class ServiceRoot {},
        imports: [
          HostModule.with(service, [
            { provide: HOST, useValue: host },
            { provide: CONNECTION, useValue: database.connection },
            { provide: LOGGER, useValue: logger },
            { provide: Clock, useValue: clock },
            { provide: BusClient, useValue: client },
            { provide: Relay, useValue: relay },
            { provide: JournalStore, useValue: journal },
            { provide: DeadLetterStore, useValue: deadLetters },
            { provide: Sweeps, useValue: sweeps },
            ...(options.providers ?? []),
          ]),
          options.module,
        ],
      },
      { strategy, logger: nestLogger(logger), abortOnError: false },
    );
    app.useGlobalFilters(new PassThroughFilter());
    await app.init();
    await retried(waiting('the streams'), async () => {
      await ensureStream(bus, service, config.NATS_REPLICAS);
      await ensureUsedTokens(bus, config.NATS_REPLICAS);
    });
    await retried(waiting('the collections'), async () => {
      await journal.prepare();
      await relay.prepare();
    });
    await options.prepare?.(app);
    sweeps.add('outbox', outboxSweepEvery, () => relay.sweep(outboxAge));
    sweeps.start();
    await app.listen();
    const health =
      config.HEALTH_PORT === undefined
        ? undefined
        : await answerHealth(config.HEALTH_PORT, () => healthOfParts(host));
    return {
      async stop() {
        await health?.close();
        await sweeps.stop();
        await strategy.close();
        await relay.idle();
        await app.close();
        await database.close();
        await bus.drain();
      },
    };
  });
}

async function retried(onWaiting: (error: unknown) => void, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      onWaiting(error);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
