import { setTimeout as delay } from 'node:timers/promises';
import { type Product, type ProductProcess } from '#libs/embedded';

export interface Kills {
  readonly count: number;
  /** Seconds, 95th percentile. */
  readonly recoveryP95: number;
}

const victims = ['applications', 'notifications', 'gateway', 'nats', 'mongo'] as const;
const recoveryBound = 60_000;

async function untilRestarted(victim: ProductProcess, before: number): Promise<void> {
  for (const started = Date.now(); victim.restarts <= before; await delay(20)) {
    if (Date.now() - started > recoveryBound) throw new Error(`${victim.name} was not started again`);
  }
}

/** Kills one part after the other without warning, each time the product has recovered from the last. */
export async function killInTurn(
  product: Product,
  pause: number,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Kills> {
  const recoveries: number[] = [];
  for (let turn = 0; !signal.aborted; turn += 1) {
    await delay(pause, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const name = victims[turn % victims.length] ?? 'applications';
    const victim = product.processes.get(name);
    // An external server is not ours to kill.
    if (!victim) continue;
    const begun = performance.now();
    const { restarts } = victim;
    await victim.kill('SIGKILL');
    // A product that has not yet noticed the death still calls itself ready.
    await untilRestarted(victim, restarts);
    await product.waitUntilReady(recoveryBound);
    recoveries.push((performance.now() - begun) / 1000);
    log(`${name} killed, product ready again after ${recoveries.at(-1)?.toFixed(1)} s`);
  }
  recoveries.sort((a, b) => a - b);
  const p95 = recoveries[Math.min(recoveries.length - 1, Math.floor(recoveries.length * 0.95))] ?? 0;
  return { count: recoveries.length, recoveryP95: p95 };
}
