import { expect, test } from '@jest/globals';
import { mongo } from 'mongoose';
import { startDatabase } from '#libs/embedded';
import { afterThisTest, isAlive, temporaryFolder } from './temporary.ts';

async function startedIn(folder: string) {
  const database = await startDatabase({ folder });
  afterThisTest(() => database.stop());
  return database;
}

async function collectionAt(url: string) {
  const client = new mongo.MongoClient(url, { serverSelectionTimeoutMS: 10_000 });
  afterThisTest(() => client.close());
  await client.connect();
  return client.db('embedded_test').collection<{ _id: number; text: string }>('things');
}

const journaled = { writeConcern: { w: 'majority', journal: true } } as const;

test('an acknowledged write outlives a kill -9, and the database comes back on the same address', async () => {
  const database = await startedIn(temporaryFolder());
  const things = await collectionAt(database.url);
  await things.insertOne({ _id: 1, text: 'kvar' }, journaled);
  const before = database.pid;

  await database.kill();
  await database.restart();

  expect(database.pid).not.toBe(before);
  const again = await collectionAt(database.url);
  expect(await again.findOne({ _id: 1 })).toEqual({ _id: 1, text: 'kvar' });
});

test('a stopped database starts again later with the same data', async () => {
  const folder = temporaryFolder();
  const first = await startedIn(folder);
  const { kind } = first;
  await (await collectionAt(first.url)).insertOne({ _id: 1, text: 'kvar' }, journaled);
  const pid = first.pid as number;
  await first.stop();
  expect(isAlive(pid)).toBe(false);

  const second = await startedIn(folder);
  expect(second.kind).toBe(kind);
  expect(await (await collectionAt(second.url)).countDocuments()).toBe(1);
});

test('a data folder keeps to the kind of database that made it', async () => {
  const folder = temporaryFolder();
  const first = await startDatabase({ folder, kind: 'dev-mongo' });
  await first.stop();
  await expect(startDatabase({ folder, kind: 'mongod' })).rejects.toThrow('--reset');
});

test('it says when the stand-in is used instead of MongoDB', async () => {
  const lines: string[] = [];
  const database = await startDatabase({
    folder: temporaryFolder(),
    kind: 'dev-mongo',
    log: (line) => lines.push(line),
  });
  afterThisTest(() => database.stop());
  expect(lines.join('\n')).toContain('libs/dev-mongo');
});

test('an external database is used as it is', async () => {
  const database = await startDatabase({ folder: temporaryFolder(), url: 'mongodb://example.invalid/' });
  expect(database).toMatchObject({ url: 'mongodb://example.invalid/', kind: 'external', own: false });
});
