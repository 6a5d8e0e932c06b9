import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { Catalog } from './catalog.ts';
import { CommitQueue } from './commit-queue.ts';
import { runRequest } from './commands/dispatch.ts';
import { replicaSetName } from './commands/server.commands.ts';
import { Cursors } from './cursors.ts';
import { logLine } from './log.ts';
import { RetryableWrites } from './sessions.ts';
import { Storage } from './storage.ts';
import { removeExpired } from './ttl.ts';
import { frameReply, MessageSplitter, parseRequest, ProtocolError } from './wire.ts';
import type { Request } from './wire.ts';

export interface DevMongoOptions {
  /** Folder of the database; made when missing, used by one process at a time. */
  dataDir: string;
  /** 0 or absent: a free port. */
  port?: number;
  /** Only loopback is allowed: '127.0.0.1' (default), 'localhost' or '::1'. */
  host?: string;
  /** How often expired documents, idle cursors and old sessions are removed; 60,000 ms by default. */
  sweepMs?: number;
}

export interface DevMongo {
  /** Connection string for a driver. */
  url: string;
  port: number;
  /** Ends all connections, commits and closes the data folder. */
  close(): Promise<void>;
}

const loopback = new Set(['127.0.0.1', 'localhost', '::1']);

/**
 * Starts the stand-in database and resolves once it answers. Rejects in production, for any address
 * but loopback, for a taken port and for a folder that another process uses. When writing to disk
 * fails later, the process ends: it must not acknowledge what is not durable.
 */
export async function startDevMongo(options: DevMongoOptions): Promise<DevMongo> {
  const { dataDir, port = 0, host = '127.0.0.1', sweepMs = 60_000 } = options;
  if (process.env.NODE_ENV === 'production') {
    throw new Error('dev-mongo refuses NODE_ENV=production: it is made for development and tests');
  }
  if (!loopback.has(host)) {
    throw new Error(
      `dev-mongo refuses the address ${host}: it has no access control and listens on loopback only`,
    );
  }
  const storage = openStorage(dataDir);
  try {
    const catalog = new Catalog(storage);
    const cursors = new Cursors();
    const retries = new RetryableWrites(storage);
    const commits = new CommitQueue(storage);
    const sockets = new Set<Socket>();
    let connections = 0;
    const server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      connections += 1;
      const surroundings = {
        catalog,
        cursors,
        retries,
        connectionId: connections,
        address: addressOf(socket),
      };
      serve(socket, commits, (request) => runRequest(request, surroundings));
    });
    const listening = await listen(server, port, host);
    const sweeper = setInterval(() => {
      removeExpired(catalog, new Date());
      cursors.sweep();
      retries.sweep();
      commits.whenDurable(() => {});
    }, sweepMs);
    sweeper.unref();
    const shownHost = host === '::1' ? '[::1]' : '127.0.0.1';
    return {
      url: `mongodb://${shownHost}:${listening}/?replicaSet=${replicaSetName}`,
      port: listening,
      async close() {
        clearInterval(sweeper);
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        // What has been written is committed and answered before the connections go.
        commits.flush();
        for (const socket of sockets) socket.destroySoon();
        await closed;
        storage.close();
      },
    };
  } catch (error) {
    storage.close();
    throw error;
  }
}

function openStorage(dataDir: string): Storage {
  try {
    return new Storage(dataDir, (error) => {
      logLine('writing to disk failed, the process ends', error);
      process.exit(70);
    });
  } catch (error) {
    if (/database is locked/.test(String(error))) {
      throw new Error(`dev-mongo: the data folder ${dataDir} is in use by another process`, { cause: error });
    }
    throw error;
  }
}

/** The address that the client reached us at: drivers go on with what hello says. */
function addressOf(socket: Socket): string {
  const { localAddress = '127.0.0.1', localPort = 0 } = socket;
  return localAddress.includes(':') ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`;
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host === 'localhost' ? '127.0.0.1' : host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

/** Answers the requests of one connection in their order, each after its commit. */
function serve(socket: Socket, commits: CommitQueue, run: (request: Request) => Uint8Array): void {
  const splitter = new MessageSplitter();
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const message of splitter.push(chunk)) {
        const request = parseRequest(message);
        const reply = run(request);
        commits.whenDurable(() => {
          if (!request.moreToCome && socket.writable) socket.write(frameReply(request, reply));
        });
      }
    } catch (error) {
      if (!(error instanceof ProtocolError) && !(error instanceof RangeError)) throw error;
      logLine(`connection closed, ${error.message}`);
      socket.destroy();
    }
  });
}
