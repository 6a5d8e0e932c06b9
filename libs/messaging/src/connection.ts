import { connect, nkeyAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { inboxOf } from '#libs/bus-setup';

/** A process's connection to NATS. */
export interface Bus {
  readonly connection: NatsConnection;
  readonly jetstream: JetStreamClient;
  /**
   * True on a server with users: an administrator has made streams and consumers, and no process may. On a
   * server without (tests, an own server in development) each process makes what it needs.
   */
  readonly isProvisioned: boolean;
  manager(): Promise<JetStreamManager>;
  isUp(): Promise<boolean>;
  /** Lets what is under way finish, then closes. */
  drain(): Promise<void>;
}

export interface BusOptions {
  /** Addresses, comma-separated. */
  readonly url: string;
  readonly name: string;
  /** Seed of the process's nkey; undefined: the server asks for none. */
  readonly nkey?: string | undefined;
}

/**
 * Connects and stays connected: a lost server is tried again for ever, quickly at first. Waits for the
 * first connection too, so that the order of starting does not matter.
 */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const { url, name, nkey } = options;
  const connection = await connect({
    servers: url.split(','),
    name,
    ...(nkey !== undefined && { authenticator: nkeyAuthenticator(new TextEncoder().encode(nkey)) }),
    // Private to each kind of process: nobody else may listen to it.
    inboxPrefix: inboxOf(name),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    reconnectJitter: 50,
    waitOnFirstConnect: true,
    // A machine so busy that the server's patience ran out is no reason to give up; by default two such are.
    ignoreAuthErrorAbort: true,
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
    isProvisioned: nkey !== undefined,
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
