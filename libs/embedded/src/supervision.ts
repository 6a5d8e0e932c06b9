import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerExit } from './server-process.ts';
import type { ServerHandle } from './server-handle.ts';

export interface Supervised {
  readonly handle: ServerHandle;
  /** How often it was started again after it ended by itself. */
  restarts: number;
  /** How often in a row it ended soon after it was started. */
  quickDeaths: number;
  /** Resolves after `stop` of the supervision, when nothing is being restarted any more. */
  settled: Promise<void>;
}

const firstDelayMs = 100;
const longestDelayMs = 5_000;
/** A server that lived this long had started well: its next death begins with the shortest delay. */
const healthyMs = 10_000;

/**
 * Starts a server again whenever it ends without being asked to, after a delay that doubles while it keeps
 * ending at once.
 */
export function supervise(
  handle: ServerHandle,
  stopping: AbortSignal,
  log: (line: string) => void,
): Supervised {
  const supervised: Supervised = { handle, restarts: 0, quickDeaths: 0, settled: Promise.resolve() };
  supervised.settled = handle.own ? watch(supervised, stopping, log) : Promise.resolve();
  return supervised;
}

async function watch(
  supervised: Supervised,
  stopping: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  const { handle } = supervised;
  for (;;) {
    const started = Date.now();
    const exit = await handle.exited;
    if (stopping.aborted) return;
    supervised.quickDeaths = Date.now() - started < healthyMs ? supervised.quickDeaths + 1 : 1;
    const delay = Math.min(longestDelayMs, firstDelayMs * 2 ** (supervised.quickDeaths - 1));
    log(`${handle.name} avslutades (${describe(exit)}); startas igen om ${delay} ms.`);
    await restart(supervised, delay, stopping, log);
    if (stopping.aborted) return handle.stop();
  }
}

async function restart(
  supervised: Supervised,
  delay: number,
  stopping: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  for (let wait = delay; ; wait = Math.min(longestDelayMs, wait * 2)) {
    await sleep(wait, undefined, { signal: stopping }).catch(() => undefined);
    if (stopping.aborted) return;
    try {
      await supervised.handle.restart();
      supervised.restarts += 1;
      return;
    } catch (error) {
      log(`${supervised.handle.name} kunde inte startas igen: ${String(error)}`);
    }
  }
}

const describe = ({ code, signal }: ServerExit) => (signal ? `signal ${signal}` : `kod ${code}`);
