import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Product } from '#libs/embedded';
import { startTestProduct } from '#libs/testing';
import { type Run } from './load.ts';
import { measureAudit } from './measure-audit.ts';
import { companies, measureFairness, type Company, type Times } from './measure-fairness.ts';
import { measureIdentity } from './measure-identity.ts';
import { measureMonolith } from './measure-monolith.ts';
import { measureProduct } from './measure-product.ts';
import { measureRaw } from './measure-raw.ts';
import { measureStart } from './measure-start.ts';
import { memoryMegabytes } from './process-usage.ts';

/**
 * All figures of one run on the same database, so that ratios hold even when the machine's speed drifts.
 * `BENCH_SCALE` shortens (0.1) or lengthens the run. `npm run bench -- audit` measures the verifier alone,
 * `npm run bench -- identity` what identity and access cost, `npm run bench -- fairness` what a tenant far beyond
 * its limits costs the others.
 */
const scale = Number(process.env['BENCH_SCALE'] ?? '1');
const counts = { one: Math.ceil(600 * scale), many: Math.ceil(4000 * scale) };

function line(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(58)} ${value}\n`);
}

function show(name: string, run: Run): void {
  const { perSecond, p50, p95, p99 } = run;
  line(
    name,
    `${perSecond.toFixed(0)}/s  p50 ${p50.toFixed(2)} ms  p95 ${p95.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms`,
  );
}

function showMemory(product: Product): number {
  let services = 0;
  for (const [name, { pid }] of product.processes) {
    if (pid === undefined) continue;
    const megabytes = memoryMegabytes(pid);
    if (name !== 'nats' && name !== 'mongo') services += megabytes;
    line(`memory ${name}`, `${megabytes.toFixed(0)} MB`);
  }
  line('memory of all services together', `${services.toFixed(0)} MB`);
  return services;
}

function showMachine(): void {
  const processor = cpus()[0]?.model ?? 'unknown';
  line(
    'machine',
    `${availableParallelism()} × ${processor}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, node ${process.version}`,
  );
}

async function audit(): Promise<void> {
  showMachine();
  const [load = 0] = loadavg();
  line('load of the machine before (1 min)', load.toFixed(2));
  const figures = await measureAudit(Math.ceil(1e6 * scale));
  const { events, leaves, megabytes, seconds, cpuSeconds, peakMegabytes } = figures;
  line('audit export', `${events} journal entries, ${leaves} log entries, ${megabytes.toFixed(0)} MB`);
  line('verified in', `${seconds.toFixed(1)} s, of it processor ${cpuSeconds.toFixed(1)} s`);
  line('journal entries verified', `${(events / seconds).toFixed(0)}/s`);
  line('memory at most, making the export included', `${peakMegabytes.toFixed(0)} MB`);
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
const median = (values: readonly number[]): number => quantile(values, 0.5);

async function identity(): Promise<void> {
  const figures = await measureIdentity(Math.ceil(12 * scale));
  for (const [name, { perSecond, cpu }] of [
    ['with identity and access', figures.with],
    ['without', figures.without],
  ] as const) {
    line(
      `submissions, 32 clients, ${name}`,
      `${median(perSecond).toFixed(0)}/s  processor ${cpu.toFixed(2)} ms each`,
    );
  }
  const ratios = figures.with.perSecond.map((rate, turn) => rate / (figures.without.perSecond[turn] ?? 1));
  const quartiles = [0.25, 0.75].map((share) => quantile(ratios, share).toFixed(2)).join('–');
  line(
    'ratio submissions/s, with : without identity and access',
    `${median(ratios).toFixed(2)} (of ${ratios.length} pairs of turns the middle half: ${quartiles})`,
  );
  line(
    'ratio processor time, with : without identity and access',
    (figures.with.cpu / figures.without.cpu).toFixed(2),
  );
}

const companyNames: Readonly<Record<Company, string>> = {
  alone: 'alone',
  flooded: 'beside one at 20 × its limit over 32 connections',
  swarmed: 'beside one at 20 × its limit over 500',
  elsewhere: 'beside the latter at a bare server',
};

async function fairness(): Promise<void> {
  const load = (): string => (loadavg()[0] ?? 0).toFixed(2);
  line('load of the machine before (1 min)', load());
  const { rounds, wanted, answered, cpu } = await measureFairness(Math.ceil(6 * scale), 10);
  const of = (company: Company, which: keyof Times): number[] => rounds.map((round) => round[company][which]);
  for (const company of companies) {
    const [half, most] = [median(of(company, 'median')), median(of(company, 'p95'))];
    line(
      `a tenant within its limits, ${companyNames[company]}`,
      `p50 ${half.toFixed(2)} ms  p95 ${most.toFixed(2)} ms`,
    );
  }
  for (const which of ['median', 'p95'] as const)
    for (const company of companies.filter((each) => each !== 'alone')) {
      const ratios = rounds.map((round) => round[company][which] / round.alone[which]);
      const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((each) => each.toFixed(2));
      line(
        `ratio ${which}, ${companyNames[company]} : alone`,
        `${median(ratios).toFixed(2)} (${least}–${most})`,
      );
    }
  for (const company of companies.filter((each) => each !== 'alone')) {
    const { 200: letIn = 0, 429: refused = 0 } = answered[company];
    line(
      `${wanted} requests/s wanted, ${companyNames[company]}`,
      `${letIn.toFixed(0)}/s answered, ${refused.toFixed(0)}/s refused`,
    );
  }
  line('processor time of the gateway for each of the 500 connections’ requests', `${cpu.toFixed(3)} ms`);
  line('load of the machine after (1 min)', load());
}

async function main(): Promise<void> {
  showMachine();
  const home = mkdtempSync(join(tmpdir(), 'insats-bench-'));
  const product = await startTestProduct({ home, env: { LOG_LEVEL: 'warn' } });
  try {
    line('database', product.databaseKind);
    const idle = showMemory(product);
    const raw = await measureRaw(product.mongoUrl, counts);
    show('raw driver, journaled update, 1 in flight', raw.one);
    show('raw driver, journaled update, 32 in flight', raw.many);
    const monolith = await measureMonolith(product.mongoUrl, counts);
    show('monolith, create, 1 client', monolith.createOne);
    show('monolith, create, 32 clients', monolith.createMany);
    show('monolith, submission, 1 client', monolith.submitOne);
    show('monolith, submission, 32 clients', monolith.submitMany);
    const figures = await measureProduct(product, counts);
    show('product, create, 1 client', figures.createOne);
    show('product, create, 32 clients', figures.createMany);
    show('product, submission, 1 client', figures.submitOne);
    show('product, submission, 32 clients', figures.submitMany);
    show('product, read one application, 32 clients', figures.readOne);
    show('product, read a list page of 20, 32 clients', figures.readPage);
    for (const [name, milliseconds] of figures.cpu)
      line(`CPU per submission, ${name}`, `${milliseconds.toFixed(2)} ms`);
    const loaded = showMemory(product);
    line('', '');
    line(
      'ratio submissions/s, product : monolith, 32 clients',
      (figures.submitMany.perSecond / monolith.submitMany.perSecond).toFixed(2),
    );
    line(
      'ratio creations/s, product : monolith, 32 clients',
      (figures.createMany.perSecond / monolith.createMany.perSecond).toFixed(2),
    );
    line(
      'ratio p99 of a submission, product : raw update, 1 client',
      (figures.submitOne.p99 / raw.one.p99).toFixed(2),
    );
    line('ratio memory, after load : idle', (loaded / idle).toFixed(2));
    await product.stop();
    line('seconds from npm start to ready, installed, with this data', (await measureStart(home)).toFixed(1));
  } finally {
    await product.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

switch (process.argv[2]) {
  case 'audit':
    await audit();
    break;
  case 'identity':
    showMachine();
    await identity();
    break;
  case 'fairness':
    showMachine();
    await fairness();
    break;
  default:
    await main();
    await identity();
    await fairness();
}
