import { join } from 'node:path';
import { credentialsOf } from '#libs/bus-setup';
import { callerNames } from '#libs/contracts';
import { builtFile } from './checkout.ts';
import { Refusal } from './refusal.ts';
import { lastLines, rotateLog, startServerProcess } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';
import type { Home } from './home.ts';
import { ownServer } from './server-handle.ts';
import type { ServerHandle } from './server-handle.ts';
import { existsSync } from 'node:fs';

/**
 * Seven processes share a small machine. A young generation of 4 MB instead of 16 spares about 15 MB each; the
 * bound on the old one makes the collector tidy up instead of taking what it could have, and is several times
 * what a service holds. Neither costs measurable speed (see docs/performance.md).
 */
const leanHeap = ['--max-semi-space-size=4', '--max-old-space-size=192'];

/** A service to run: an app of this repository by name, or any built program under a name. */
export type ServiceChoice = string | { name: string; program: string; env?: Record<string, string> };

/** Everything the product consists of, the way in first: it is stopped first. */
export const allServices = [
  'gateway',
  'directory',
  'plans',
  'follow-ups',
  'applications',
  'notifications',
  'audit',
];

export interface Service {
  handle: ServerHandle;
  logFile: string;
  /** Resolves when the process that was started first has sent `ready`. */
  ready: Promise<void>;
}

/**
 * Starts a service with its output in the data folder's `logs`. The IPC channel lets it notice that the
 * supervisor is gone; the extra argument, which it ignores, tells in `ps` which product it belongs to.
 *
 * @param hasUsers whether NATS knows the processes by their credentials
 * @throws {Refusal} when it has not been built
 */
export async function startService(
  choice: ServiceChoice,
  home: Home,
  env: NodeJS.ProcessEnv,
  nodeArgs: string[],
  pidFolder: string,
  hasUsers: boolean,
): Promise<Service> {
  const { name, program, env: own } = resolveChoice(choice);
  const credentials = credentialsFor(name, home, hasUsers);
  if (!existsSync(program))
    throw new Refusal(`${program} saknas: kör npm run build. / is missing: run npm run build.`);
  const logFile = join(home.logs, `${name}.log`);
  rotateLog(logFile);
  let tellReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (tellReady = resolve));
  const start = (): Promise<ServerProcess> =>
    startServerProcess({
      name,
      command: process.execPath,
      args: [...leanHeap, ...nodeArgs, program, `--insats-home=${home.folder}`],
      env: { ...env, ...credentials, ...own },
      logFile,
      pidFolder,
      ipc: true,
      onMessage: (message) => {
        if (message === 'ready') tellReady();
      },
    });
  return { handle: ownServer(name, '', start, await start()), logFile, ready };
}

/** A process's own keys, by file; several replicas of one service are numbered and have the same. */
function credentialsFor(name: string, home: Home, hasUsers: boolean): Record<string, string> {
  const process = callerNames.find((known) => known === name.replace(/-\d+$/, ''));
  if (!process) return {};
  const { NATS_NKEY_FILE, ...internal } = credentialsOf(home.credentials, process);
  return hasUsers ? { ...internal, NATS_NKEY_FILE } : internal;
}

function resolveChoice(choice: ServiceChoice) {
  if (typeof choice !== 'string') return choice;
  return { name: choice, program: builtFile(`apps/${choice}/src/main.ts`), env: undefined };
}

/** The message that explains why a service does not come up. */
export function serviceFailure(service: Service, what: string): Refusal {
  return new Refusal(
    `Tjänsten ${service.handle.name} ${what} (${service.logFile}):\n${lastLines(service.logFile)}`,
  );
}
