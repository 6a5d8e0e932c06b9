import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `attempt` until it neither throws nor gives `undefined` or `false`, and returns what it gave. For
 * what happens by itself after a command: relayed events, mails, reminders.
 *
 * @param boundMs how long to try, in milliseconds; generous, since a machine may be busy
 * @throws the last error of `attempt`
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  boundMs = 40_000,
): Promise<Exclude<T, undefined | false>> {
  let last: unknown = new Error('it never became true');
  for (const started = Date.now(); Date.now() - started < boundMs; await sleep(50)) {
    try {
      const result = await attempt();
      if (result !== undefined && result !== false) return result as Exclude<T, undefined | false>;
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
