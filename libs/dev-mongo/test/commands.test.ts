import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mongo } from 'mongoose';
import { RawConnection } from './raw-connection.ts';
import { serverError, TestServer } from './support.ts';

let server: TestServer;
let client: mongo.MongoClient;
let db: mongo.Db;
let made = 0;

beforeAll(async () => {
  server = await TestServer.start();
  client = await server.client();
  db = client.db('commands');
});
afterAll(() => server.stop());

function fresh(): mongo.Collection {
  made += 1;
  return db.collection(`c${made}`);
}

describe('insert', () => {
  test('keeps every BSON type as it was', async () => {
    const collection = fresh();
    const doc = {
      _id: new mongo.ObjectId(),
      double: new mongo.Double(3),
      int: new mongo.Int32(3),
      long: mongo.Long.fromString('9007199254740993'),
      decimal: mongo.Decimal128.fromString('0.10'),
      date: new Date('2026-11-24T12:00:00.123Z'),
      binary: new mongo.Binary(Buffer.from([1, 2, 3]), 5),
      regex: new mongo.BSONRegExp('^a', 'i'),
      nothing: null,
      nested: { list: [1, 'två', { tre: true }], empty: {}, none: [] },
      min: new mongo.MinKey(),
      max: new mongo.MaxKey(),
      stamp: new mongo.Timestamp({ t: 5, i: 6 }),
    };
    await collection.insertOne(doc);
    const found = await collection.findOne({}, { promoteValues: false, bsonRegExp: true });
    expect(mongo.BSON.serialize(found!)).toEqual(mongo.BSON.serialize(doc));
  });

  test('keeps a document that looks like a reference', async () => {
    const collection = fresh();
    await collection.insertOne({ _id: 1, $ref: 'people', $id: 5 } as never);
    await collection.insertOne({ _id: 2, a: new mongo.DBRef('people', 5 as never) } as never);
    const raw = { promoteValues: false, raw: true } as const;
    const found = await collection.find({}, raw).toArray();
    expect(found.map((bytes) => mongo.BSON.EJSON.stringify(mongo.BSON.deserialize(bytes as never)))).toEqual(
      [
        { _id: 1, $ref: 'people', $id: 5 },
        { _id: 2, a: { $ref: 'people', $id: 5 } },
      ].map((doc) => mongo.BSON.EJSON.stringify(mongo.BSON.deserialize(mongo.BSON.serialize(doc)))),
    );
    expect(await collection.countDocuments({ 'a.$id': 5 })).toBe(1);
    expect(await collection.countDocuments({ 'a.oid': 5 })).toBe(0);
  });

  test('makes an _id and puts it first', async () => {
    const collection = fresh();
    await db.command({ insert: collection.collectionName, documents: [{ a: 1 }, { b: 2, _id: 7 }] });
    const found = await collection.find().toArray();
    expect(found.map((doc) => Object.keys(doc))).toEqual([
      ['_id', 'a'],
      ['_id', 'b'],
    ]);
    expect(found[0]!._id).toBeInstanceOf(mongo.ObjectId);
  });

  test('stops at the first error when ordered, and goes on when not', async () => {
    const ordered = fresh();
    const documents = [{ _id: 1 }, { _id: 1 }, { _id: 2 }];
    expect(await db.command({ insert: ordered.collectionName, documents })).toMatchObject({
      n: 1,
      writeErrors: [{ index: 1, code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } }],
    });
    const unordered = fresh();
    expect(await db.command({ insert: unordered.collectionName, documents, ordered: false })).toMatchObject({
      n: 2,
      writeErrors: [{ index: 1, code: 11000 }],
    });
  });

  test.each([
    ['an array', [1], 53],
    ['a regular expression', /a/, 53],
    ['a document with an operator', { $gt: 1 }, 52],
  ])('refuses %s as _id', async (_name, _id, code) => {
    const error = await serverError(fresh().insertOne({ _id } as never));
    expect(error.code).toBe(code);
  });

  test('refuses what is nested more than 200 levels deep, in documents, filters and by update', async () => {
    const collection = fresh();
    const nested = (levels: number) => {
      let doc: mongo.Document = {};
      for (let i = 1; i < levels; i += 1) doc = { a: doc };
      return doc;
    };
    await collection.insertOne(nested(150));
    expect((await serverError(collection.insertOne(nested(5000)))).code).toBe(15);
    expect((await serverError(collection.findOne({ a: nested(5000) }))).code).toBe(15);
    const path = Array.from({ length: 190 }, () => 'b').join('.');
    const set = { $set: { [`${path}.${path}`]: 1 } };
    expect((await serverError(collection.updateOne({}, set))).code).toBe(15);
    expect(await collection.countDocuments()).toBe(1);
  });

  test('refuses a document over 16 MB and stores none of it', async () => {
    const collection = fresh();
    const reply = await db.command({
      insert: collection.collectionName,
      documents: [{ _id: 1, text: 'x'.repeat(16.5 * 1024 * 1024) }],
    });
    expect(reply).toMatchObject({ n: 0, writeErrors: [{ code: 2 }] });
    expect(await collection.countDocuments()).toBe(0);
  });
});

