import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Collection } from 'mongoose';
import { type Relay } from '#libs/messaging';
import { connectDatabase, type Database } from '#libs/persistence';
import { testServers, uniqueName } from '#libs/testing';
import { RootRepository } from '../src/log/root.repository.ts';

interface Root {
  _id: string;
  treeSize: number;
  number?: number;
  place?: number;
}

let database: Database;
let roots: RootRepository;
let stored: Collection<Root>;
beforeAll(async () => {
  database = await connectDatabase({
    url: testServers().mongoUrl,
    prefix: uniqueName('t'),
    service: 'audit',
  });
  roots = new RootRepository(database.connection, {
    add: () => undefined,
    enqueue: () => undefined,
  } as never as Relay);
  stored = database.connection.collection<Root>('roots');
});
afterAll(() => database?.close());
// Such a database has not the index of places yet.
beforeEach(() => stored.drop());

const former = (treeSize: number, place?: number): Root => ({
  _id: `root-${treeSize}`,
  treeSize,
  ...(place !== undefined && { place }),
});

async function placed(): Promise<[number, number | undefined][]> {
  const all = await stored.find({}).sort({ treeSize: 1 }).toArray();
  return all.map(({ treeSize, place }) => [treeSize, place]);
}

test('roots from before there were places stand in the order of their sizes', async () => {
  await stored.insertMany([former(70), former(5), former(31)] as never);
  await roots.prepare();
  expect(await placed()).toEqual([
    [5, 1],
    [31, 2],
    [70, 3],
  ]);
  await roots.prepare();
  expect(await placed()).toEqual([
    [5, 1],
    [31, 2],
    [70, 3],
  ]);
});

test('a crash in the midst of placing them gives no two the same place', async () => {
  await stored.insertMany([former(5, 1), former(31, 2), former(70), former(91)] as never);
  await roots.prepare();
  expect(await placed()).toEqual([
    [5, 1],
    [31, 2],
    [70, 3],
    [91, 4],
  ]);
});

test('numbered roots keep the places that their numbers say', async () => {
  await stored.insertMany([
    former(5),
    former(31, 2),
    { ...former(31, 3), _id: 'numbered', number: 3 },
  ] as never);
  await roots.prepare();
  const all = await stored.find({}).sort({ place: 1 }).toArray();
  expect(all.map(({ _id, place }) => [_id, place])).toEqual([
    ['root-5', 1],
    ['root-31', 2],
    ['numbered', 3],
  ]);
});
