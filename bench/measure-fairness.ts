import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkout, type Product } from '#libs/embedded';
import { api, startFlood, startTestProduct } from '#libs/testing';
import { httpClient } from './load.ts';
import { cpuMilliseconds } from './process-usage.ts';

/**
 * Who is there besides the well-behaved tenant. `flooded`: one that floods over as many connections as a system has;
 * `swarmed`: over hundreds of them; `elsewhere`: as `swarmed`, at a server that does nothing.
 */
export const companies = ['alone', 'flooded', 'swarmed', 'elsewhere'] as const;
export type Company = (typeof companies)[number];

/** Times of answers in milliseconds. */
export interface Times {
  readonly median: number;
  readonly p95: number;
}

export interface FairnessFigures {
  /** In the order of the rounds. */
  readonly rounds: readonly Readonly<Record<Company, Times>>[];
  /** Requests of the flood a second: those wanted, and those that were answered, by status. */
  readonly wanted: number;
  readonly answered: Readonly<Record<Company, Readonly<Record<string, number>>>>;
  /** Processor time of the gateway for one request of the swarm, in milliseconds. */
  readonly cpu: number;
}

// As they are in production; the demonstration has others.
const rate = { read: '2000/10', write: '1000/10', heavy: '100/10' };
const client = { read: '1000/10', write: '500/10', heavy: '50/10' };
const limits = JSON.stringify({ tenant: rate, client, atOnce: 64, together: 4 });
const tenantPerSecond = 200;
const timesItsLimit = 20;
const pause = 20;

/**
 * How long a tenant within its limits waits for an answer, alone and beside one that asks for twenty times what its
 * own limits are, turn by turn so that a drift of the machine meets all alike. Each turn is as long as a limit's
 * span: what the greedy one is let in with is part of it.
 *
 * @param seconds of a turn
 */
export async function measureFairness(rounds: number, seconds: number): Promise<FairnessFigures> {
  const product = await startTestProduct({ env: { LOG_LEVEL: 'info', RATE_LIMITS: limits } });
  const bare = fork(join(checkout, 'dist/bench/bare-server.js'));
  try {
    const [port] = (await once(bare, 'message')) as [number];
    return await measureOn(product, `http://127.0.0.1:${port}/`, rounds, seconds);
  } finally {
    bare.kill();
    await product.stop();
  }
}

async function measureOn(
  product: Product,
  elsewhere: string,
  rounds: number,
  seconds: number,
): Promise<FairnessFigures> {
  const as = (name: string): Promise<string> => api(product).as(name).token();
  const flood = {
    // Two clients of one region: each has half of what the region has.
    tokens: [await as('region-kalmar-system'), await as('chef-kalmar')],
    perSecond: tenantPerSecond * timesItsLimit,
  };
  const here = `${product.url}/insats/v1/me`;
  const floods = {
    flooded: { url: here, sockets: 32 },
    swarmed: { url: here, sockets: 500 },
    elsewhere: { url: elsewhere, sockets: 500 },
  };
  const modest = wellBehaved(product.url, await as('region-jonkoping-system'));
  const counts: Record<Company, Record<string, number>> = {
    alone: {},
    flooded: {},
    swarmed: {},
    elsewhere: {},
  };
  const cpu = { alone: 0, flooded: 0, swarmed: 0, elsewhere: 0 };
  const turn = async (company: Company): Promise<Times> => {
    const before = gatewayCpu(product);
    const greedy = company === 'alone' ? undefined : startFlood({ ...flood, ...floods[company] });
    const measured = await modest(seconds);
    const statuses = (await greedy?.stop()) ?? {};
    cpu[company] += gatewayCpu(product) - before;
    for (const [status, count] of Object.entries(statuses)) {
      if (status !== '200' && status !== '429') throw new Error(`the flood was answered ${status}`);
      counts[company][status] = (counts[company][status] ?? 0) + count;
    }
    return measured;
  };
  await modest(seconds / 2);
  const found: Record<Company, Times>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Forwards and backwards, so that none always comes after the same one.
    const order = round % 2 === 0 ? companies : companies.toReversed();
    const entries: [Company, Times][] = [];
    for (const company of order) entries.push([company, await turn(company)]);
    found.push(Object.fromEntries(entries) as Record<Company, Times>);
  }
  const perSecond = (company: Company): Record<string, number> =>
    Object.fromEntries(
      Object.entries(counts[company]).map(([status, count]) => [status, count / rounds / seconds]),
    );
  const { 200: letIn = 0, 429: refused = 0 } = counts.swarmed;
  return {
    rounds: found,
    wanted: flood.perSecond,
    answered: {
      alone: perSecond('alone'),
      flooded: perSecond('flooded'),
      swarmed: perSecond('swarmed'),
      elsewhere: perSecond('elsewhere'),
    },
    cpu: (cpu.swarmed - cpu.alone) / (letIn + refused),
  };
}

/** A tenant that reads its applications, one request after the other, some forty times a second. */
function wellBehaved(url: string, token: string): (seconds: number) => Promise<Times> {
  const ask = httpClient(url);
  return async (seconds) => {
    const times: number[] = [];
    for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(pause)) {
      const begun = performance.now();
      const { status } = await ask('GET', '/insats/v1/applications', { token });
      if (status !== 200) throw new Error(`the well-behaved tenant was answered ${status}`);
      times.push(performance.now() - begun);
    }
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0;
    return { median: at(0.5), p95: at(0.95) };
  };
}

function gatewayCpu(product: Product): number {
  return cpuMilliseconds(product.processes.get('gateway')?.pid ?? 0);
}
