import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mongo } from 'mongoose';
import { startDevMongo } from '../src/index.ts';
import { runServer, serverError, TestServer } from './support.ts';

let server: TestServer;
let db: mongo.Db;

beforeAll(async () => {
  server = await TestServer.start();
  db = (await server.client()).db('refusals');
  await db.collection('a').insertOne({ a: 1 });
});
afterAll(() => server.stop());

describe('the program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dev-mongo-refusals-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    [
      'NODE_ENV=production',
      ['--port', '0', '--data', folder],
      { NODE_ENV: 'production' },
      /refuses NODE_ENV=production/,
    ],
    [
      'every interface',
      ['--port', '0', '--data', folder, '--host', '0.0.0.0'],
      {},
      /refuses the address 0\.0\.0\.0/,
    ],
    [
      'a name on the network',
      ['--port', '0', '--data', folder, '--host', 'db.example'],
      {},
      /refuses the address db/,
    ],
    ['no port', ['--data', folder], {}, /--port must be/],
    ['no folder', ['--port', '0'], {}, /--data must name/],
    ['an option it does not know', ['--port', '0', '--data', folder, '--replicas', '3'], {}, /--replicas/],
  ])('refuses %s with one line', async (_name, args, env, expected) => {
    const child = runServer(args, env);
    const [code] = (await once(child.process, 'close')) as [number];
    expect(code).toBe(1);
    expect(child.output()).toMatch(expected);
    expect(child.output().trim().split('\n')).toHaveLength(1);
  });

  test('refuses a taken port', async () => {
    const child = runServer(['--port', String(server.port), '--data', folder]);
    const [code] = (await once(child.process, 'close')) as [number];
    expect(code).toBe(1);
    expect(child.output()).toContain('EADDRINUSE');
  });

  test('refuses a folder that another server uses', async () => {
    const child = runServer(['--port', '0', '--data', join(server.folder, 'data')]);
    const [code] = (await once(child.process, 'close')) as [number];
    expect(code).toBe(1);
    expect(child.output()).toContain('in use by another process');
  });

  test('ends with code 0 on SIGTERM', async () => {
    const other = await TestServer.start();
    expect(await other.end()).toBe(0);
    await other.stop();
  });
});

test('the library refuses an address that is not loopback', async () => {
  await expect(startDevMongo({ dataDir: '/dev/null', host: '0.0.0.0' })).rejects.toThrow(/loopback/);
});

// Each is something MongoDB knows and dev-mongo does not, or something neither knows: the answer has
// to be an error that names it.
test.each<[string, mongo.Document, number, RegExp]>([
  ['a command nobody knows', { frobnicate: 1 }, 59, /no such command: 'frobnicate'/],
  ['mapReduce', { mapReduce: 'a', map: 'x', reduce: 'y', out: { inline: 1 } }, 59, /mapReduce/],
  ['an unknown field of find', { find: 'a', sorted: { a: 1 } }, 40415, /find\.sorted/],
  ['a tailable cursor', { find: 'a', tailable: true }, 238, /tailable/],
  ['awaitData', { find: 'a', tailable: false, awaitData: true }, 238, /awaitData/],
  ['max', { find: 'a', max: { a: 1 } }, 238, /'max'/],
  ['returnKey', { find: 'a', returnKey: true }, 238, /returnKey/],
  ['an unknown query operator', { find: 'a', filter: { a: { $nearly: 1 } } }, 2, /\$nearly/],
  ['a query near a place', { find: 'a', filter: { a: { $near: [1, 2] } } }, 238, /\$near/],
  ['$where', { find: 'a', filter: { $where: 'true' } }, 238, /\$where/],
  ['a limit that is no number', { find: 'a', limit: 'all' }, 14, /find\.limit/],
  ['a negative skip', { find: 'a', skip: -1 }, 51024, /find\.skip/],
  ['an unknown field of insert', { insert: 'a', documents: [{}], safe: true }, 40415, /insert\.safe/],
  [
    'an unknown field of an update',
    { update: 'a', updates: [{ q: {}, u: { $set: { b: 1 } }, multy: true }] },
    40415,
    /multy/,
  ],
  [
    'constants of an update',
    { update: 'a', updates: [{ q: {}, u: [{ $set: { b: 1 } }], c: { x: 1 } }] },
    238,
    /'c'/,
  ],
  [
    'an unknown field of a delete',
    { delete: 'a', deletes: [{ q: {}, limit: 1, justOne: true }] },
    40415,
    /justOne/,
  ],
  [
    'an unknown field of findAndModify',
    { findAndModify: 'a', query: {}, update: { $set: { b: 1 } }, returnNew: true },
    40415,
    /returnNew/,
  ],
  [
    'findAndModify with remove and update',
    { findAndModify: 'a', remove: true, update: { $set: { a: 1 } } },
    9,
    /remove/,
  ],
  [
    'an unknown field of aggregate',
    { aggregate: 'a', pipeline: [], cursor: {}, batch: 1 },
    40415,
    /aggregate\.batch/,
  ],
  ['aggregate on a database', { aggregate: 1, pipeline: [], cursor: {} }, 238, /whole database/],
  ['a capped collection', { create: 'b', capped: true, size: 1000 }, 238, /capped/],
  ['a time series', { create: 'b', timeseries: { timeField: 't' } }, 238, /timeseries/],
  ['a view', { create: 'b', viewOn: 'a', pipeline: [] }, 238, /viewOn/],
  [
    'pre-images',
    { create: 'b', changeStreamPreAndPostImages: { enabled: true } },
    238,
    /changeStreamPreAndPostImages/,
  ],
  ['an unknown field of create', { create: 'b', shards: 3 }, 40415, /create\.shards/],
  [
    'a warning instead of an error',
    { create: 'b', validator: { a: 1 }, validationAction: 'warn' },
    238,
    /validationAction/,
  ],
  ['a collection of the system', { create: 'system.users' }, 73, /system/],
  ['a collection name with $', { insert: 'a$b', documents: [{}] }, 73, /a\$b/],
  ['readConcern snapshot', { find: 'a', readConcern: { level: 'snapshot' } }, 238, /snapshot/],
  [
    'more members than there are',
    { insert: 'a', documents: [{}], writeConcern: { w: 3 } },
    100,
    /data-bearing/,
  ],
  ['a tagged write concern', { insert: 'a', documents: [{}], writeConcern: { w: 'backup' } }, 79, /backup/],
  [
    'an unknown field of a write concern',
    { insert: 'a', documents: [{}], writeConcern: { fast: 1 } },
    40415,
    /fast/,
  ],
  ['a write concern on a read', { find: 'a', writeConcern: { w: 1 } }, 40415, /writeConcern/],
  ['collMod of something else', { collMod: 'a', cappedSize: 1 }, 40415, /cappedSize/],
  ['collMod of nothing', { collMod: 'a', index: { name: '_id_' } }, 72, /hidden/],
  ['an unknown field inside explain', { explain: { find: 'a', sorted: { a: 1 } } }, 40415, /find\.sorted/],
  ['explaining what has no plan', { explain: { insert: 'a', documents: [] } }, 59, /insert/],
  ['no documents', { insert: 'a', documents: [] }, 16, /batch sizes/],
])('%s is refused by name', async (_name, command, code, message) => {
  const error = await serverError(db.command(command));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
});