describe('update', () => {
  test('reports what matched, what changed and what was upserted, statement by statement', async () => {
    const collection = fresh();
    await collection.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 1 },
    ] as never[]);
    const reply = await db.command({
      update: collection.collectionName,
      updates: [
        { q: { a: 1 }, u: { $set: { b: 1 } }, multi: true },
        { q: { _id: 1 }, u: { $set: { b: 1 } } },
        { q: { _id: 9 }, u: { $set: { b: 1 } }, upsert: true },
      ],
    });
    expect(reply).toMatchObject({ n: 4, nModified: 2, upserted: [{ index: 2, _id: 9 }] });
  });

  test('an upsert takes over the equalities of the filter and makes an _id first', async () => {
    const collection = fresh();
    const { upsertedId } = await collection.updateOne(
      { kind: 'x', n: { $gt: 3 } },
      { $set: { a: 1 }, $setOnInsert: { b: 2 } },
      { upsert: true },
    );
    const found = await collection.findOne({});
    expect(found).toEqual({ _id: upsertedId, kind: 'x', a: 1, b: 2 });
    expect(Object.keys(found!)[0]).toBe('_id');
  });

  test('an upserted replacement keeps only the _id of the filter', async () => {
    const collection = fresh();
    await collection.replaceOne({ _id: 5, kind: 'x' } as never, { a: 1 }, { upsert: true });
    expect(await collection.findOne({})).toEqual({ _id: 5, a: 1 });
  });

  test('a replacement for many is refused', async () => {
    const collection = fresh();
    await collection.insertOne({ a: 1 });
    const reply = await db.command({
      update: collection.collectionName,
      updates: [{ q: {}, u: { b: 1 }, multi: true }],
    });
    expect(reply).toMatchObject({ writeErrors: [{ code: 9 }] });
  });

  test('_id cannot be changed', async () => {
    const collection = fresh();
    await collection.insertOne({ _id: 1 } as never);
    const error = await serverError(collection.updateOne({}, { $set: { _id: 2 } }));
    expect(error.code).toBe(66);
  });

  test('a document cannot grow over 16 MB', async () => {
    const collection = fresh();
    await collection.insertOne({ _id: 1, text: 'x'.repeat(9 * 1024 * 1024) } as never);
    const error = await serverError(
      collection.updateOne({}, { $set: { more: 'x'.repeat(9 * 1024 * 1024) } }),
    );
    expect(error.code).toBe(10334);
    expect(await collection.countDocuments({ more: { $exists: true } })).toBe(0);
  });

  test('sort chooses the one to update', async () => {
    const collection = fresh();
    await collection.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 3 },
      { _id: 3, a: 2 },
    ] as never[]);
    await collection.updateOne({}, { $set: { hit: true } }, { sort: { a: -1 } });
    expect(await collection.findOne({ hit: true })).toEqual({ _id: 2, a: 3, hit: true });
  });

  test('array filters and the positional operator reach the right element', async () => {
    const collection = fresh();
    await collection.insertOne({
      _id: 1,
      list: [
        { k: 'a', n: 1 },
        { k: 'b', n: 1 },
      ],
    } as never);
    await collection.updateOne({ 'list.k': 'b' }, { $inc: { 'list.$.n': 10 } });
    await collection.updateOne({}, { $inc: { 'list.$[x].n': 100 } }, { arrayFilters: [{ 'x.k': 'a' }] });
    expect(await collection.findOne({})).toEqual({
      _id: 1,
      list: [
        { k: 'a', n: 101 },
        { k: 'b', n: 11 },
      ],
    });
  });

  test('a pipeline computes from the document itself', async () => {
    const collection = fresh();
    await collection.insertOne({ _id: 1, a: 2 } as never);
    await collection.updateOne({}, [{ $set: { b: { $multiply: ['$a', 21] } } }]);
    expect(await collection.findOne({})).toEqual({ _id: 1, a: 2, b: 42 });
  });
});

