import { describe, expect, test } from '@jest/globals';
import { Timestamp } from 'bson';

import { parseCollation } from './collation.ts';
import { compileMatch } from './match.ts';
import { decimal, double, errorCode, int, long, stored, typed } from './spec-values.ts';
import type { Document, UpdateOptions } from './types.ts';
import { applyUpdate, validateUpdate } from './update.ts';
import { upsertSeed } from './upsert-seed.ts';

const now = new Date('2026-02-03T04:05:06.789Z');
type Options = Partial<UpdateOptions> & { filter?: Document };

/** Runs an update on the document as it is stored, and holds that the input stayed as it was. */
function run(doc: Document, update: Document | Document[], { filter, ...options }: Options = {}): Document {
  const before = stored(doc);
  const image = typed(before);
  const matcher = filter ? compileMatch(stored(filter), { collation: options.collation }) : undefined;
  const given = Array.isArray(update) ? stored({ update })['update'] : stored(update);
  const { doc: after, changed } = applyUpdate(before, given, { now, matcher, ...options });
  expect(typed(before)).toBe(image);
  expect(changed || typed(after) === image).toBe(true);
  return after;
}

describe('an update with operators', () => {
  const max = 2n ** 63n - 1n;
  const table: [string, Document, Document, Document, Options?][] = [
    // $set, $unset, $setOnInsert
    ['$set a new field', { _id: 1 }, { $set: { a: 1 } }, { _id: 1, a: 1 }],
    ['$set keeps the place of a field', { a: 1, b: 2 }, { $set: { a: 9 } }, { a: 9, b: 2 }],
    ['$set makes the way', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
    ['$set works in the order of names', {}, { $set: { b: 1, a: 2 } }, { a: 2, b: 1 }],
    ['operators work in the order of names together', {}, { $set: { z: 1 }, $inc: { a: 1 } }, { a: 1, z: 1 }],
    [
      'numbers as names in the order of numbers',
      { a: [] },
      { $set: { 'a.10': 'x', 'a.2': 'y' } },
      { a: [null, null, 'y', null, null, null, null, null, null, null, 'x'] },
    ],
    ['$set the same value changes nothing', { a: 1 }, { $set: { a: 1 } }, { a: 1 }],
    ['$set of another number type is a change', { a: 1 }, { $set: { a: double(1) } }, { a: double(1) }],
    ['$set an array position', { a: [1, 2] }, { $set: { 'a.1': 9 } }, { a: [1, 9] }],
    ['$set beyond the end fills with null', { a: [1] }, { $set: { 'a.3': 9 } }, { a: [1, null, null, 9] }],
    ['$set a number on the way makes a document', {}, { $set: { 'a.0': 1 } }, { a: { '0': 1 } }],
    ['$set within an element', { a: [{ b: 1 }] }, { $set: { 'a.0.b': 2 } }, { a: [{ b: 2 }] }],
    ['$set with $ names within the value', {}, { $set: { a: { $b: 1 } } }, { a: { $b: 1 } }],
    ['$set a field called constructor', {}, { $set: { 'a.constructor': 1 } }, { a: { constructor: 1 } }],
    ['$set nothing', { a: 1 }, { $set: {} }, { a: 1 }],
    ['$unset', { a: 1, b: 2 }, { $unset: { a: '' } }, { b: 2 }],
    ['$unset of a missing field', { a: 1 }, { $unset: { b: '' } }, { a: 1 }],
    ['$unset in an array leaves null', { a: [1, 2] }, { $unset: { 'a.0': '' } }, { a: [null, 2] }],
    ['$unset through a scalar does nothing', { a: 5 }, { $unset: { 'a.b': '' } }, { a: 5 }],
    ['$unset on a missing way makes nothing', {}, { $unset: { 'a.b': '' } }, {}],
    [
      '$setOnInsert on an update does nothing',
      { _id: 1 },
      { $setOnInsert: { a: 1 }, $set: { b: 1 } },
      { _id: 1, b: 1 },
    ],
    ['$setOnInsert on an update passes wrong ways by', { a: 5 }, { $setOnInsert: { 'a.b': 1 } }, { a: 5 }],
    [
      '$setOnInsert on an insert',
      { _id: 1 },
      { $setOnInsert: { a: 1 } },
      { _id: 1, a: 1 },
      { upsertInsert: true },
    ],
    // $inc, $mul
    ['$inc', { a: 1 }, { $inc: { a: 2 } }, { a: 3 }],
    ['$inc a missing field', {}, { $inc: { a: long(2) } }, { a: long(2) }],
    ['$inc int beyond 32 bits gives long', { a: 2147483647 }, { $inc: { a: 1 } }, { a: long(2147483648n) }],
    ['$inc int below 32 bits gives long', { a: -2147483648 }, { $inc: { a: -1 } }, { a: long(-2147483649n) }],
    ['$inc long stays long', { a: long(1) }, { $inc: { a: 1 } }, { a: long(2) }],
    ['$inc long is exact', { a: long(2n ** 53n) }, { $inc: { a: 1 } }, { a: long(2n ** 53n + 1n) }],
    ['$inc int by double', { a: 1 }, { $inc: { a: 0.5 } }, { a: 1.5 }],
    ['$inc by a whole double stays double', { a: 1 }, { $inc: { a: double(1) } }, { a: double(2) }],
    ['$inc by decimal', { a: 1 }, { $inc: { a: decimal('0.10') } }, { a: decimal('1.10') }],
    [
      '$inc decimal by double takes 15 digits of it',
      { a: decimal('1') },
      { $inc: { a: 0.1 } },
      { a: decimal('1.100000000000000') },
    ],
    ['$inc decimal is exact', { a: decimal('0.1') }, { $inc: { a: decimal('0.2') } }, { a: decimal('0.3') }],
    [
      '$inc decimal of money',
      { a: decimal('1234567890123456789.99') },
      { $inc: { a: decimal('0.01') } },
      { a: decimal('1234567890123456790.00') },
    ],
    [
      '$inc decimal rounds the 35th digit half to even',
      { a: decimal('9999999999999999999999999999999999') },
      { $inc: { a: decimal('0.5') } },
      { a: decimal('1.000000000000000000000000000000000E+34') },
    ],
    ['$inc by zero changes nothing', { a: 1 }, { $inc: { a: 0 } }, { a: 1 }],
    ['$mul', { a: 3 }, { $mul: { a: 4 } }, { a: 12 }],
    ['$mul a missing field gives zero of the type', {}, { $mul: { a: long(4) } }, { a: long(0) }],
    ['$mul a missing field by double', {}, { $mul: { a: double(1.5) } }, { a: double(0) }],
    ['$mul int beyond 32 bits', { a: 100000 }, { $mul: { a: 100000 } }, { a: long(10000000000n) }],
    [
      '$mul long is exact',
      { a: long(3037000500n) },
      { $mul: { a: long(3037000499n) } },
      { a: long(3037000500n * 3037000499n) },
    ],
    ['$mul decimal', { a: decimal('1.10') }, { $mul: { a: decimal('3') } }, { a: decimal('3.30') }],
    // $min, $max
    ['$min lower', { a: 5 }, { $min: { a: 3 } }, { a: 3 }],
    ['$min higher', { a: 5 }, { $min: { a: 7 } }, { a: 5 }],
    ['$min equal of another type stays', { a: 5 }, { $min: { a: double(5) } }, { a: 5 }],
    ['$min across types', { a: 'x' }, { $min: { a: 5 } }, { a: 5 }],
    ['$min missing', {}, { $min: { a: 5 } }, { a: 5 }],
    ['$min against null', { a: null }, { $min: { a: 5 } }, { a: null }],
    [
      '$max higher',
      { a: long(9007199254740993n) },
      { $max: { a: double(9007199254740992) } },
      { a: long(9007199254740993n) },
    ],
    ['$max across types', { a: 5 }, { $max: { a: 'x' } }, { a: 'x' }],
    ['$max of dates', { a: new Date(1) }, { $max: { a: new Date(2) } }, { a: new Date(2) }],
    // $rename
    ['$rename', { a: 1, b: 2 }, { $rename: { a: 'c' } }, { b: 2, c: 1 }],
    ['$rename into a document', { a: 1 }, { $rename: { a: 'b.c' } }, { b: { c: 1 } }],
    ['$rename over an existing field', { a: 1, b: 2 }, { $rename: { a: 'b' } }, { b: 1 }],
    ['$rename of a missing field does nothing', { b: 2 }, { $rename: { a: 'b' } }, { b: 2 }],
    // $currentDate
    ['$currentDate', {}, { $currentDate: { a: true } }, { a: now }],
    [
      '$currentDate with type',
      {},
      { $currentDate: { a: { $type: 'timestamp' } } },
      { a: new Timestamp({ t: 1770091506, i: 1 }) },
    ],
    // $push
    ['$push', { a: [1] }, { $push: { a: 2 } }, { a: [1, 2] }],
    ['$push on a missing field', {}, { $push: { a: 2 } }, { a: [2] }],
    ['$push an array as one element', { a: [1] }, { $push: { a: [2, 3] } }, { a: [1, [2, 3]] }],
    ['$push $each', { a: [1] }, { $push: { a: { $each: [2, 3] } } }, { a: [1, 2, 3] }],
    ['$push $each of nothing on a missing field', {}, { $push: { a: { $each: [] } } }, { a: [] }],
    [
      '$push $position',
      { a: [1, 2] },
      { $push: { a: { $each: [8, 9], $position: 0 } } },
      { a: [8, 9, 1, 2] },
    ],
    [
      '$push $position from the end',
      { a: [1, 2, 3] },
      { $push: { a: { $each: [9], $position: -1 } } },
      { a: [1, 2, 9, 3] },
    ],
    [
      '$push $position beyond the beginning',
      { a: [1, 2] },
      { $push: { a: { $each: [9], $position: -5 } } },
      { a: [9, 1, 2] },
    ],
    [
      '$push $position beyond the end',
      { a: [1] },
      { $push: { a: { $each: [9], $position: 10 } } },
      { a: [1, 9] },
    ],
    [
      '$push $slice keeps the first',
      { a: [1, 2] },
      { $push: { a: { $each: [3], $slice: 2 } } },
      { a: [1, 2] },
    ],
    [
      '$push $slice keeps the last',
      { a: [1, 2] },
      { $push: { a: { $each: [3], $slice: -2 } } },
      { a: [2, 3] },
    ],
    ['$push $slice 0 empties', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: 0 } } }, { a: [] }],
    ['$push $sort', { a: [3, 1] }, { $push: { a: { $each: [2], $sort: 1 } } }, { a: [1, 2, 3] }],
    [
      '$push $sort downwards across types',
      { a: [3, 'x'] },
      { $push: { a: { $each: [null], $sort: -1 } } },
      { a: ['x', 3, null] },
    ],
    [
      '$push $sort by a field',
      { a: [{ b: 3 }, { b: 1 }] },
      { $push: { a: { $each: [{ b: 2 }], $sort: { b: 1 } } } },
      { a: [{ b: 1 }, { b: 2 }, { b: 3 }] },
    ],
    [
      '$push $sort by a field within a field',
      { a: [{ b: { c: 3 } }] },
      { $push: { a: { $each: [{ b: { c: 2 } }], $sort: { 'b.c': 1 } } } },
      { a: [{ b: { c: 2 } }, { b: { c: 3 } }] },
    ],
    [
      '$push $sort by a field that is an array compares it whole',
      { a: [{ b: [5, 1] }, { b: 3 }] },
      { $push: { a: { $each: [{ c: 1 }], $sort: { b: 1 } } } },
      { a: [{ c: 1 }, { b: 3 }, { b: [5, 1] }] },
    ],
    [
      '$push $sort by two fields',
      { a: [{ b: 1, c: 1 }] },
      {
        $push: {
          a: {
            $each: [
              { b: 1, c: 2 },
              { b: 0, c: 9 },
            ],
            $sort: { b: 1, c: -1 },
          },
        },
      },
      {
        a: [
          { b: 0, c: 9 },
          { b: 1, c: 2 },
          { b: 1, c: 1 },
        ],
      },
    ],
    [
      '$push sorts first and slices then, however written',
      { a: [5, 1] },
      { $push: { a: { $slice: -2, $each: [3], $sort: 1 } } },
      { a: [3, 5] },
    ],
    [
      '$push $sort numbers by value',
      { a: [long(10n), decimal('9.5')] },
      { $push: { a: { $each: [9], $sort: 1 } } },
      { a: [9, decimal('9.5'), long(10n)] },
    ],
    [
      '$push $slice with nothing to add',
      { a: [1, 2, 3] },
      { $push: { a: { $each: [], $slice: -1 } } },
      { a: [3] },
    ],
    // $addToSet
    ['$addToSet new', { a: [1] }, { $addToSet: { a: 2 } }, { a: [1, 2] }],
    ['$addToSet present', { a: [1] }, { $addToSet: { a: 1 } }, { a: [1] }],
    ['$addToSet knows numbers by value', { a: [1] }, { $addToSet: { a: double(1) } }, { a: [1] }],
    ['$addToSet knows strings from numbers', { a: [1] }, { $addToSet: { a: '1' } }, { a: [1, '1'] }],
    [
      '$addToSet documents by order of fields',
      { a: [{ x: 1, y: 2 }] },
      { $addToSet: { a: { y: 2, x: 1 } } },
      {
        a: [
          { x: 1, y: 2 },
          { y: 2, x: 1 },
        ],
      },
    ],
    ['$addToSet $each once', { a: [1] }, { $addToSet: { a: { $each: [2, 1, 2] } } }, { a: [1, 2] }],
    ['$addToSet on a missing field', {}, { $addToSet: { a: { $each: [1, 1] } } }, { a: [1] }],
    ['$addToSet keeps doubles that are there', { a: [1, 1] }, { $addToSet: { a: 2 } }, { a: [1, 1, 2] }],
    // $pop, $pull, $pullAll
    ['$pop the last', { a: [1, 2] }, { $pop: { a: 1 } }, { a: [1] }],
    ['$pop the first', { a: [1, 2] }, { $pop: { a: -1 } }, { a: [2] }],
    ['$pop of nothing', { a: [] }, { $pop: { a: 1 } }, { a: [] }],
    ['$pop on a missing field', {}, { $pop: { a: 1 } }, {}],
    ['$pull a value', { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
    ['$pull by value across types', { a: [double(1), 2] }, { $pull: { a: long(1) } }, { a: [2] }],
    ['$pull a condition', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
    ['$pull $in', { a: [1, 2, 3] }, { $pull: { a: { $in: [1, 3] } } }, { a: [2] }],
    [
      '$pull documents by some fields',
      { a: [{ b: 1, c: 2 }, { b: 2 }] },
      { $pull: { a: { b: 1 } } },
      { a: [{ b: 2 }] },
    ],
    [
      '$pull documents by conditions',
      { a: [{ b: 1 }, { b: 5 }] },
      { $pull: { a: { b: { $gt: 3 } } } },
      { a: [{ b: 1 }] },
    ],
    [
      '$pull an array exactly',
      {
        a: [
          [1, 2],
          [2, 1],
        ],
      },
      { $pull: { a: [1, 2] } },
      { a: [[2, 1]] },
    ],
    [
      '$pull with elemMatch',
      { a: [{ r: [{ q: 1 }] }, { r: [{ q: 2 }] }] },
      { $pull: { a: { r: { $elemMatch: { q: 2 } } } } },
      { a: [{ r: [{ q: 1 }] }] },
    ],
    ['$pull a pattern', { a: ['abc', 'x'] }, { $pull: { a: /^a/ } }, { a: ['x'] }],
    [
      '$pull passes elements by that are no documents',
      { a: [1, { b: 1 }] },
      { $pull: { a: { b: 1 } } },
      { a: [1] },
    ],
    ['$pull on a missing field', {}, { $pull: { a: 1 } }, {}],
    ['$pull null', { a: [1, null] }, { $pull: { a: null } }, { a: [1] }],
    ['$pullAll', { a: [1, 2, 3, 1] }, { $pullAll: { a: [1, 3] } }, { a: [2] }],
    [
      '$pullAll documents only exactly',
      { a: [{ b: 1, c: 1 }, { b: 1 }] },
      { $pullAll: { a: [{ b: 1 }] } },
      { a: [{ b: 1, c: 1 }] },
    ],
    // $bit
    ['$bit and', { a: 13 }, { $bit: { a: { and: 10 } } }, { a: 8 }],
    ['$bit or with long', { a: 13 }, { $bit: { a: { or: long(2) } } }, { a: long(15) }],
    ['$bit xor on a missing field', {}, { $bit: { a: { xor: 5 } } }, { a: 5 }],
    // positional
    ['$ by a value', { a: [1, 2] }, { $set: { 'a.$': 9 } }, { a: [1, 9] }, { filter: { a: 2 } }],
    [
      '$ by elemMatch',
      {
        a: [
          { b: 1, c: 1 },
          { b: 1, c: 2 },
        ],
      },
      { $set: { 'a.$.d': 1 } },
      {
        a: [
          { b: 1, c: 1 },
          { b: 1, c: 2, d: 1 },
        ],
      },
      { filter: { a: { $elemMatch: { b: 1, c: 2 } } } },
    ],
    [
      '$ with $inc',
      { a: [{ b: 'x', n: 1 }] },
      { $inc: { 'a.$.n': 1 } },
      { a: [{ b: 'x', n: 2 }] },
      { filter: { 'a.b': 'x' } },
    ],
    [
      '$ with $unset leaves null',
      { a: [1, 2] },
      { $unset: { 'a.$': '' } },
      { a: [1, null] },
      { filter: { a: 2 } },
    ],
    ['$[] all', { a: [1, 2] }, { $inc: { 'a.$[]': 10 } }, { a: [11, 12] }],
    [
      '$[] within documents',
      { a: [{ b: 1 }, { b: 2 }] },
      { $set: { 'a.$[].c': 1 } },
      {
        a: [
          { b: 1, c: 1 },
          { b: 2, c: 1 },
        ],
      },
    ],
    ['$[] of an empty array', { a: [] }, { $set: { 'a.$[].b': 1 } }, { a: [] }],
    [
      '$[id]',
      { a: [1, 5, 9] },
      { $set: { 'a.$[e]': 0 } },
      { a: [1, 0, 0] },
      { arrayFilters: [{ e: { $gte: int(5) } }] },
    ],
    [
      '$[id] by a field',
      { a: [{ b: 1 }, { b: 2 }] },
      { $set: { 'a.$[e].c': 1 } },
      { a: [{ b: 1 }, { b: 2, c: 1 }] },
      { arrayFilters: [{ 'e.b': int(2) }] },
    ],
    [
      '$[id] with $or',
      { a: [0, 1, 3] },
      { $set: { 'a.$[e]': 9 } },
      { a: [9, 1, 9] },
      { arrayFilters: [{ $or: [{ e: int(0) }, { e: int(3) }] }] },
    ],
    [
      '$[id] with two conditions',
      { a: [1, 5, 9] },
      { $set: { 'a.$[e]': 0 } },
      { a: [1, 0, 9] },
      { arrayFilters: [{ e: { $gt: int(1), $lt: int(9) } }] },
    ],
    [
      '$[] and $[id] nested',
      { a: [{ b: [1, 2] }, { b: [2] }] },
      { $set: { 'a.$[].b.$[e]': 0 } },
      { a: [{ b: [1, 0] }, { b: [0] }] },
      { arrayFilters: [{ e: int(2) }] },
    ],
    [
      'two identifiers on one array',
      { a: [1, 2, 3] },
      { $set: { 'a.$[x]': 10, 'a.$[y]': 20 } },
      { a: [10, 2, 20] },
      { arrayFilters: [{ x: int(1) }, { y: int(3) }] },
    ],
    [
      '$ and a position beside it',
      { a: [{ b: 1 }, { b: 2 }] },
      { $set: { 'a.$.c': 1, 'a.0.d': 2 } },
      {
        a: [
          { b: 1, d: 2 },
          { b: 2, c: 1 },
        ],
      },
      { filter: { 'a.b': 2 } },
    ],
    [
      '$push within a matched element',
      { a: [{ k: 1, v: [] }] },
      { $push: { 'a.$.v': 5 } },
      { a: [{ k: 1, v: [5] }] },
      { filter: { 'a.k': 1 } },
    ],
    ['_id set to itself', { _id: 1, a: 1 }, { $set: { _id: 1, a: 2 } }, { _id: 1, a: 2 }],
    ['_id is put first', { a: 1 }, { $setOnInsert: { _id: 7 } }, { _id: 7, a: 1 }, { upsertInsert: true }],
    ['long at its limit', { a: long(max - 1n) }, { $inc: { a: 1 } }, { a: long(max) }],
  ];
  test.each(table)('%s', (_name, doc, update, expected, options = {}) => {
    expect(typed(run(doc, update, options))).toBe(typed(stored(expected)));
  });
});

describe('an update that changes nothing says so', () => {
  const table: [string, Document, Document | Document[]][] = [
    ['$set the same', { a: 1 }, { $set: { a: 1 } }],
    ['$set the same document', { a: { b: [1] } }, { $set: { a: { b: [1] } } }],
    ['$unset missing', { a: 1 }, { $unset: { b: '' } }],
    ['$inc by zero', { a: 1 }, { $inc: { a: 0 } }],
    ['$max lower', { a: 5 }, { $max: { a: 4 } }],
    ['$addToSet present', { a: [1] }, { $addToSet: { a: 1 } }],
    ['$pull without match', { a: [1] }, { $pull: { a: 2 } }],
    ['$pop of nothing', { a: [] }, { $pop: { a: 1 } }],
    ['$rename missing', { a: 1 }, { $rename: { b: 'c' } }],
    ['$setOnInsert', { a: 1 }, { $setOnInsert: { b: 1 } }],
    ['$[] of nothing', { a: [] }, { $set: { 'a.$[]': 1 } }],
    ['a replacement by the same', { _id: 1, a: 1 }, { a: 1 }],
    ['a pipeline that sets the same', { _id: 1, a: 1 }, [{ $set: { a: '$a' } }]],
  ];
  test.each(table)('%s', (_name, doc, update) => {
    const before = stored(doc);
    expect(applyUpdate(before, stored({ update })['update'] as Document, { now })).toEqual({
      doc: before,
      changed: false,
    });
  });

  test('$push counts as a change even when $slice cuts it off again, as in MongoDB', () => {
    const update = stored({ $push: { a: { $each: [2], $slice: 1 } } });
    expect(applyUpdate(stored({ a: [1] }), update, { now }).changed).toBe(true);
  });

  test('another type of number is a change', () => {
    expect(applyUpdate(stored({ a: 1 }), { $set: { a: double(1) } }, { now }).changed).toBe(true);
  });
});

describe('an update that must fail', () => {
  const table: [string, Document, Document | Document[], number, Options?][] = [
    ['$set through a scalar', { a: 5 }, { $set: { 'a.b': 1 } }, 28],
    ['$set through null', { a: null }, { $set: { 'a.b': 1 } }, 28],
    ['$set a name in an array', { a: [1] }, { $set: { 'a.b': 1 } }, 28],
    ['$inc through a string', { a: 'x' }, { $inc: { 'a.b': 1 } }, 28],
    ['$push through a scalar', { a: 5 }, { $push: { 'a.b': 1 } }, 28],
    ['$pull through a scalar', { a: 5 }, { $pull: { 'a.b': 1 } }, 28],
    ['$inc a string', { a: '1' }, { $inc: { a: 1 } }, 14],
    ['$inc null', { a: null }, { $inc: { a: 1 } }, 14],
    ['$inc a date', { a: new Date(0) }, { $inc: { a: 1 } }, 14],
    ['$inc by a string', { a: 1 }, { $inc: { a: '1' } }, 14],
    ['$inc beyond 64 bits', { a: long(2n ** 63n - 1n) }, { $inc: { a: 1 } }, 2],
    ['$mul beyond 64 bits', { a: long(2n ** 62n) }, { $mul: { a: 2 } }, 2],
    ['$mul an array', { a: [1] }, { $mul: { a: 2 } }, 14],
    ['$push on a scalar', { a: 1 }, { $push: { a: 2 } }, 2],
    ['$push on null', { a: null }, { $push: { a: 2 } }, 2],
    ['$push with an unknown clause', { a: [] }, { $push: { a: { $each: [1], $foo: 1 } } }, 2],
    ['$push $each without array', { a: [] }, { $push: { a: { $each: 1 } } }, 2],
    ['$push $slice with a fraction', { a: [] }, { $push: { a: { $each: [1], $slice: 1.5 } } }, 2],
    ['$push $sort with another number', { a: [] }, { $push: { a: { $each: [1], $sort: 2 } } }, 2],
    ['$push $sort with an empty pattern', { a: [] }, { $push: { a: { $each: [1], $sort: {} } } }, 2],
    ['$addToSet on a scalar', { a: 1 }, { $addToSet: { a: 2 } }, 2],
    ['$addToSet with clauses of $push', { a: [] }, { $addToSet: { a: { $each: [1], $slice: 1 } } }, 2],
    ['$pop on a scalar', { a: 1 }, { $pop: { a: 1 } }, 14],
    ['$pop with another number', { a: [1] }, { $pop: { a: 2 } }, 9],
    ['$pull on a scalar', { a: 1 }, { $pull: { a: 1 } }, 2],
    ['$pullAll without array', { a: [1] }, { $pullAll: { a: 1 } }, 2],
    ['$bit on a double', { a: 1.5 }, { $bit: { a: { and: 1 } } }, 2],
    ['$bit with a double', { a: 1 }, { $bit: { a: { and: 1.5 } } }, 2],
    ['$bit with an unknown operation', { a: 1 }, { $bit: { a: { nand: 1 } } }, 2],
    ['$rename from an array', { a: [1] }, { $rename: { 'a.0': 'b' } }, 2],
    ['$rename to itself', { a: 1 }, { $rename: { a: 'a' } }, 2],
    ['$rename a name in an array', { a: [1] }, { $rename: { 'a.b': 'c' } }, 28],
    ['$rename from a scalar', { a: 1 }, { $rename: { 'a.b': 'c' } }, 28],
    ['$rename into an array', { a: 1, b: [1] }, { $rename: { a: 'b.0' } }, 2],
    ['$rename within itself', { a: { b: 1 } }, { $rename: { a: 'a.b' } }, 2],
    ['$rename to a number', { a: 1 }, { $rename: { a: 5 } }, 2],
    ['$rename through a scalar', { a: 1, b: 5 }, { $rename: { a: 'b.c' } }, 28],
    ['$currentDate with an unknown type', {}, { $currentDate: { a: { $type: 'now' } } }, 2],
    ['two operators on one field', {}, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
    ['a field and its parent', {}, { $set: { a: 1, 'a.b': 1 } }, 40],
    ['a field and its parent, the other way', {}, { $set: { 'a.b': 1 }, $unset: { a: '' } }, 40],
    ['$rename and its target', {}, { $rename: { a: 'b' }, $set: { b: 1 } }, 40],
    ['positions and identifiers on one array', { a: [1] }, { $set: { 'a.$[]': 1, 'a.0': 2 } }, 40],
    [
      'two identifiers that meet in one element',
      { a: [1] },
      { $set: { 'a.$[]': 1, 'a.$[e]': 2 } },
      40,
      { arrayFilters: [{ e: int(1) }] },
    ],
    [
      '$ and its position on one field',
      { a: [1] },
      { $set: { 'a.$': 1, 'a.0': 2 } },
      40,
      { filter: { a: 1 } },
    ],
    ['an unknown operator', {}, { $foo: { a: 1 } }, 9],
    ['a field beside operators', {}, { $set: { a: 1 }, b: 1 }, 9],
    ['an operator without document', {}, { $set: 5 }, 9],
    ['an empty path', {}, { $set: { '': 1 } }, 56],
    ['an empty part of a path', {}, { $set: { 'a.': 1 } }, 56],
    ['a $ name', {}, { $set: { $a: 1 } }, 52],
    ['a $ name in a path', {}, { $set: { 'a.$b': 1 } }, 52],
    ['$ without a matching array', { a: [1] }, { $set: { 'a.$': 1 } }, 2, { filter: {} }],
    ['two $', { a: [1] }, { $set: { 'a.$.b.$': 1 } }, 2, { filter: { a: 1 } }],
    ['$ first', {}, { $set: { '$.a': 1 } }, 2],
    ['$[] first', {}, { $set: { '$[].a': 1 } }, 2],
    ['$[] on a missing field', {}, { $set: { 'a.$[]': 1 } }, 2],
    ['$[] on a scalar', { a: 5 }, { $set: { 'a.$[]': 1 } }, 2],
    ['an identifier without filter', { a: [1] }, { $set: { 'a.$[e]': 1 } }, 2],
    ['a filter that is not used', { a: [1] }, { $set: { a: 1 } }, 9, { arrayFilters: [{ e: int(1) }] }],
    [
      'a filter on two names',
      { a: [1] },
      { $set: { 'a.$[e]': 1 } },
      9,
      { arrayFilters: [{ e: int(1), f: int(1) }] },
    ],
    [
      'two filters of one name',
      { a: [1] },
      { $set: { 'a.$[e]': 1 } },
      9,
      { arrayFilters: [{ e: int(1) }, { e: int(2) }] },
    ],
    ['an empty filter', { a: [1] }, { $set: { 'a.$[e]': 1 } }, 9, { arrayFilters: [{}] }],
    ['another _id', { _id: 1 }, { $set: { _id: 2 } }, 66],
    ['a part of _id', { _id: { a: 1 } }, { $set: { '_id.a': 2 } }, 66],
    ['taking _id away', { _id: 1 }, { $unset: { _id: '' } }, 66],
    ['an array as _id', {}, { $setOnInsert: { _id: [1] } }, 53, { upsertInsert: true }],
    ['a replacement with another _id', { _id: 1 }, { _id: 2 }, 66],
    ['a replacement with null as _id', { _id: 1 }, { a: 1, _id: null }, 66],
    ['a replacement with a $ name', { _id: 1 }, { a: 1, $b: 1 }, 52],
    ['a pipeline with $match', { _id: 1 }, [{ $match: {} }], 72],
    ['a pipeline with an unknown expression', { _id: 1 }, [{ $set: { a: { $foo: 1 } } }], 168],
    ['a pipeline that changes _id', { _id: 1 }, [{ $set: { _id: 2 } }], 66],
    ['a pipeline with array filters', { _id: 1 }, [{ $set: { a: 1 } }], 9, { arrayFilters: [{ e: int(1) }] }],
    ['far beyond the end of an array', { a: [] }, { $set: { 'a.2000000': 1 } }, 2],
  ];
  test.each(table)('%s', (_name, doc, update, code, options = {}) => {
    expect(errorCode(() => run(doc, update, options))).toBe(code);
  });

  test('a malformed update fails before a document is looked for', () => {
    expect(errorCode(() => validateUpdate({ $foo: {} }))).toBe(9);
    expect(validateUpdate({ $set: { a: 1 } })).toBe('operators');
    expect(validateUpdate({ a: 1 })).toBe('replacement');
    expect(validateUpdate([{ $set: { a: 1 } }])).toBe('pipeline');
  });
});

describe('a replacement', () => {
  const table: [string, Document, Document, Document][] = [
    ['keeps _id', { _id: 1, a: 1 }, { b: 2 }, { _id: 1, b: 2 }],
    ['puts _id first', { _id: 1, a: 1 }, { b: 2, _id: 1 }, { _id: 1, b: 2 }],
    ['may be empty', { _id: 1, a: 1 }, {}, { _id: 1 }],
    ['by the same is no change', { _id: 1, a: 1 }, { a: 1 }, { _id: 1, a: 1 }],
    [
      'by another order of fields is a change',
      { _id: 1, a: 1, b: 1 },
      { b: 1, a: 1 },
      { _id: 1, b: 1, a: 1 },
    ],
    [
      'may have dots and $ within',
      { _id: 1 },
      { a: { 'b.c': 1, $d: 2 } },
      { _id: 1, a: { 'b.c': 1, $d: 2 } },
    ],
  ];
  test.each(table)('%s', (_name, doc, replacement, expected) => {
    expect(typed(run(doc, replacement))).toBe(typed(stored(expected)));
  });
});

describe('an update by pipeline', () => {
  const table: [string, Document, Document[], Document][] = [
    [
      '$set from another field',
      { _id: 1, a: 2 },
      [{ $set: { b: { $add: ['$a', 1] } } }],
      { _id: 1, a: 2, b: 3 },
    ],
    [
      'stages one after the other',
      { _id: 1, a: 2 },
      [{ $set: { a: 5 } }, { $set: { b: '$a' } }],
      { _id: 1, a: 5, b: 5 },
    ],
    ['$unset', { _id: 1, a: 2, b: 3 }, [{ $unset: 'a' }], { _id: 1, b: 3 }],
    ['$project keeps _id', { _id: 1, a: 2, b: 3 }, [{ $project: { b: 1 } }], { _id: 1, b: 3 }],
    [
      '$replaceWith without _id keeps it',
      { _id: 1, a: { b: 1 } },
      [{ $replaceWith: '$a' }],
      { _id: 1, b: 1 },
    ],
    ['the time of the server', { _id: 1 }, [{ $set: { at: '$$NOW' } }], { _id: 1, at: now }],
    ['no change', { _id: 1, a: 2 }, [{ $set: { a: '$a' } }], { _id: 1, a: 2 }],
  ];
  test.each(table)('%s', (_name, doc, pipeline, expected) => {
    expect(typed(run(doc, pipeline))).toBe(typed(stored(expected)));
  });

  test('knows the variables of the command', () => {
    expect(typed(run({ _id: 1 }, [{ $set: { a: '$$x' } }], { variables: { x: int(5) } }))).toBe(
      typed({ _id: 1, a: 5 }),
    );
  });
});

describe('the seed of an upsert', () => {
  const table: [string, Document, Document][] = [
    ['equality', { a: 1, b: 'x' }, { a: 1, b: 'x' }],
    ['$eq', { a: { $eq: 1 } }, { a: 1 }],
    ['dotted paths', { 'a.b': 1, 'a.c': 2 }, { a: { b: 1, c: 2 } }],
    ['$and', { $and: [{ a: 1 }, { b: 2 }] }, { a: 1, b: 2 }],
    ['$or with one branch', { $or: [{ a: 1 }] }, { a: 1 }],
    ['$or with two branches', { $or: [{ a: 1 }, { b: 1 }] }, {}],
    ['$all with one value', { a: { $all: [1] } }, { a: 1 }],
    ['$in with one value', { a: { $in: [1] } }, { a: 1 }],
    ['$in with two values', { a: { $in: [1, 2] } }, {}],
    ['other operators', { a: { $gt: 1 }, b: { $ne: 2 }, c: /x/ }, {}],
    ['documents', { a: { b: 1 } }, { a: { b: 1 } }],
    ['null', { a: null }, { a: null }],
  ];
  test.each(table)('%s', (_name, filter, expected) => {
    expect(typed(upsertSeed(stored(filter)))).toBe(typed(stored(expected)));
  });

  test('a field fixed twice is refused', () => {
    expect(errorCode(() => upsertSeed({ a: 1, $and: [{ a: 2 }] }))).toBe(54);
    expect(errorCode(() => upsertSeed({ a: {}, 'a.b': 2 }))).toBe(54);
  });
});

test('an update with a collation compares by it', () => {
  const collation = parseCollation({ locale: 'sv', strength: int(2) });
  expect(typed(run({ a: ['X'] }, { $addToSet: { a: 'x' } }, { collation }))).toBe(typed({ a: ['X'] }));
  expect(typed(run({ a: ['X', 'y'] }, { $pull: { a: 'x' } }, { collation }))).toBe(typed({ a: ['y'] }));
});

test('results share nothing that a later update would change in the stored document', () => {
  const first = stored({ _id: 1, a: { b: [1] } });
  const { doc: second } = applyUpdate(first, { $push: { 'a.b': int(2) } }, { now });
  const { doc: third } = applyUpdate(second, { $set: { 'a.b.0': int(9) } }, { now });
  expect(typed(first)).toBe(typed({ _id: 1, a: { b: [1] } }));
  expect(typed(second)).toBe(typed({ _id: 1, a: { b: [1, 2] } }));
  expect(typed(third)).toBe(typed({ _id: 1, a: { b: [9, 2] } }));
});
