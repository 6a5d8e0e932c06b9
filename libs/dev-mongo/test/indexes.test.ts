import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { mongo } from 'mongoose';
import { serverError, TestServer } from './support.ts';

let server: TestServer;
let db: mongo.Db;
let names = 0;

beforeAll(async () => {
  server = await TestServer.start();
  db = (await server.client()).db('indexes');
});
afterAll(() => server.stop());

function fresh(): mongo.Collection {
  names += 1;
  return db.collection(`c${names}`);
}

/** [what, index, options, documents that fit together, document that must be refused (or undefined)] */
type UniqueCase = [
  string,
  mongo.IndexSpecification,
  mongo.CreateIndexesOptions,
  mongo.Document[],
  mongo.Document | undefined,
];

describe('unique indexes', () => {
  test.each<UniqueCase>([
    ['equal numbers of two types', { a: 1 }, {}, [{ a: 1 }], { a: 1.0 }],
    ['missing and null', { a: 1 }, {}, [{ a: null }], { b: 1 }],
    ['missing twice', { a: 1 }, {}, [{ b: 1 }], { b: 2 }],
    ['missing twice when sparse', { a: 1 }, { sparse: true }, [{ b: 1 }, { b: 2 }], undefined],
    ['null twice when sparse', { a: 1 }, { sparse: true }, [{ a: null }], { a: null }],
    ['an element and a scalar', { a: 1 }, {}, [{ a: [1, 2] }], { a: 2 }],
    ['the same element twice in one document', { a: 1 }, {}, [{ a: [1, 1] }], undefined],
    ['two empty arrays', { a: 1 }, {}, [{ a: [] }], { a: [] }],
    ['an empty array and null', { a: 1 }, {}, [{ a: [] }, { a: null }], undefined],
    ['an empty array and one within an array', { a: 1 }, {}, [{ a: [] }, { a: [[]] }], { a: [[]] }],
    ['nested in arrays', { 'a.k': 1 }, {}, [{ a: [{ k: 1 }, { k: 2 }] }], { a: [{ k: 2 }] }],
    [
      'pairs within one array',
      { 'a.k': 1, 'a.n': 1 },
      {},
      [
        {
          a: [
            { k: 1, n: 1 },
            { k: 2, n: 2 },
          ],
        },
        { a: [{ k: 1, n: 2 }] },
      ],
      { a: [{ k: 2, n: 2 }] },
    ],
    [
      'compound',
      { a: 1, b: -1 },
      {},
      [
        { a: 1, b: 1 },
        { a: 1, b: 2 },
      ],
      { a: 1, b: 2 },
    ],
    [
      'compound that only looks alike',
      { a: 1, b: 1 },
      {},
      [
        { a: 'x', b: 'yz' },
        { a: 'xy', b: 'z' },
      ],
      undefined,
    ],
    [
      'documents with another field order',
      { a: 1 },
      {},
      [{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }],
      undefined,
    ],
    [
      'outside a partial filter',
      { a: 1 },
      { partialFilterExpression: { live: true } },
      [
        { a: 1, live: false },
        { a: 1, live: false },
        { a: 1, live: true },
      ],
      { a: 1, live: true },
    ],
    [
      'alike by collation',
      { a: 1 },
      { collation: { locale: 'sv', strength: 2 } },
      [{ a: 'Åre' }, { a: 'Are' }],
      { a: 'ÅRE' },
    ],
    ['date and number of the same value', { a: 1 }, {}, [{ a: new Date(5) }, { a: 5 }], undefined],
  ])('%s', async (_name, key, options, fitting, refused) => {
    const collection = fresh();
    await collection.createIndex(key, { unique: true, ...options });
    await collection.insertMany(fitting);
    expect(await collection.countDocuments()).toBe(fitting.length);
    const outcome = refused ? await serverError(collection.insertOne(refused)) : undefined;
    const { code, keyPattern } = outcome ?? ({} as Partial<mongo.MongoServerError>);
    expect({ code, keyPattern }).toEqual(refused ? { code: 11000, keyPattern: key } : {});
    expect(Object.keys(outcome?.keyValue ?? key)).toEqual(Object.keys(key));
    expect(await collection.countDocuments()).toBe(fitting.length);
  });

  test('an update into a taken key changes nothing', async () => {
    const collection = fresh();
    await collection.createIndex({ a: 1 }, { unique: true });
    await collection.createIndex({ b: 1 });
    await collection.insertMany([
      { _id: 1, a: 1, b: 1 },
      { _id: 2, a: 2, b: 2 },
    ] as never[]);
    const error = await serverError(collection.updateOne({ a: 2 }, { $set: { a: 1, b: 9 } }));
    expect(error).toMatchObject({ code: 11000, keyValue: { a: 1 } });
    expect(error.message).toContain('E11000 duplicate key error collection: indexes.');
    expect(await collection.find({ b: 9 }).toArray()).toEqual([]);
    expect(await collection.find({ b: 2 }).toArray()).toEqual([{ _id: 2, a: 2, b: 2 }]);
  });

  test('a key is free again after update and delete', async () => {
    const collection = fresh();
    await collection.createIndex({ a: 1 }, { unique: true });
    await collection.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
    ] as never[]);
    await collection.updateOne({ _id: 1 } as never, { $set: { a: 3 } });
    await collection.deleteOne({ _id: 2 } as never);
    await collection.insertMany([{ a: 1 }, { a: 2 }]);
    expect(await collection.countDocuments()).toBe(3);
  });

  test('building one over duplicates fails and leaves no index', async () => {
    const collection = fresh();
    await collection.insertMany([{ a: 1 }, { a: 1 }]);
    const error = await serverError(
      db.command({
        createIndexes: collection.collectionName,
        indexes: [
          { name: 'first', key: { b: 1 } },
          { name: 'second', key: { a: 1 }, unique: true },
        ],
      }),
    );
    expect(error).toMatchObject({ code: 11000, keyPattern: { a: 1 }, keyValue: { a: 1 } });
    expect(await collection.indexes()).toHaveLength(1);
  });

  test('two arrays in one compound index are refused', async () => {
    const collection = fresh();
    await collection.createIndex({ a: 1, b: 1 });
    expect((await serverError(collection.insertOne({ a: [1], b: [2] }))).code).toBe(171);
    expect(await collection.countDocuments()).toBe(0);
  });
});