describe('findOneAndUpdate', () => {
  test('gives the image before or after, sorted and projected', async () => {
    const collection = fresh();
    await collection.insertMany([
      { _id: 1, a: 1, b: 1 },
      { _id: 2, a: 2, b: 1 },
    ] as never[]);
    const options = { sort: { a: -1 as const }, projection: { _id: 1, b: 1 } };
    expect(
      await collection.findOneAndUpdate({}, { $inc: { b: 1 } }, { ...options, returnDocument: 'before' }),
    ).toEqual({
      _id: 2,
      b: 1,
    });
    expect(
      await collection.findOneAndUpdate({}, { $inc: { b: 1 } }, { ...options, returnDocument: 'after' }),
    ).toEqual({
      _id: 2,
      b: 3,
    });
  });

  test('an upsert gives null before and the new document after', async () => {
    const collection = fresh();
    const run = (key: number, returnDocument: 'before' | 'after') =>
      collection.findOneAndUpdate(
        { key },
        { $setOnInsert: { a: 1 } },
        { upsert: true, returnDocument, includeResultMetadata: true },
      );
    const before = await run(1, 'before');
    expect(before).toMatchObject({ value: null, lastErrorObject: { n: 1, updatedExisting: false } });
    const after = await run(2, 'after');
    expect(after.value).toMatchObject({ key: 2, a: 1 });
    expect(after.lastErrorObject!.upserted).toEqual(after.value!._id);
  });

  test('nothing found is null, and findOneAndDelete gives what it took', async () => {
    const collection = fresh();
    await collection.insertOne({ _id: 1, a: 1 } as never);
    expect(await collection.findOneAndUpdate({ a: 2 }, { $set: { b: 1 } })).toBeNull();
    expect(await collection.findOneAndDelete({ a: 1 })).toEqual({ _id: 1, a: 1 });
    expect(await collection.findOneAndReplace({ a: 1 }, { c: 1 })).toBeNull();
  });
});

