import { startTestProduct } from '#libs/testing';
import { fuzz } from './fuzz.ts';

/** `npm run fuzz [-- REQUESTS [SEED]]`: exit code 1 when an answer was not as described, or memory grew. */
const [requests = 20_000, seed = Math.floor(Math.random() * 2 ** 31)] = process.argv.slice(2).map(Number);
if (!Number.isInteger(requests) || requests < 1 || !Number.isInteger(seed)) {
  process.stderr.write(
    'Antal anrop: ett heltal större än noll; frö: ett heltal. / A whole number of requests, at least 1, and a seed.\n',
  );
  process.exit(2);
}
process.stderr.write(`seed ${seed}\n`);
const started = Date.now();
const product = await startTestProduct();
let isFlawless = false;
try {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const result = await fuzz(product, { requests, seed, clients: 8, log });
  for (const finding of result.findings.slice(0, 50))
    process.stderr.write(`${JSON.stringify(finding, null, 2)}\n`);
  const { memory, statuses, findings } = result;
  const grew = memory !== null && memory.last > memory.first * 1.3 + 40;
  isFlawless = findings.length === 0 && !grew;
  const megabytes = memory ? `${memory.first.toFixed(0)} -> ${memory.last.toFixed(0)} MB` : 'not known';
  process.stdout.write(
    `seed ${seed}, requests ${result.requests} in ${Math.round((Date.now() - started) / 1000)} s, ` +
      `operations asked ${result.asked} and succeeded ${result.succeeded} of ${result.operations}, ` +
      `statuses ${JSON.stringify(statuses)}, gateway memory ${megabytes}, findings ${findings.length}\n`,
  );
} finally {
  await product.stop();
}
process.exit(isFlawless ? 0 : 1);
