import { startFuzzedProduct } from './fuzzed-product.ts';
import { fuzz, type FuzzFinding, type FuzzResult } from './fuzz.ts';
import { grew } from './memory.ts';

/**
 * `npm run fuzz [-- REQUESTS [SEED]]`: exit code 1 when an answer was not as described, memory grew, or an
 * operation never succeeded.
 */
const [requests = 20_000, seed = Math.floor(Math.random() * 2 ** 31)] = process.argv.slice(2).map(Number);
if (!Number.isInteger(requests) || requests < 1 || !Number.isInteger(seed)) {
  process.stderr.write(
    'Antal anrop: ett heltal större än noll; frö: ett heltal. / A whole number of requests, at least 1, and a seed.\n',
  );
  process.exit(2);
}
process.stderr.write(`seed ${seed}\n`);
const started = Date.now();
const product = await startFuzzedProduct();
let isFlawless = false;
try {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const onFinding = (finding: FuzzFinding) => log(JSON.stringify(finding, null, 2));
  const result = await fuzz(product, { requests, seed, clients: 8, log, onFinding });
  // Fewer requests than there are operations cannot succeed with all of them.
  const isShort = result.requests < result.successes.length;
  const hasGrown = Object.values(result.memory).some(grew);
  isFlawless = result.findings.length === 0 && !hasGrown && (isShort || result.neverSucceeded.length === 0);
  process.stdout.write(report(result, Math.round((Date.now() - started) / 1000)));
} finally {
  await product.stop();
}
process.exit(isFlawless ? 0 : 1);

function report(result: FuzzResult, seconds: number): string {
  const { statuses, successes, neverSucceeded, memory, findings } = result;
  const fitting = successes.reduce((sum, { asked }) => sum + asked, 0);
  const fulfilled = successes.reduce((sum, { succeeded }) => sum + succeeded, 0);
  const megabytes = Object.entries(memory).map(
    ([name, { first, last }]) => `${name} ${first.toFixed(0)} -> ${last.toFixed(0)}`,
  );
  const partly = successes.filter(({ asked, succeeded }) => succeeded < asked);
  return [
    `seed ${seed}, requests ${result.requests} in ${seconds} s`,
    `operations that succeeded ${successes.length - neverSucceeded.length} of ${successes.length}`,
    ...neverSucceeded.map((name) => `  never: ${name}`),
    `fitting requests by who may: ${fulfilled} of ${fitting} succeeded`,
    ...partly.map(
      ({ operation, asked, succeeded, refusal = '' }) =>
        `  not always: ${operation} ${succeeded} of ${asked}, last ${refusal}`,
    ),
    `manners ${JSON.stringify(result.manners)}`,
    `statuses ${JSON.stringify(statuses)}`,
    `memory in MB: ${megabytes.join(', ')}`,
    `findings ${findings.length}`,
    '',
  ].join('\n');
}