describe('find and cursors', () => {
  test('batches by 101 and then by what is asked, each document once', async () => {
    const collection = fresh();
    await collection.insertMany(Array.from({ length: 1000 }, (_, i) => ({ _id: i })) as never[]);
    const all = await collection.find().toArray();
    expect(all.map((doc) => doc._id)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    const some = await collection.find().batchSize(7).skip(3).limit(20).toArray();
    expect(some).toHaveLength(20);
    const first = await db.command({ find: collection.collectionName });
    expect(first.cursor.firstBatch).toHaveLength(101);
  });

  test('a cursor shows the moment of its find', async () => {
    const collection = fresh();
    await collection.insertMany(Array.from({ length: 10 }, (_, i) => ({ _id: i, v: 0 })) as never[]);
    const cursor = collection.find().batchSize(2);
    await cursor.next();
    await collection.updateMany({}, { $set: { v: 1 } });
    await collection.deleteMany({ _id: { $gt: 5 } } as never);
    const rest = await cursor.toArray();
    expect(rest).toHaveLength(9);
    expect(rest.every((doc) => doc.v === 0)).toBe(true);
  });

  test('a killed, a finished and a foreign cursor are errors', async () => {
    const collection = fresh();
    const name = collection.collectionName;
    await collection.insertMany(Array.from({ length: 10 }, () => ({})));
    const open = async () =>
      (await db.command({ find: name, batchSize: 2 }, { promoteLongs: false })).cursor.id as mongo.Long;
    const killed = await open();
    expect(
      await db.command({ killCursors: name, cursors: [killed, mongo.Long.fromNumber(5)] }),
    ).toMatchObject({
      cursorsKilled: [expect.anything()],
      cursorsNotFound: [expect.anything()],
    });
    expect((await serverError(db.command({ getMore: killed, collection: name }))).code).toBe(43);
    const foreign = await open();
    expect((await serverError(db.command({ getMore: foreign, collection: 'other' }))).code).toBe(13);
    await db.command({ getMore: foreign, collection: name });
    expect((await serverError(db.command({ getMore: foreign, collection: name }))).code).toBe(43);
  });

  test('a batch stays below 16 MB and always holds a document', async () => {
    const collection = fresh();
    const text = 'x'.repeat(6 * 1024 * 1024);
    for (let i = 0; i < 5; i += 1) await collection.insertOne({ _id: i, text } as never);
    const first = await db.command({ find: collection.collectionName });
    expect(first.cursor.firstBatch).toHaveLength(2);
    expect(await collection.find().toArray()).toHaveLength(5);
  });

  test('natural order can be turned', async () => {
    const collection = fresh();
    await collection.insertMany([{ _id: 3 }, { _id: 1 }, { _id: 2 }] as never[]);
    const ids = (docs: mongo.Document[]) => docs.map((doc) => doc._id);
    expect(ids(await collection.find().toArray())).toEqual([3, 1, 2]);
    expect(ids(await collection.find().sort({ $natural: -1 }).toArray())).toEqual([2, 1, 3]);
  });

  test('a missing collection is empty', async () => {
    const collection = fresh();
    expect(await collection.find().toArray()).toEqual([]);
    expect(await collection.countDocuments()).toBe(0);
    expect(await collection.distinct('a')).toEqual([]);
    expect((await collection.deleteMany({})).deletedCount).toBe(0);
  });

  test('let gives variables to $expr', async () => {
    const collection = fresh();
    await collection.insertMany([
      { _id: 1, a: 5 },
      { _id: 2, a: 6 },
    ] as never[]);
    const found = await collection
      .find({ $expr: { $eq: ['$a', '$$wanted'] } }, { let: { wanted: { $add: [2, 4] } } })
      .toArray();
    expect(found).toEqual([{ _id: 2, a: 6 }]);
  });

  test('let gives variables to pipelines', async () => {
    const collection = fresh();
    await collection.insertOne({ _id: 1, a: 5 } as never);
    const set = [{ $set: { b: '$$more' } }];
    expect(await collection.aggregate(set, { let: { more: 7 } }).toArray()).toEqual([{ _id: 1, a: 5, b: 7 }]);
    await collection.updateOne({ _id: 1 } as never, set, { let: { more: 8 } });
    expect(await collection.findOne()).toEqual({ _id: 1, a: 5, b: 8 });
  });
});

describe('count, distinct, aggregate, explain', () => {
  test('count and distinct open arrays one level', async () => {
    const collection = fresh();
    await collection.insertMany([{ t: ['a', 'b'] }, { t: 'b' }, { t: ['c', ['d']] }, { x: 1 }]);
    expect(await collection.countDocuments({ t: 'b' })).toBe(2);
    expect(await collection.estimatedDocumentCount()).toBe(4);
    expect(await collection.distinct('t')).toEqual(['a', 'b', 'c', ['d']]);
    expect(
      await db.command({ count: collection.collectionName, query: {}, skip: 1, limit: 2 }),
    ).toMatchObject({ n: 2 });
  });

  test('aggregate groups, joins and pages', async () => {
    const left = fresh();
    const right = fresh();
    await left.insertMany(Array.from({ length: 300 }, (_, i) => ({ _id: i, k: i % 3 })) as never[]);
    await right.insertMany([
      { _id: 0, name: 'noll' },
      { _id: 1, name: 'ett' },
    ] as never[]);
    const joined = await left
      .aggregate([
        { $match: { _id: { $lt: 3 } } },
        { $lookup: { from: right.collectionName, localField: 'k', foreignField: '_id', as: 'r' } },
        { $project: { name: { $arrayElemAt: ['$r.name', 0] } } },
      ])
      .toArray();
    expect(joined).toEqual([{ _id: 0, name: 'noll' }, { _id: 1, name: 'ett' }, { _id: 2 }]);
    const grouped = await left
      .aggregate([{ $group: { _id: '$k', n: { $sum: 1 } } }, { $sort: { _id: 1 } }])
      .toArray();
    expect(grouped).toEqual([
      { _id: 0, n: 100 },
      { _id: 1, n: 100 },
      { _id: 2, n: 100 },
    ]);
    expect(await left.aggregate([{ $match: {} }], { batchSize: 10 }).toArray()).toHaveLength(300);
  });

  test('explain tells which index is used and how much was looked at, and writes nothing', async () => {
    const collection = fresh();
    await collection.insertMany(Array.from({ length: 100 }, (_, i) => ({ _id: i, a: i % 10 })) as never[]);
    await collection.createIndex({ a: 1 });
    const indexed = await collection.find({ a: 4 }).explain();
    expect(indexed.queryPlanner.winningPlan.inputStage).toMatchObject({ stage: 'IXSCAN', indexName: 'a_1' });
    expect(indexed.executionStats).toMatchObject({ nReturned: 10, totalDocsExamined: 10 });
    const scan = await collection.find({ b: 4 }).explain();
    expect(scan.queryPlanner.winningPlan.stage).toBe('COLLSCAN');
    expect(scan.executionStats).toMatchObject({ nReturned: 0, totalDocsExamined: 100 });
    await db.command({
      explain: { delete: collection.collectionName, deletes: [{ q: { a: 4 }, limit: 0 }] },
      verbosity: 'executionStats',
    });
    expect(await collection.countDocuments()).toBe(100);
  });

  test('a count that an index answers looks at no document', async () => {
    const collection = fresh();
    await collection.insertMany(
      Array.from({ length: 3000 }, (_, i) => ({ a: i % 3, b: i % 5, c: i })) as never[],
    );
    await collection.createIndex({ a: 1, b: -1, c: 1 });
    const name = collection.collectionName;
    const explained = async (query: mongo.Document) => {
      const { queryPlanner, executionStats } = await db.command({ explain: { count: name, query } });
      return [queryPlanner.winningPlan.stage, executionStats.nReturned, executionStats.totalDocsExamined];
    };
    expect(await explained({ a: 1 })).toEqual(['COUNT', 1000, 0]);
    expect(await explained({ b: { $in: [1, 2, 1] }, $and: [{ a: 1 }, {}] })).toEqual(['COUNT', 400, 0]);
    expect(await explained({})).toEqual(['RECORD_STORE_FAST_COUNT', 3000, 0]);
    expect(await explained({ a: 1, b: { $gt: 3 } })).toEqual(['FETCH', 200, 400]);
    expect(await explained({ b: 1 })).toEqual(['COLLSCAN', 600, 3000]);
    const pipeline = [{ $match: { a: 1 } }, { $group: { _id: 1, n: { $sum: 1 } } }];
    const { executionStats } = await collection.aggregate(pipeline).explain();
    expect(executionStats).toMatchObject({ nReturned: 1000, totalDocsExamined: 0 });
    expect(await collection.aggregate(pipeline).toArray()).toEqual([{ _id: 1, n: 1000 }]);
    expect(await collection.countDocuments({ a: 7 })).toBe(0);
    expect(await db.command({ count: name, query: { a: 1 }, skip: 990, limit: 20 })).toMatchObject({ n: 10 });
    expect((await serverError(db.command({ count: name, query: { a: { $in: [{ $x: 1 }] } } }))).code).toBe(2);
    await collection.updateOne({ a: 1 }, { $set: { a: [1, 2] } });
    expect(await explained({ a: 2 })).toEqual(['FETCH', 1001, 1001]);
  });
});

describe('collections and databases', () => {
  test('create is repeatable with the same options and an error with others', async () => {
    const { collectionName } = fresh();
    await db.createCollection(collectionName);
    await db.createCollection(collectionName);
    const error = await serverError(db.createCollection(collectionName, { collation: { locale: 'sv' } }));
    expect(error.code).toBe(48);
  });

  test('a validator refuses by code 121, unless bypassed', async () => {
    const { collectionName } = fresh();
    const collection = await db.createCollection(collectionName, { validator: { a: { $gt: 0 } } });
    expect((await serverError(collection.insertOne({ a: 0 }))).code).toBe(121);
    await collection.insertOne({ a: 1 });
    expect((await serverError(collection.updateOne({}, { $set: { a: -1 } }))).code).toBe(121);
    await collection.insertOne({ a: 0 }, { bypassDocumentValidation: true });
    expect(await collection.countDocuments()).toBe(2);
    await db.command({ collMod: collectionName, validator: {} });
    await collection.insertOne({ a: -5 });
  });

  test('a default collation holds for queries, indexes and _id', async () => {
    const { collectionName } = fresh();
    const collection = await db.createCollection(collectionName, {
      collation: { locale: 'sv', strength: 2 },
    });
    await collection.insertOne({ _id: 'Åsa', name: 'Åsa' } as never);
    expect(await collection.countDocuments({ name: 'åsa' })).toBe(1);
    expect((await serverError(collection.insertOne({ _id: 'ÅSA' } as never))).code).toBe(11000);
    const names = ['örn', 'zebra', 'ål', 'ärta'];
    await collection.insertMany(names.map((name) => ({ name })));
    expect(
      (
        await collection
          .find({ name: { $ne: 'Åsa' } })
          .sort({ name: 1 })
          .toArray()
      ).map((d) => d.name),
    ).toEqual(['zebra', 'ål', 'ärta', 'örn']);
  });

  test('lists, drops and forgets', async () => {
    const other = client.db('commands_other');
    await other.collection('x').insertOne({ a: 1 });
    await other.createCollection('y');
    expect((await other.listCollections({}, { nameOnly: true }).toArray()).map((one) => one.name)).toEqual([
      'x',
      'y',
    ]);
    expect(await other.listCollections({ name: 'y' }).toArray()).toHaveLength(1);
    const databases = await client.db().admin().listDatabases({ nameOnly: true });
    expect(databases.databases.map((one) => one.name)).toContain('commands_other');
    expect(await other.collection('y').drop()).toBe(true);
    await other.collection('nothing').drop();
    await other.dropDatabase();
    expect(await other.listCollections().toArray()).toEqual([]);
    expect((await client.db().admin().listDatabases()).databases.map((one) => one.name)).not.toContain(
      'commands_other',
    );
  });

  test('a dropped and remade collection starts without the old documents and indexes', async () => {
    const collection = fresh();
    await collection.createIndex({ a: 1 }, { unique: true });
    await collection.insertOne({ a: 1 });
    await collection.drop();
    await collection.insertMany([{ a: 1 }, { a: 1 }]);
    expect(await collection.countDocuments()).toBe(2);
    expect(await collection.indexes()).toHaveLength(1);
  });
});

describe('what drivers and tools ask the server', () => {
  test.each([
    [{ ping: 1 }, {}],
    [{ hello: 1 }, { isWritablePrimary: true, setName: 'dev-mongo' }],
    [{ buildInfo: 1 }, { version: '8.0.0', gitVersion: 'dev-mongo' }],
    [{ serverStatus: 1 }, { process: 'dev-mongo' }],
    [
      { getParameter: 1, featureCompatibilityVersion: 1 },
      { featureCompatibilityVersion: { version: '8.0' } },
    ],
    [{ connectionStatus: 1 }, { authInfo: { authenticatedUsers: [] } }],
    [{ killSessions: [] }, {}],
    [{ refreshSessions: [] }, {}],
    [{ dbStats: 1 }, { db: 'admin' }],
    [{ collStats: 'nothing' }, { count: 0 }],
  ])('%j is answered', async (command, expected) => {
    expect(await client.db('admin').command(command)).toMatchObject({ ok: 1, ...expected });
  });
});

describe('retryable writes', () => {
  test('the same transaction number does its write once and gives the same reply', async () => {
    const collection = fresh();
    await collection.insertOne({ _id: 1, n: 0 } as never);
    const raw = await RawConnection.open(server.port);
    const lsid = { id: new mongo.UUID() };
    const increment = (txnNumber: number) =>
      raw.command({
        findAndModify: collection.collectionName,
        query: { _id: 1 },
        update: { $inc: { n: 1 } },
        new: true,
        lsid,
        txnNumber: mongo.Long.fromNumber(txnNumber),
        $db: 'commands',
      });
    const first = await increment(1);
    expect(first).toMatchObject({ ok: 1, value: { n: 1 } });
    expect(await increment(1)).toEqual(first);
    expect(await collection.findOne({})).toEqual({ _id: 1, n: 1 });
    await increment(2);
    expect(await increment(1)).toMatchObject({ ok: 0, code: 225 });
    expect(await collection.findOne({})).toEqual({ _id: 1, n: 2 });
    raw.close();
  });

  test('multi statements are refused in a retryable write', async () => {
    const raw = await RawConnection.open(server.port);
    const reply = await raw.command({
      update: fresh().collectionName,
      updates: [{ q: {}, u: { $set: { a: 1 } }, multi: true }],
      lsid: { id: new mongo.UUID() },
      txnNumber: mongo.Long.fromNumber(1),
      $db: 'commands',
    });
    expect(reply).toMatchObject({ ok: 0, code: 72 });
    raw.close();
  });
});

describe('client.bulkWrite', () => {
  test('writes to several collections and counts', async () => {
    const [a, b] = [fresh(), fresh()];
    const result = await client.bulkWrite(
      [
        { name: 'insertOne', namespace: a.namespace, document: { _id: 1, n: 1 } as never },
        {
          name: 'updateOne',
          namespace: b.namespace,
          filter: { k: 1 },
          update: { $set: { v: 1 } },
          upsert: true,
        },
        { name: 'updateMany', namespace: a.namespace, filter: {}, update: { $inc: { n: 1 } } },
        { name: 'deleteOne', namespace: b.namespace, filter: { k: 2 } },
      ],
      { verboseResults: true },
    );
    expect(result).toMatchObject({ insertedCount: 1, upsertedCount: 1, modifiedCount: 1, deletedCount: 0 });
    expect(await a.findOne({})).toEqual({ _id: 1, n: 2 });
    expect(await b.findOne({})).toMatchObject({ k: 1, v: 1 });
  });

  test('an error ends an ordered bulk and leaves the rest undone', async () => {
    const a = fresh();
    const outcome = await client
      .bulkWrite([
        { name: 'insertOne', namespace: a.namespace, document: { _id: 1 } as never },
        { name: 'insertOne', namespace: a.namespace, document: { _id: 1 } as never },
        { name: 'insertOne', namespace: a.namespace, document: { _id: 2 } as never },
      ])
      .catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(mongo.MongoClientBulkWriteError);
    expect(await a.countDocuments()).toBe(1);
  });
});