test.each<[string, mongo.Document, number, RegExp]>([
  ['text', { key: { a: 'text' } }, 238, /'text'/],
  ['2dsphere', { key: { a: '2dsphere' } }, 238, /'2dsphere'/],
  ['hashed', { key: { a: 'hashed' } }, 238, /'hashed'/],
  ['wildcard', { key: { '$**': 1 } }, 238, /wildcard/],
  ['wildcard below a field', { key: { 'a.$**': 1 } }, 238, /wildcard/],
  ['array position', { key: { 'a.0': 1 } }, 238, /array position/],
  ['zero direction', { key: { a: 0 } }, 67, /cannot be 0/],
  ['empty key', { key: {} }, 67, /empty/],
  ['an option nobody knows', { key: { a: 1 }, dropDups: true }, 197, /dropDups/],
  ['weights', { key: { a: 1 }, weights: { a: 1 } }, 238, /weights/],
  [
    'sparse and partial at once',
    { key: { a: 1 }, sparse: true, partialFilterExpression: { a: 1 } },
    67,
    /cannot mix/,
  ],
  ['$ne in a partial filter', { key: { a: 1 }, partialFilterExpression: { a: { $ne: 1 } } }, 67, /\$ne/],
  ['a compound expiry', { key: { a: 1, b: 1 }, expireAfterSeconds: 1 }, 67, /single-field/],
  ['an expiry that is no number', { key: { a: 1 }, expireAfterSeconds: 'soon' }, 67, /numeric/],
])('an index with %s is refused by name', async (_name, spec, code, message) => {
  const error = await serverError(db.command({ createIndexes: 'a', indexes: [{ name: 'x', ...spec }] }));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
  expect(await db.collection('a').indexes()).toHaveLength(1);
});

test('transactions are refused, and nothing of them happens', async () => {
  const client = await server.client();
  const session = client.startSession();
  const error = await serverError(
    session.withTransaction(() => client.db('refusals').collection('t').insertOne({ a: 1 }, { session })),
  );
  expect(error.message).toContain('transactions');
  await session.endSession();
  expect(await db.collection('t').countDocuments()).toBe(0);
});

test('change streams are refused', async () => {
  const stream = db.collection('a').watch();
  const error = await serverError(stream.next());
  expect(error.message).toContain('$changeStream');
  await stream.close();
});

test('a password is refused, since there are no users', async () => {
  const url = server.url.replace('mongodb://', 'mongodb://someone:secret@');
  const client = new mongo.MongoClient(url, { serverSelectionTimeoutMS: 2_000 });
  await expect(client.connect()).rejects.toThrow(/saslStart|no such command/);
  await client.close();
});
