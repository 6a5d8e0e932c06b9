import { setTimeout as sleep } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';

/** Milliseconds after which somebody goes on out of turn. */
const patience = 500;

/**
 * Lets a few requests of each tenant go on at a time and has its others wait in line: whatever one tenant sends at
 * once would else all stand before what another one sends next.
 *
 * It orders and refuses nothing. Whoever has waited for half a second goes on all the same, so that what takes long
 * does not keep a tenant from what does not, and a part that is down is told of in time.
 */
export class Turns {
  private readonly lines = new Map<string, LimitFunction>();

  /** @param together requests of one tenant that go on at a time */
  constructor(private readonly together: number) {}

  /** Resolves when it is the request's turn, with what ends it; ending it again does nothing. */
  async take(tenant: string): Promise<() => void> {
    const line = this.lineOf(tenant);
    const isFull = line.activeCount + line.pendingCount >= this.together;
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const begun = new Promise<void>((resolve) => {
      void line(() => {
        resolve();
        return ended;
      });
    });
    if (isFull) await withPatience(begun);
    return end;
  }

  private lineOf(tenant: string): LimitFunction {
    const known = this.lines.get(tenant);
    if (known) return known;
    const line = pLimit(this.together);
    this.lines.set(tenant, line);
    return line;
  }
}

async function withPatience(begun: Promise<void>): Promise<void> {
  const bound = new AbortController();
  const lost = sleep(patience, undefined, { signal: bound.signal }).catch(() => undefined);
  await Promise.race([begun, lost]);
  bound.abort();
}
