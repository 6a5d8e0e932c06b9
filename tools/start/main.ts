// npm start: the whole product on this machine, until Ctrl-C or SIGTERM.
import { once } from 'node:events';
import { resolve } from 'node:path';
import { Refusal, checkout, startProduct } from '#libs/embedded';
import type { Product } from '#libs/embedded';
import { welcome } from './welcome.ts';

const started = Date.now();

// Whoever read the output may go (a closed pipe); the product stays up all the same.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

async function main(): Promise<void> {
  const home = resolve(checkout, process.env.INSATS_HOME || '.insats');
  const port = readPort(process.env.INSATS_PORT || '3000');
  const { reset } = readArguments(process.argv.slice(2));
  const ending = endRequested();
  const product = await startProduct({
    home,
    port,
    reset,
    natsUrl: process.env.NATS_URL,
    mongoUrl: process.env.MONGODB_URL,
    databaseKind: readKind(process.env.INSATS_DATABASE),
    signal: ending,
    log: say,
  }).catch((error: unknown) => {
    // Asked to end while starting: nothing runs any more, as was wanted.
    if (ending.aborted) return undefined;
    throw error;
  });
  if (!product) return;
  if (!ending.aborted) {
    console.log(welcome(product, Date.now() - started));
    await once(ending, 'abort');
  }
  await end(product);
}

async function end(product: Product): Promise<void> {
  say('Avslutar …');
  await product.stop();
  say('Allt är avslutat.');
}

/** Aborted on Ctrl-C, SIGTERM, a closed terminal, and when the process that started this one is gone. */
function endRequested(): AbortSignal {
  const ending = new AbortController();
  // The listeners stay: a second Ctrl-C must not cut short the ending, which has its own bounds.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
  process.on('disconnect', () => ending.abort());
  return ending.signal;
}

function readArguments(args: string[]): { reset: boolean } {
  const unknown = args.filter((arg) => arg !== '--reset');
  if (unknown.length > 0)
    throw new Refusal(`Okänt tillval / unknown option: ${unknown.join(' ')} (--reset finns)`);
  return { reset: args.includes('--reset') };
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Refusal(
    `INSATS_PORT ska vara ett tal mellan 1 och 65535, inte ”${text}”. / must be a port number.`,
  );
}

function readKind(text: string | undefined): 'mongod' | 'dev-mongo' | undefined {
  if (!text) return undefined;
  if (text === 'mongod' || text === 'dev-mongo') return text;
  throw new Refusal(
    `INSATS_DATABASE ska vara mongod eller dev-mongo, inte ”${text}”. / must be one of these.`,
  );
}

function say(line: string): void {
  console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${line}`);
}

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exit(1);
}
