import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { mongo } from 'mongoose';
import { TestServer } from './support.ts';

let server: TestServer;
let client: mongo.MongoClient;
let db: mongo.Db;

beforeAll(async () => {
  server = await TestServer.start();
  client = await server.client({ minPoolSize: 32, maxPoolSize: 32 });
  db = client.db('concurrency');
});
afterAll(() => server.stop());

/** Runs `count` operations, 32 at a time. */
async function inParallel<T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < count; index = next++) results[index] = await run(index);
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  return results;
}

const isDuplicate = (error: unknown) => (error as mongo.MongoServerError).code === 11000;

test('10,000 increments over 32 connections are all there', async () => {
  const counters = db.collection<{ _id: string; n: number }>('counters');
  await counters.insertOne({ _id: 'one', n: 0 });
  await inParallel(10_000, () => counters.updateOne({ _id: 'one' }, { $inc: { n: 1 } }));
  expect(await counters.findOne({ _id: 'one' })).toEqual({ _id: 'one', n: 10_000 });
}, 60_000);

test('1,000 claims have one winner each', async () => {
  const claims = db.collection<{ _id: number; owner: number | null }>('claims');
  await claims.insertMany(Array.from({ length: 1000 }, (_, _id) => ({ _id, owner: null })));
  const wins = await inParallel(4000, (index) =>
    claims.findOneAndUpdate(
      { _id: index % 1000, owner: null },
      { $set: { owner: index } },
      { returnDocument: 'after' },
    ),
  );
  const winners = wins.filter((won) => won !== null);
  expect(winners).toHaveLength(1000);
  expect(new Set(winners.map((won) => won._id)).size).toBe(1000);
  const owners = new Map((await claims.find().toArray()).map((claim) => [claim._id, claim.owner]));
  expect(winners.every((won) => owners.get(won._id) === won.owner)).toBe(true);
}, 60_000);

test('an envelope of 600 lets exactly 60 of 100 parallel grants of 10 through', async () => {
  const calls = db.collection<{ _id: string; spent: number }>('calls');
  await calls.insertOne({ _id: 'call', spent: 0 });
  const results = await Promise.all(
    Array.from({ length: 100 }, () =>
      calls.updateOne({ _id: 'call', spent: { $lte: 590 } }, { $inc: { spent: 10 } }),
    ),
  );
  expect(results.filter((result) => result.modifiedCount === 1)).toHaveLength(60);
  expect(await calls.findOne({})).toEqual({ _id: 'call', spent: 600 });
});

test('of parallel inserts with one unique key one wins and the others get 11000', async () => {
  const people = db.collection('people');
  await people.createIndex({ email: 1 }, { unique: true });
  const outcomes = await inParallel(3200, async (index) => {
    try {
      await people.insertOne({ email: `p${index % 100}@example.se` });
      return 'inserted';
    } catch (error) {
      return isDuplicate(error) ? 'duplicate' : error;
    }
  });
  expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(100);
  expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(3100);
  expect(await people.countDocuments()).toBe(100);
}, 60_000);

test('parallel upserts of one key make one document and lose no increment', async () => {
  const upserts = db.collection('upserts');
  await upserts.createIndex({ key: 1 }, { unique: true });
  await inParallel(3200, async (index) => {
    const attempt = () => upserts.updateOne({ key: index % 50 }, { $inc: { n: 1 } }, { upsert: true });
    try {
      await attempt();
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      await attempt();
    }
  });
  const found = await upserts.find().toArray();
  expect(found).toHaveLength(50);
  expect(found.every((doc) => doc.n === 64)).toBe(true);
}, 60_000);

test('parallel upserts without a unique index make one document too', async () => {
  const upserts = db.collection('plain_upserts');
  await inParallel(640, (index) =>
    upserts.updateOne({ key: index % 10 }, { $inc: { n: 1 } }, { upsert: true }),
  );
  expect(await upserts.countDocuments()).toBe(10);
});

test('every findOneAndUpdate gives the image of its own change', async () => {
  const sequence = db.collection<{ _id: string; n: number }>('sequence');
  await sequence.insertOne({ _id: 's', n: 0 });
  const after = await inParallel(2000, () =>
    sequence.findOneAndUpdate({ _id: 's' }, { $inc: { n: 1 } }, { returnDocument: 'after' }),
  );
  expect(after.map((doc) => doc!.n).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 2000 }, (_, i) => i + 1),
  );
  const before = await inParallel(2000, () =>
    sequence.findOneAndUpdate({ _id: 's' }, { $inc: { n: 1 } }, { returnDocument: 'before' }),
  );
  expect(before.map((doc) => doc!.n).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 2000 }, (_, i) => i + 2000),
  );
}, 60_000);

test('optimistic revisions: of writers with one revision exactly one gets through', async () => {
  const aggregates = db.collection<{ _id: string; revision: number; events: number[] }>('aggregates');
  await aggregates.insertOne({ _id: 'a', revision: 0, events: [] });
  let conflicts = 0;
  await inParallel(300, async (index) => {
    for (;;) {
      const { revision } = (await aggregates.findOne({ _id: 'a' }))!;
      const { modifiedCount } = await aggregates.updateOne(
        { _id: 'a', revision },
        { $inc: { revision: 1 }, $push: { events: index } },
      );
      if (modifiedCount === 1) return;
      conflicts += 1;
    }
  });
  const { revision, events } = (await aggregates.findOne({ _id: 'a' }))!;
  expect(revision).toBe(300);
  expect(events.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, i) => i));
  expect(conflicts).toBeGreaterThan(0);
}, 60_000);

test('inserts racing create and createIndex neither fail nor slip past the unique index', async () => {
  for (let round = 0; round < 20; round += 1) {
    const name = `race${round}`;
    const collection = db.collection(name);
    const inserted: number[] = [];
    await Promise.all([
      db.createCollection(name),
      collection.createIndex({ key: 1 }, { unique: true }).catch((error: unknown) => {
        if (!isDuplicate(error)) throw error;
      }),
      ...Array.from({ length: 60 }, (_, i) =>
        collection.insertOne({ key: i % 40 }).then(
          () => inserted.push(i % 40),
          (error: unknown) => {
            if (!isDuplicate(error)) throw error;
          },
        ),
      ),
      db.createCollection(name),
    ]);
    const keys = (await collection.find().toArray()).map((doc) => doc.key as number);
    expect(keys.toSorted((a, b) => a - b)).toEqual(inserted.toSorted((a, b) => a - b));
    const unique = (await collection.indexes()).some((index) => index.name === 'key_1');
    // Without the index, its build came after the doubles and was refused.
    expect(unique && new Set(keys).size < keys.length).toBe(false);
    expect(new Set(keys).size).toBe(40);
  }
}, 60_000);
