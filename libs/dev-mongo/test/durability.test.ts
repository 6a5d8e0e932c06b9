import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { RawConnection } from './raw-connection.ts';
import { serverError, TestServer } from './support.ts';

// 20 rounds are the full proof; a shorter one runs with every test.
const rounds = Number(process.env.DEV_MONGO_KILL_ROUNDS ?? 5);
const writers = 16;

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

test(`kill -9, ${rounds} times: no acknowledged write is lost, none is doubled, counters agree`, async () => {
  const acknowledged = new Set<string>();
  const attempted = new Set<string>();
  const increments = { acknowledged: 0, attempted: 0 };
  let lost = 0;
  let phantom = 0;
  for (let round = 0; round < rounds; round += 1) {
    // Retries would hide the crash from the client; here every failure has to be seen.
    const client = new mongo.MongoClient(server.url, {
      retryWrites: false,
      serverSelectionTimeoutMS: 500,
      maxPoolSize: writers,
    });
    client.on('error', () => {});
    const db = client.db('durability');
    const log = db.collection<{ _id: string; round: number }>('log');
    const counter = db.collection<{ _id: string; n: number }>('counter');
    await log.createIndex({ round: 1 });
    await counter.updateOne({ _id: 'c' }, { $setOnInsert: { n: 0 } }, { upsert: true });
    const stop = new AbortController();
    const write = async (writer: number) => {
      for (let i = 0; !stop.signal.aborted; i += 1) {
        const _id = `${round}-${writer}-${i}`;
        try {
          attempted.add(_id);
          await log.insertOne({ _id, round });
          acknowledged.add(_id);
          increments.attempted += 1;
          await counter.updateOne({ _id: 'c' }, { $inc: { n: 1 } });
          increments.acknowledged += 1;
        } catch {
          return;
        }
      }
    };
    const writing = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
    await sleep(150 + 37 * round);
    await server.kill();
    stop.abort();
    await writing;
    await client.close();
    await server.boot();
    const reader = await server.client();
    const stored = new Set(
      (await reader.db('durability').collection('log').find().toArray()).map((doc) => String(doc._id)),
    );
    for (const id of acknowledged) if (!stored.has(id)) lost += 1;
    for (const id of stored) if (!attempted.has(id)) phantom += 1;
    const { n } = (await reader.db('durability').collection('counter').findOne({}))!;
    expect(n).toBeGreaterThanOrEqual(increments.acknowledged);
    expect(n).toBeLessThanOrEqual(increments.attempted);
    // The index, built anew from the disk, agrees with the documents.
    const perRound = await reader.db('durability').collection('log').countDocuments({ round });
    expect(perRound).toBe([...stored].filter((id) => id.startsWith(`${round}-`)).length);
    await reader.close();
  }
  expect({ lost, phantom }).toEqual({ lost: 0, phantom: 0 });
  expect(acknowledged.size).toBeGreaterThan(rounds * 20);
}, 120_000);

test('a retryable write is done once even when its reply was lost to a crash', async () => {
  const command = {
    findAndModify: 'retry',
    query: { _id: 'r' },
    update: { $inc: { n: 1 } },
    upsert: true,
    new: true,
    lsid: { id: new mongo.UUID() },
    txnNumber: mongo.Long.fromNumber(1),
    $db: 'durability',
  };
  const before = await RawConnection.open(server.port);
  const first = await before.command(command);
  expect(first).toMatchObject({ ok: 1, value: { _id: 'r', n: 1 } });
  before.close();
  await server.kill();
  await server.boot();
  const again = await RawConnection.open(server.port);
  expect(await again.command(command)).toEqual(first);
  again.close();
  const after = await server.client();
  expect(await after.db('durability').collection('retry').find().toArray()).toEqual([{ _id: 'r', n: 1 }]);
});

