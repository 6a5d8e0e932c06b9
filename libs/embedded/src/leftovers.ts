import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity } from './process-identity.ts';
import type { ServerHandle } from './server-handle.ts';

interface Noted {
  pid: number;
  /** Missing when the process had ended before it could be noted. */
  identity?: string;
}

const politeMs = 3_000;

/**
 * A new folder below `runFolder` for the pids of one run. Each run has its own: the watch of an earlier one,
 * which may still be at work, must not take the servers of this one for its own.
 */
export function newPidFolder(runFolder: string): string {
  mkdirSync(runFolder, { recursive: true });
  return mkdtempSync(join(runFolder, 'pids-'));
}

/**
 * Ends the servers whose pids earlier runs noted below `runFolder` and which still live, since a supervisor
 * killed with SIGKILL could not end them. Resolves when none is left.
 */
export async function endLeftovers(runFolder: string): Promise<void> {
  const noted = readNoted(runFolder);
  const living = () =>
    noted.filter(({ pid, identity }) => identity !== undefined && processIdentity(pid) === identity);
  for (const { pid } of living()) signal(pid, 'SIGTERM');
  for (const started = Date.now(); living().length > 0;) {
    if (Date.now() - started > politeMs) for (const { pid } of living()) signal(pid, 'SIGKILL');
    await sleep(20);
  }
  rmSync(runFolder, { recursive: true, force: true });
}

/**
 * Starts a small shell that ends the servers noted in `pidFolder` as soon as this process is gone, however
 * it went: its standard input is a pipe from here, and the kernel closes that on SIGKILL too.
 *
 * @returns ends the watch
 */
export function watchOverLeftovers(pidFolder: string): () => Promise<void> {
  // The pid files hold {"pid":123,…}; a file is removed when its process ends, so the numbers are fresh.
  const script = `cat >/dev/null
for f in "$1"/*.pid; do
  [ -f "$f" ] || continue
  p=$(sed -n 's/.*"pid":\\([0-9]*\\).*/\\1/p' "$f")
  [ -n "$p" ] && kill -TERM "$p" 2>/dev/null
done`;
  const shell = spawn('sh', ['-c', script, 'insats-watch', pidFolder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const exited = new Promise<void>((resolve) => {
    shell.once('exit', () => resolve());
    // Without a shell (another system) the next start does the cleaning.
    shell.once('error', () => resolve());
  });
  shell.stdin.on('error', () => undefined);
  shell.unref();
  return async () => {
    // Nothing else may keep this process waiting for it by now.
    shell.ref();
    shell.stdin.end();
    await exited;
    rmSync(pidFolder, { recursive: true, force: true });
  };
}

/**
 * Starts a server that stands alone, with a watch over it for as long as it is not stopped: one that is
 * part of a product is watched with the rest.
 */
export async function startWatched<Handle extends ServerHandle>(
  runFolder: string,
  start: (pidFolder: string) => Promise<Handle>,
): Promise<Handle> {
  const pidFolder = newPidFolder(runFolder);
  const endWatch = watchOverLeftovers(pidFolder);
  try {
    const handle = await start(pidFolder);
    const stopServer = handle.stop.bind(handle);
    const stop = async () => {
      await stopServer();
      await endWatch();
    };
    return Object.assign(handle, { stop });
  } catch (error) {
    await endWatch();
    throw error;
  }
}

function readNoted(runFolder: string): Noted[] {
  let files: string[];
  try {
    files = readdirSync(runFolder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.pid'),
    );
  } catch {
    return [];
  }
  return files.flatMap((file) => {
    try {
      return [JSON.parse(readFileSync(join(runFolder, file), 'utf8')) as Noted];
    } catch {
      return [];
    }
  });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone in the meantime.
  }
}
