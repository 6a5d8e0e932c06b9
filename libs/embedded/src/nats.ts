import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startWatched } from './leftovers.ts';
import { findNatsServer } from './nats-binary.ts';
import { freePort, loopback, portIsFree } from './ports.ts';
import { waitForReadyFile } from './ready-file.ts';
import { externalServer, ownServer } from './server-handle.ts';
import type { ServerHandle } from './server-handle.ts';
import { startServerProcess } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';

export interface NatsOptions {
  /** Where streams, configuration and log are kept. */
  folder: string;
  /** Where the pid is noted by whoever watches over it; default: watched over by itself. */
  pidFolder?: string | undefined;
  /** An external server, which is used as it is. */
  url?: string | undefined;
  /** More of the server's configuration, such as accounts and permissions. */
  extraConfig?: string | undefined;
  log?: ((line: string) => void) | undefined;
  /** Ends a download that is under way. */
  signal?: AbortSignal | undefined;
}

const startAttempts = 5;

/**
 * Starts nats-server with JetStream on a free loopback port, or takes the external one. After a kill, the
 * restarted server has the same port, so that clients find it again by themselves.
 *
 * @throws {Refusal} when no server binary can be had or it does not start
 */
export async function startNats(options: NatsOptions): Promise<ServerHandle> {
  if (options.url) return externalServer('nats', options.url);
  const binary = await findNatsServer(options.log, options.signal);
  if (options.pidFolder) return startOnFreePort(binary, options, options.pidFolder);
  return startWatched(join(options.folder, 'run'), (pidFolder) =>
    startOnFreePort(binary, options, pidFolder),
  );
}

async function startOnFreePort(
  binary: string,
  options: NatsOptions,
  pidFolder: string,
): Promise<ServerHandle> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const start = () => startOnce(binary, port, options, pidFolder);
    try {
      const first = await start();
      return ownServer('nats', `nats://${loopback}:${port}`, start, first);
    } catch (error) {
      // Another process may have taken the port since it was found free; any other reason would come again.
      if (attempt === startAttempts || (await portIsFree(port))) throw error;
    }
  }
}

async function startOnce(
  binary: string,
  port: number,
  options: NatsOptions,
  pidFolder: string,
): Promise<ServerProcess> {
  const { folder } = options;
  const readyFolder = join(folder, 'ready');
  const logFile = join(folder, 'nats.log');
  rmSync(readyFolder, { recursive: true, force: true });
  mkdirSync(readyFolder, { recursive: true });
  const configFile = join(folder, 'nats.conf');
  writeFileSync(configFile, configuration(port, folder, readyFolder) + (options.extraConfig ?? ''));
  const server = await startServerProcess({
    name: 'nats',
    command: binary,
    args: ['-c', configFile],
    logFile,
    pidFolder,
  });
  // Written when clients can connect, with the pid in its name.
  const readyFile = join(readyFolder, `nats-server_${server.pid}.ports`);
  await waitForReadyFile(
    server,
    readyFile,
    (text) => (text.includes(`:${port}`) ? true : undefined),
    logFile,
  );
  return server;
}

/** `sync_interval: always`: a publish is acknowledged when it is on the disk, not up to two minutes before. */
function configuration(port: number, folder: string, readyFolder: string): string {
  return `server_name: insats
listen: "${loopback}:${port}"
ports_file_dir: ${JSON.stringify(readyFolder)}
max_payload: 4MB
jetstream {
  store_dir: ${JSON.stringify(join(folder, 'jetstream'))}
  sync_interval: always
}
`;
}