describe('managing indexes', () => {
  test('creating again says so; conflicts have their codes', async () => {
    const collection = fresh();
    const name = collection.collectionName;
    const create = (spec: mongo.Document) => db.command({ createIndexes: name, indexes: [spec] });
    expect(await create({ name: 'a_1', key: { a: 1 } })).toMatchObject({
      numIndexesBefore: 1,
      numIndexesAfter: 2,
      createdCollectionAutomatically: true,
    });
    expect(await create({ name: 'a_1', key: { a: 1 }, background: true })).toMatchObject({
      note: 'all indexes already exist',
    });
    expect((await serverError(create({ name: 'other', key: { a: 1 } }))).code).toBe(85);
    expect((await serverError(create({ name: 'a_1', key: { b: 1 } }))).code).toBe(86);
    expect((await serverError(create({ name: 'a_1', key: { a: 1 }, unique: true }))).code).toBe(86);
    await create({ name: 'a_1_unique', key: { a: 1 }, unique: true });
    expect(await create({ name: '_id_', key: { _id: 1 } })).toMatchObject({ numIndexesAfter: 3 });
  });

  test('dropping by name, by key and all; the one of _id stays', async () => {
    const collection = fresh();
    await collection.createIndexes([
      { key: { a: 1 } },
      { key: { b: -1 } },
      { key: { c: 1 } },
      { key: { d: 1 } },
    ]);
    await collection.dropIndex('a_1');
    await db.command({ dropIndexes: collection.collectionName, index: { b: -1 } });
    expect((await serverError(collection.dropIndex('zzz'))).code).toBe(27);
    expect((await serverError(collection.dropIndex('_id_'))).code).toBe(72);
    expect((await collection.indexes()).map((index) => index.name)).toEqual(['_id_', 'c_1', 'd_1']);
    await collection.dropIndexes();
    expect((await collection.indexes()).map((index) => index.name)).toEqual(['_id_']);
    expect((await serverError(fresh().indexes())).code).toBe(26);
  });

  test('an unknown hint is refused, a known one is used', async () => {
    const collection = fresh();
    await collection.insertMany([
      { a: 1, b: 1 },
      { a: 2, b: 1 },
    ]);
    await collection.createIndex({ b: 1 });
    expect((await serverError(collection.find({ a: 1 }, { hint: 'zzz' }).toArray())).code).toBe(2);
    expect(await collection.find({ a: 1 }, { hint: { b: 1 } }).toArray()).toHaveLength(1);
    const plan = await collection.find({ b: 1 }, { hint: 'b_1' }).explain();
    expect(plan.queryPlanner.winningPlan.inputStage.indexName).toBe('b_1');
  });

  test('a hidden index is kept up to date but not used', async () => {
    const collection = fresh();
    await collection.createIndex({ a: 1 }, { unique: true, hidden: true });
    await collection.insertOne({ a: 1 });
    expect((await serverError(collection.insertOne({ a: 1 }))).code).toBe(11000);
    const plan = await collection.find({ a: 1 }).explain();
    expect(plan.queryPlanner.winningPlan.stage).toBe('COLLSCAN');
    await db.command({ collMod: collection.collectionName, index: { name: 'a_1', hidden: false } });
    const after = await collection.find({ a: 1 }).explain();
    expect(after.queryPlanner.winningPlan.stage).toBe('FETCH');
  });
});
