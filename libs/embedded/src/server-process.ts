import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { processIdentity } from './process-identity.ts';

export interface ServerCommand {
  name: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv | undefined;
  logFile: string;
  /** Where the pid is noted, so that whoever comes after a SIGKILL of this process can end the server. */
  pidFolder: string;
  /** An IPC channel: the program learns at once when this process is gone. Only for our own programs. */
  ipc?: boolean;
  /** Gets what the program sends over the IPC channel. */
  onMessage?: (message: unknown) => void;
}

export interface ServerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ServerProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason; never rejects. */
  readonly exited: Promise<ServerExit>;
  hasExited(): boolean;
  kill(signal?: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL after `boundMs`; resolves when the process is gone. */
  stop(boundMs?: number): Promise<ServerExit>;
}

/**
 * Starts a server with its output in `logFile`, in a process group of its own: Ctrl-C in the terminal
 * reaches only the supervisor, which ends the servers in order.
 *
 * @throws when the command cannot be started
 */
export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  mkdirSync(dirname(command.logFile), { recursive: true });
  mkdirSync(command.pidFolder, { recursive: true });
  const log = openSync(command.logFile, 'a');
  const child = spawn(command.command, command.args, {
    env: command.env ?? process.env,
    stdio: command.ipc ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const pidFile = join(command.pidFolder, `${command.name}.pid`);
  let exit: ServerExit | undefined;
  const exited = new Promise<ServerExit>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      rmSync(pidFile, { force: true });
      resolve(exit);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid as number;
  child.on('error', () => undefined);
  if (command.onMessage) child.on('message', command.onMessage);
  if (!exit) writeFileSync(pidFile, JSON.stringify({ pid, identity: processIdentity(pid) }));
  const kill = (signal: NodeJS.Signals = 'SIGKILL') => void child.kill(signal);
  return {
    name: command.name,
    pid,
    exited,
    hasExited: () => exit !== undefined,
    kill,
    async stop(boundMs = 10_000) {
      kill('SIGTERM');
      const bound = setTimeout(() => kill('SIGKILL'), boundMs);
      return exited.finally(() => clearTimeout(bound));
    },
  };
}

/** The last `count` lines of a log file, for the message that explains a failed start. */
export function lastLines(logFile: string, count = 12): string {
  try {
    const text = readFileSync(logFile, 'utf8');
    return text.trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}

const largestLog = 20 * 1024 * 1024;

/** Keeps one earlier log when a log file has grown large, so that a data folder in daily use stays small. */
export function rotateLog(logFile: string): void {
  try {
    if (statSync(logFile).size < largestLog) return;
    const earlier = `${logFile}.1`;
    rmSync(earlier, { force: true });
    renameSync(logFile, earlier);
  } catch {
    // No log yet.
  }
}