test('clients that repeat a write until it is answered neither lose nor double it over a crash', async () => {
  const clients = 8;
  const writes = 300;
  const progress = { done: 0 };
  const repeated = async (writer: number, command: mongo.Document) => {
    for (;;) {
      try {
        const raw = await RawConnection.open(server.port);
        connections[writer] = raw;
        return await raw.command(command);
      } catch {
        await sleep(10);
      }
    }
  };
  const connections: RawConnection[] = [];
  const work = async (writer: number) => {
    const lsid = { id: new mongo.UUID() };
    for (let i = 0; i < writes; i += 1) {
      const command = {
        update: 'survivors',
        updates: [{ q: { _id: writer }, u: { $inc: { n: 1 } }, upsert: true }],
        lsid,
        txnNumber: mongo.Long.fromNumber(i),
        $db: 'durability',
      };
      const reply = await (connections[writer]?.command(command).catch(() => repeated(writer, command)) ??
        repeated(writer, command));
      expect(reply).toMatchObject({ ok: 1, n: 1 });
      progress.done += 1;
    }
  };
  const working = Promise.all(Array.from({ length: clients }, (_, writer) => work(writer)));
  for (const at of [400, 1200]) {
    while (progress.done < at) await sleep(5);
    await server.kill();
    await server.boot();
  }
  await working;
  for (const raw of connections) raw.close();
  const survivors = (await server.client()).db('durability').collection('survivors');
  const counts = (await survivors.find().toArray()).map((doc) => doc.n as number);
  expect(counts).toEqual(Array.from({ length: clients }, () => writes));
}, 60_000);

test('a disk that is full ends the process, and nothing was acknowledged that is not there', async () => {
  const full = await TestServer.start();
  await full.end();
  await full.boot(3000);
  const raw = await RawConnection.open(full.port);
  const acknowledged: number[] = [];
  const text = 'x'.repeat(2000);
  for (let _id = 0; ; _id += 1) {
    const reply = await raw
      .command({ insert: 'a', documents: [{ _id, text }], $db: 'full' })
      .catch(() => undefined);
    if (reply?.ok !== 1) break;
    acknowledged.push(_id);
  }
  await full.ended();
  expect(acknowledged.length).toBeGreaterThan(100);
  await full.boot();
  const client = await full.client();
  const stored = await client.db('full').collection<{ _id: number }>('a').find().toArray();
  expect(stored.map((doc) => doc._id).slice(0, acknowledged.length)).toEqual(acknowledged);
  expect(stored.length - acknowledged.length).toBeLessThanOrEqual(1);
  await full.stop();
});

test('collections, options, indexes and dropped things are as they were after a restart', async () => {
  const client = await server.client();
  const db = client.db('restart');
  await db.createCollection('people', {
    collation: { locale: 'sv', strength: 2 },
    validator: { age: { $gte: 0 } },
  });
  await db
    .collection('people')
    .createIndex({ name: 1 }, { unique: true, partialFilterExpression: { age: { $gt: 5 } } });
  await db.collection('people').createIndex({ old: 1 });
  await db.collection('people').dropIndex('old_1');
  await db.collection('people').insertMany([
    { name: 'Åsa', age: 6 },
    { name: 'åsa', age: 5 },
  ]);
  await db.collection('people').deleteOne({ age: 5 });
  await db.collection('gone').insertOne({ a: 1 });
  await db.collection('gone').drop();
  const before = await db.listCollections().toArray();
  const indexesBefore = await db.collection('people').indexes();
  await client.close();
  expect(await server.end()).toBe(0);
  await server.boot();
  const again = (await server.client()).db('restart');
  expect(await again.listCollections().toArray()).toEqual(before);
  expect(await again.collection('people').indexes()).toEqual(indexesBefore);
  expect((await serverError(again.collection('people').insertOne({ name: 'ÅSA', age: 9 }))).code).toBe(11000);
  expect((await serverError(again.collection('people').insertOne({ name: 'x', age: -1 }))).code).toBe(121);
  expect(await again.collection('people').countDocuments()).toBe(1);
});

test('expired documents are removed, others are not', async () => {
  const folder = server.folder;
  expect(folder).toBeTruthy();
  const { startDevMongo } = await import('../src/index.ts');
  const own = await startDevMongo({ dataDir: `${folder}/ttl`, sweepMs: 20 });
  const client = await new mongo.MongoClient(own.url).connect();
  const collection = client.db('ttl').collection<{ _id: number }>('sessions');
  await collection.createIndex({ at: 1 }, { expireAfterSeconds: 3600 });
  const past = new Date(Date.now() - 7_200_000);
  const recent = new Date(Date.now() - 60_000);
  await collection.insertMany([
    { _id: 1, at: past },
    { _id: 2, at: recent },
    { _id: 3, at: 'long ago' },
    { _id: 4, at: [recent, past] },
    { _id: 5 },
  ] as never[]);
  while ((await collection.countDocuments()) > 3) await sleep(10);
  await sleep(50);
  expect((await collection.find().toArray()).map((doc) => doc._id)).toEqual([2, 3, 5]);
  await client.close();
  await own.close();
});
