import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtFile } from './checkout.ts';
import { startWatched } from './leftovers.ts';
import { findMongod } from './mongod-binary.ts';
import { freePort, portIsFree } from './ports.ts';
import { waitForReadyFile } from './ready-file.ts';
import { Refusal } from './refusal.ts';
import { externalServer, ownServer } from './server-handle.ts';
import type { ServerHandle } from './server-handle.ts';
import { startServerProcess } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';

export type DatabaseKind = 'external' | 'mongod' | 'dev-mongo';

export type DatabaseHandle = ServerHandle & { readonly kind: DatabaseKind };

export interface DatabaseOptions {
  /** Where data and log are kept. */
  folder: string;
  /** Where the pid is noted by whoever watches over it; default: watched over by itself. */
  pidFolder?: string | undefined;
  /** An external database, which is used as it is. */
  url?: string | undefined;
  /** Insist on one kind; default: what the folder was made with, else a real mongod if it can be had. */
  kind?: 'mongod' | 'dev-mongo' | undefined;
  log?: ((line: string) => void) | undefined;
  /** Ends a download that is under way. */
  signal?: AbortSignal | undefined;
}

const startAttempts = 5;

/**
 * Starts a database on a free loopback port, or takes the external one. A folder keeps to the kind of
 * database it was made with: the data of one cannot be read by the other.
 *
 * @throws {Refusal} when the kind that is needed cannot be had or does not start
 */
export async function startDatabase(options: DatabaseOptions): Promise<DatabaseHandle> {
  if (options.url) return withKind(externalServer('mongo', options.url), 'external');
  const { folder, log = () => undefined } = options;
  mkdirSync(folder, { recursive: true });
  const noted = readKind(folder);
  const wanted = options.kind ?? noted;
  if (noted && wanted !== noted) {
    throw new Refusal(
      `${folder} är skapad med ${noted}, inte ${wanted}: börja om med npm start -- --reset. / Made with ${noted}: begin anew.`,
    );
  }
  const mongod =
    wanted === 'dev-mongo' ? undefined : await findMongod(wanted === 'mongod', log, options.signal);
  if (!mongod && wanted === 'mongod') {
    throw new Refusal(
      `mongod ${noted ? `behövs (${folder} är skapad med den)` : 'är vald'} men kan inte hämtas: kontrollera nätverket, eller ${noted ? 'börja om med npm start -- --reset' : 'välj INSATS_DATABASE=dev-mongo'}. / mongod is needed but cannot be had: check the network.`,
    );
  }
  const kind = mongod ? 'mongod' : 'dev-mongo';
  if (!mongod)
    log('Databas: ersättaren libs/dev-mongo (ingen mongod finns att tillgå); bara för utveckling och test.');
  const start = (pidFolder: string) =>
    startOnFreePort(
      kind,
      mongod ? mongodStarter(mongod, folder, pidFolder) : devMongoStarter(folder, pidFolder),
    );
  const handle = await (options.pidFolder
    ? start(options.pidFolder)
    : startWatched(join(folder, 'run'), start));
  writeFileSync(kindFile(folder), kind);
  return handle;
}

interface Started {
  process: ServerProcess;
  url: string;
}

async function startOnFreePort(
  kind: DatabaseKind,
  start: (port: number) => Promise<Started>,
): Promise<DatabaseHandle> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      const first = await start(port);
      const again = async () => (await start(port)).process;
      return withKind(ownServer('mongo', first.url, again, first.process), kind);
    } catch (error) {
      // Another process may have taken the port since it was found free; any other reason would come again.
      if (attempt === startAttempts || (await portIsFree(port))) throw error;
    }
  }
}

function mongodStarter(binary: string, folder: string, pidFolder: string) {
  return async (port: number): Promise<Started> => {
    // Brings the driver along, which the stand-in does not need: 20 MB and a tenth of a second at each start.
    const { startMongod } = await import('./mongod.ts');
    return startMongod(binary, port, folder, pidFolder);
  };
}

function devMongoStarter(folder: string, pidFolder: string) {
  const program = builtFile('libs/dev-mongo/src/main.ts');
  if (!existsSync(program))
    throw new Refusal(`${program} saknas: kör npm run build. / is missing: run npm run build.`);
  const readyFile = join(folder, 'ready.json');
  const logFile = join(folder, 'dev-mongo.log');
  return async (port: number): Promise<Started> => {
    rmSync(readyFile, { force: true });
    const server = await startServerProcess({
      name: 'mongo',
      command: process.execPath,
      args: [
        ...['--disable-warning=ExperimentalWarning', program],
        ...['--port', String(port), '--data', join(folder, 'data'), '--ports-file', readyFile],
      ],
      // The options of whoever starts it (jest's module flags) are not meant for it, and it refuses production.
      env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'development' },
      logFile,
      pidFolder,
    });
    const url = await waitForReadyFile(server, readyFile, (text) => readUrl(text, server.pid), logFile);
    return { process: server, url };
  };
}

function readUrl(text: string, pid: number): string | undefined {
  const ready = JSON.parse(text) as { pid: number; url: string };
  return ready.pid === pid ? ready.url : undefined;
}

function withKind(handle: ServerHandle, kind: DatabaseKind): DatabaseHandle {
  return Object.defineProperty(handle, 'kind', { value: kind, enumerable: true }) as DatabaseHandle;
}

const kindFile = (folder: string) => join(folder, 'kind');

function readKind(folder: string): 'mongod' | 'dev-mongo' | undefined {
  try {
    const kind = readFileSync(kindFile(folder), 'utf8');
    return kind === 'mongod' || kind === 'dev-mongo' ? kind : undefined;
  } catch {
    return undefined;
  }
}
