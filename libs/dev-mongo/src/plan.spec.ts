import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deserialize, Double, Int32, serialize } from 'bson';
import { Catalog } from './catalog.ts';
import type { Collection } from './collection.ts';
import { applyUpdate, parseCollation } from './engine/index.ts';
import type { Document } from './engine/index.ts';
import { countInIndex } from './index-count.ts';
import { parseIndexSpec } from './index/index-spec.ts';
import { runQuery } from './query.ts';
import { Storage } from './storage.ts';

// An index may only make a query faster. Every filter here is answered with the index and by looking at
// every document, and both answers have to be the same, order included.
const folder = mkdtempSync(join(tmpdir(), 'dev-mongo-plan-'));
let storage: Storage;
let catalog: Catalog;
let names = 0;

beforeAll(() => {
  storage = new Storage(folder, (error) => {
    throw error;
  });
  catalog = new Catalog(storage);
});
afterAll(() => {
  storage.close();
  rmSync(folder, { recursive: true });
});

// As a client would send it: every number gets its BSON type.
function typed(doc: Document): Document {
  return deserialize(serialize(doc), { promoteValues: false, bsonRegExp: true });
}

const missing = Symbol('missing');
const values: unknown[] = [
  missing,
  null,
  1,
  2,
  10,
  NaN,
  'a',
  'Å',
  'å',
  true,
  new Date(5),
  [],
  [1, 10],
  [null],
  [[1, 2]],
  { x: 1 },
  { x: [1, 2] },
  [{ x: 1 }, { x: 5 }],
  [{ y: 1 }],
];

const documents = values.flatMap((a, i) =>
  [1, 2, 3].map((b) => ({ _id: i * 3 + b, ...(a === missing ? {} : { a }), b: (i + b) % 4 })),
);

const operands = values.filter((value) => value !== missing);
const conditions: unknown[] = [
  { $exists: false },
  { $exists: true },
  { $type: 'number' },
  { $regex: '^a' },
  { $elemMatch: { x: { $gt: 1 } } },
  ...operands.flatMap((value, i) => [
    value,
    i % 2 === 0 ? { $gt: value } : { $gte: value },
    i % 2 === 0 ? { $lte: value } : { $lt: value },
    { $in: [value, 2, 'b'] },
    { $ne: value },
  ]),
];
const filters = conditions.flatMap((condition): Document[] => [
  { a: condition },
  { 'a.x': condition },
  { a: condition, b: 2 },
  { 'a.x': condition, b: { $gte: 2 } },
  { 'a.x': condition, a: { $exists: true } },
  { $and: [{ a: { $lt: 8 } }, { a: condition }], b: { $in: [1, 2] } },
  { $or: [{ a: condition }, { b: 3 }] },
]);

const keys: Document[] = [{ a: 1 }, { b: 1, a: -1 }, { 'a.x': -1, b: 1 }];
const options: Document[] = [
  {},
  { sparse: true },
  { partialFilterExpression: { a: { $exists: true } } },
  { partialFilterExpression: { b: { $gte: 2 } } },
  { collation: { locale: 'sv', strength: 1 } },
];

function filled(scalarsOnly: boolean): Collection {
  names += 1;
  const collection = catalog.create('plan', `c${names}`, {});
  for (const doc of documents) {
    if (scalarsOnly && Array.isArray((doc as { a?: unknown }).a)) continue;
    if (scalarsOnly && Array.isArray((doc as { a?: { x?: unknown } }).a?.x)) continue;
    collection.insert(typed(doc));
  }
  return collection;
}

// After the ordered list exists, so that it has to be kept up to date.
function change(collection: Collection) {
  const now = new Date();
  for (const stored of [...collection.records.values()]) {
    const id = Number((stored.doc._id as Int32).value);
    if (id % 11 === 0) collection.remove(stored);
    else if (id % 7 === 0) {
      const { doc, changed } = applyUpdate(stored.doc, typed({ $set: { a: 2 } }), { now });
      if (changed) collection.replace(stored, doc);
    }
  }
  collection.insert(typed({ _id: 1001, b: 3 }));
}

const cases = [true, false].flatMap((scalarsOnly) =>
  keys.flatMap((key) => options.map((option) => ({ scalarsOnly, key, option }))),
);

test.each(cases)('index $key $option (without arrays: $scalarsOnly)', ({ scalarsOnly, key, option }) => {
  const collection = filled(scalarsOnly);
  const spec = parseIndexSpec(typed({ name: 'tested', key, ...option }), undefined);
  collection.addIndex(collection.buildIndex(spec));
  collection.indexes
    .get('tested')!
    .ordered(() => collection.partialDocuments([...collection.indexes.values()]));
  change(collection);
  const collation = parseCollation(option.collation && typed(option.collation as Document));
  const sorts = [typed({ _id: 1 }), typed({ ...key, _id: 1 })];
  const differing: Document[] = [];
  let indexed = 0;
  let counts = 0;
  for (const [i, filter] of filters.map(typed).entries()) {
    const sort = sorts[i % 2]!;
    const query = { filter, sort, collation, now: new Date() };
    const ids = (hint?: Document) => {
      const { found, plan } = runQuery(collection, { ...query, hint });
      if (plan!.index?.spec.name === 'tested') indexed += 1;
      return found.map((stored) => String(stored.doc._id));
    };
    const expected = ids({ $natural: 1 });
    const actual = ids();
    if (expected.join() !== actual.join()) differing.push({ filter, sort, expected, actual });
    const counted = countInIndex(collection, filter, collation);
    if (counted) counts += 1;
    if (counted && counted.n !== expected.length) differing.push({ filter, expected, counted: counted.n });
  }
  expect(differing).toEqual([]);
  // Not a test of the scan against itself.
  expect(indexed).toBeGreaterThan(5);
  if (scalarsOnly && Object.keys(option).length === 0 && key['a.x'] === undefined)
    expect(counts).toBeGreaterThan(5);
});

test.each([
  [
    'another collation finds what a partial filter left out',
    [
      { a: 1, kind: 'open' },
      { a: 1, kind: 'OPEN' },
    ],
    { partialFilterExpression: { kind: 'open' } },
    { a: 1, kind: 'open' },
    { locale: 'en', strength: 2 },
  ],
  [
    'a number is found in each of its types',
    [{ a: new Int32(5) }, { a: new Double(5) }],
    { partialFilterExpression: { a: { $type: 'int' } } },
    { a: new Int32(5) },
    undefined,
  ],
  [
    'a field beside a reference',
    [{ a: { $ref: 'people', $id: 1, x: 5 } }, { a: { x: 5 } }],
    { key: { 'a.x': 1 } },
    { 'a.x': 5 },
    undefined,
  ],
])('with an index too, %s', (_name, docs, option, filter, locale) => {
  names += 1;
  const collection = catalog.create('plan', `c${names}`, {});
  for (const [i, doc] of docs.entries()) collection.insert(typed({ _id: i, ...doc }));
  const spec = parseIndexSpec(typed({ name: 'tested', key: { a: 1 }, ...option }), undefined);
  collection.addIndex(collection.buildIndex(spec));
  const collation = parseCollation(locale && typed(locale));
  const { found } = runQuery(collection, { filter: typed(filter), collation, now: new Date() });
  expect(found).toHaveLength(2);
});
