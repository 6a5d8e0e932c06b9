// Measures what issue and README promise: journaled writes per second and the start with 100,000
// documents. Run after a build: node dist/libs/dev-mongo/bench/dev-mongo.bench.js
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mongo } from 'mongoose';

const program = join(import.meta.dirname, '../src/main.js');
const folder = mkdtempSync(join(tmpdir(), 'dev-mongo-bench-'));
const secondsPerRun = Number(process.env.BENCH_SECONDS ?? 4);

async function start() {
  const portsFile = join(folder, 'ports.json');
  rmSync(portsFile, { force: true });
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [program, '--port', '0', '--data', join(folder, 'data'), '--ports-file', portsFile],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_ENV: 'development' } },
  );
  while (!existsSync(portsFile)) {
    if (child.exitCode !== null) throw new Error('the server ended');
    await sleep(2);
  }
  const readyMs = performance.now() - started;
  const { url } = JSON.parse(readFileSync(portsFile, 'utf8')) as { url: string };
  const stop = async () => {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await exited;
  };
  const residentMb = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  return { url, readyMs, stop, residentMb };
}

function print(line: string) {
  process.stdout.write(`${line}\n`);
}

/** Operations per second with `clients` in flight. */
async function rate(clients: number, run: (index: number) => Promise<unknown>): Promise<number> {
  let done = 0;
  let index = 0;
  const started = performance.now();
  const until = started + secondsPerRun * 1000;
  const worker = async () => {
    while (performance.now() < until) {
      await run(index++);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, worker));
  return (done / (performance.now() - started)) * 1000;
}

function document(i: number) {
  return {
    _id: i,
    reference: `DNR-${i}`,
    status: ['draft', 'submitted', 'decided'][i % 3],
    amount: '1250.50',
    at: new Date(1_700_000_000_000 + i * 1000),
    rows: Array.from({ length: 8 }, (_, row) => ({
      code: `K${row}`,
      text: 'Kostnad för projektledning',
      sum: row * 100,
    })),
    text: 'x'.repeat(420),
    revision: 0,
  };
}

async function main() {
  let server = await start();
  print(`machine: ${cpus().length} × ${cpus()[0]?.model}, node ${process.version}`);
  print(`start, empty: ${Math.round(server.readyMs)} ms`);
  let client = await new mongo.MongoClient(server.url, { minPoolSize: 32, maxPoolSize: 32 }).connect();
  let documents = client.db('bench').collection<ReturnType<typeof document>>('documents');
  await documents.createIndex({ reference: 1 }, { unique: true });
  await documents.createIndex({ status: 1, at: -1 });
  const bytes = mongo.BSON.calculateObjectSize(document(0));
  const journaled = { writeConcern: { w: 'majority' as const, j: true } };
  const began = performance.now();
  for (let from = 0; from < 100_000; from += 1000) {
    await documents.insertMany(Array.from({ length: 1000 }, (_, i) => document(from + i)));
  }
  print(
    `insertMany of 1,000 × ${bytes} bytes: ${Math.round(100_000 / ((performance.now() - began) / 1000))} documents/s`,
  );
  const update = (i: number) =>
    documents.updateOne(
      { _id: (i * 7919) % 100_000 },
      { $inc: { revision: 1 }, $set: { status: 'decided' } },
      journaled,
    );
  const findOneAndUpdate = (i: number) =>
    documents.findOneAndUpdate(
      { _id: (i * 7919) % 100_000 },
      { $inc: { revision: 1 } },
      { ...journaled, returnDocument: 'after' },
    );
  let nextId = 1_000_000;
  const insert = () => {
    nextId += 1;
    return documents.insertOne({ ...document(nextId) }, journaled);
  };
  const find = (i: number) => documents.findOne({ reference: `DNR-${(i * 7919) % 100_000}` });
  const page = () => documents.find({ status: 'submitted' }).sort({ at: -1 }).limit(25).toArray();
  for (const clients of [1, 32]) {
    for (const [name, run] of Object.entries({ update, findOneAndUpdate, insert, find, page })) {
      print(`${name}, ${clients} in flight: ${Math.round(await rate(clients, run))}/s`);
    }
  }
  print(
    `memory with ${await documents.estimatedDocumentCount()} documents: ${Math.round(server.residentMb())} MB`,
  );
  await documents.deleteMany({ _id: { $gte: 1_000_000 } });
  await client.close();
  await server.stop();

  server = await start();
  print(`start, 100,000 documents of ${bytes} bytes: ${Math.round(server.readyMs)} ms`);
  print(`memory after start: ${Math.round(server.residentMb())} MB`);
  client = await new mongo.MongoClient(server.url).connect();
  documents = client.db('bench').collection('documents');
  const firstAt = performance.now();
  await documents.findOne({ reference: 'DNR-5' });
  print(`first query after start (builds the indexes): ${Math.round(performance.now() - firstAt)} ms`);
  await client.close();
  await server.stop();
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
