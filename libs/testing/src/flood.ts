import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { checkout } from '#libs/embedded';

export interface FloodOptions {
  readonly url: string;
  /** Used in turn, so that one tenant can be more than one client. */
  readonly tokens: readonly string[];
  readonly perSecond: number;
  /** Requests under way at the same time at most; default: 32. */
  readonly sockets?: number;
}

/** Somebody who asks for far too much, in a process of its own. */
export interface Flood {
  /** Ends it; resolves with how many answers had which status. `broken`: there was no answer. */
  stop(): Promise<Readonly<Record<string, number>>>;
}

export function startFlood(options: FloodOptions): Flood {
  const program = join(checkout, 'libs/testing/src/flood-process.mjs');
  const process = fork(program, [JSON.stringify({ sockets: 32, ...options })], { execArgv: [] });
  const told = once(process, 'message') as Promise<[Record<string, number>]>;
  return {
    async stop() {
      process.send('stop');
      const [statuses] = await told;
      return statuses;
    },
  };
}
