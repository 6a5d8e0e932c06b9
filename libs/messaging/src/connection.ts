import { connect, type NatsConnection } from '@nats-io/transport-node';
import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';

/** A process's connection to NATS. */
export interface Bus {
  readonly connection: NatsConnection;
  readonly jetstream: JetStreamClient;
  manager(): Promise<JetStreamManager>;
  isUp(): Promise<boolean>;
  /** Lets what is under way finish, then closes. */
  drain(): Promise<void>;
}

/**
 * Connects and stays connected: a lost server is tried again for ever, quickly at first. Waits for the
 * first connection too, so that the order of starting does not matter.
 */
export async function connectBus(options: { url: string; name: string }): Promise<Bus> {
  const connection = await connect({
    servers: options.url.split(','),
    name: options.name,
    inboxPrefix: `_INBOX.${options.name}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    reconnectJitter: 50,
    waitOnFirstConnect: true,
    pingInterval: 5000,
    maxPingOut: 2,
    timeout: 2000,
    // A stack trace for every request, in case it fails, costs more than the request itself.
    noAsyncTraces: true,
  });
  const client = jetstream(connection, { timeout: 2000 });
  let manager: Promise<JetStreamManager> | undefined;
  return {
    connection,
    jetstream: client,
    manager() {
      manager ??= jetstreamManager(connection, { timeout: 2000, checkAPI: false });
      return manager;
    },
    async isUp() {
      try {
        await withBound(connection.flush(), 1000);
        return true;
      } catch {
        return false;
      }
    },
    async drain() {
      if (connection.isClosed()) return;
      // A server that is gone can take nothing more: do not wait for it.
      await withBound(connection.drain(), 3000).catch(() => connection.close());
    },
  };
}

async function withBound<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('took too long')), milliseconds);
  });
  try {
    return await Promise.race([work, bound]);
  } finally {
    clearTimeout(timer);
  }
}
