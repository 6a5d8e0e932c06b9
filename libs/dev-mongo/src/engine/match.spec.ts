import { describe, expect, test } from '@jest/globals';
import { Binary, BSONRegExp, DBRef, Double, MaxKey, MinKey } from 'bson';

import { parseCollation } from './collation.ts';
import { compileMatch } from './match.ts';
import { conditionsOf } from './conditions.ts';
import { day, decimal, double, errorCode, id, int, long, stored } from './spec-values.ts';
import type { Document } from './types.ts';

const yes = true;
const no = false;

describe('the answer of a filter', () => {
  const table: [string, Document, Document, boolean][] = [
    // equality and missing
    ['null matches missing', {}, { a: null }, yes],
    ['null matches null', { a: null }, { a: null }, yes],
    ['null does not match a value', { a: 0 }, { a: null }, no],
    ['null matches an array with null', { a: [1, null] }, { a: null }, yes],
    ['null does not match an empty array', { a: [] }, { a: null }, no],
    ['null on a path through a scalar', { a: 5 }, { 'a.b': null }, yes],
    [
      'null on a path through an array with one document lacking it',
      { a: [{ b: 1 }, { c: 1 }] },
      { 'a.b': null },
      yes,
    ],
    [
      'null on a path through an array whose documents all have it',
      { a: [{ b: 1 }, { b: 2 }] },
      { 'a.b': null },
      no,
    ],
    ['null on a path through an array of scalars', { a: [1, 2] }, { 'a.b': null }, no],
    ['null on a path through an empty array', { a: [] }, { 'a.b': null }, no],
    ['not null through an array of scalars', { a: [1, 2] }, { 'a.b': { $ne: null } }, yes],
    ['an array by an element', { a: [1, 2] }, { a: 2 }, yes],
    ['an array as a whole', { a: [1, 2] }, { a: [1, 2] }, yes],
    ['an array in another order', { a: [2, 1] }, { a: [1, 2] }, no],
    ['an array within an array', { a: [[1, 2], 3] }, { a: [1, 2] }, yes],
    ['an element of an array within an array is not reached', { a: [[1, 2]] }, { a: 1 }, no],
    ['a document exactly', { a: { b: 1, c: 2 } }, { a: { b: 1, c: 2 } }, yes],
    ['a document in another order of fields', { a: { c: 2, b: 1 } }, { a: { b: 1, c: 2 } }, no],
    ['a document with further fields', { a: { b: 1, c: 2 } }, { a: { b: 1 } }, no],
    ['a document with another type of number', { a: { b: double(1) } }, { a: { b: 1 } }, yes],
    ['an empty document only equals an empty one', { a: { b: 1 } }, { a: {} }, no],
    ['numbers of all types by value', { a: decimal('5.0') }, { a: long(5n) }, yes],
    ['long beyond the double range', { a: long(9007199254740993n) }, { a: double(9007199254740992) }, no],
    ['a string is no number', { a: '5' }, { a: 5 }, no],
    ['true is not 1', { a: true }, { a: 1 }, no],
    ['NaN equals NaN', { a: Number.NaN }, { a: Number.NaN }, yes],
    ['ObjectId', { a: id('a') }, { a: id('a') }, yes],
    ['dates', { a: day('2024-05-01') }, { a: day('2024-05-01') }, yes],
    ['a field called constructor', {}, { constructor: { $exists: true } }, no],
    ['an empty filter', { a: 1 }, {}, yes],
    [
      'a DBRef is a document to compare with',
      { a: new DBRef('c', id('a')) },
      { a: new DBRef('c', id('a')) },
      yes,
    ],
    ['a path into a DBRef', { a: new DBRef('c', id('a')) }, { 'a.$id': id('a') }, yes],
    // paths
    ['a path through documents', { a: { b: { c: 1 } } }, { 'a.b.c': 1 }, yes],
    ['a path through an array', { a: [{ b: 1 }, { b: 2 }] }, { 'a.b': 2 }, yes],
    ['a path through two arrays', { a: [{ b: [{ c: 1 }] }] }, { 'a.b.c': 1 }, yes],
    ['a path does not go through arrays within arrays', { a: [[{ b: 1 }]] }, { 'a.b': 1 }, no],
    ['a position', { a: [5, 7] }, { 'a.1': 7 }, yes],
    ['another position', { a: [5, 7] }, { 'a.0': 7 }, no],
    ['a position and a field', { a: [{ b: 1 }, { b: 2 }] }, { 'a.1.b': 2 }, yes],
    ['a position is also a field name', { a: [{ '1': 4 }] }, { 'a.1': 4 }, yes],
    ['a position within an array within an array', { a: [[1, 2]] }, { 'a.0.1': 2 }, yes],
    ['an array at a position is taken whole', { a: [[1, 2]] }, { 'a.0': 1 }, no],
    ['an array at a position equals as a whole', { a: [[1, 2]] }, { 'a.0': [1, 2] }, yes],
    ['a leading zero is no position', { a: [5] }, { 'a.00': 5 }, no],
    // comparison
    ['range on another type', { a: '5' }, { a: { $gt: 1 } }, no],
    ['range on missing', {}, { a: { $lt: 5 } }, no],
    ['range on null', { a: null }, { a: { $lt: 5 } }, no],
    ['gte null matches missing', {}, { a: { $gte: null } }, yes],
    ['gt null matches nothing', { a: 1 }, { a: { $gt: null } }, no],
    [
      'range over an array: different elements may fulfil each bound',
      { a: [1, 9] },
      { a: { $gt: 4, $lt: 6 } },
      yes,
    ],
    ['range with an array operand compares whole arrays', { a: [3, 1] }, { a: { $gt: [2] } }, yes],
    ['an array is not compared with a number as a whole', { a: [] }, { a: { $gte: 0 } }, no],
    ['range on documents', { a: { b: 2 } }, { a: { $gt: { b: 1 } } }, yes],
    ['range on dates', { a: day('2024-05-02') }, { a: { $gt: day('2024-05-01') } }, yes],
    ['range on booleans', { a: true }, { a: { $gt: false } }, yes],
    ['range on strings by bytes', { a: 'a' }, { a: { $gt: 'Z' } }, yes],
    ['lt infinity does not match NaN', { a: Number.NaN }, { a: { $lt: Infinity } }, no],
    ['lte NaN matches NaN', { a: Number.NaN }, { a: { $lte: Number.NaN } }, yes],
    ['gt NaN matches nothing', { a: 1 }, { a: { $gt: Number.NaN } }, no],
    ['lt MaxKey matches every type', { a: 'x' }, { a: { $lt: new MaxKey() } }, yes],
    ['gt MinKey matches missing', {}, { a: { $gt: new MinKey() } }, yes],
    ['long order by value', { a: long(10n) }, { a: { $gt: long(9n) } }, yes],
    ['decimal order by value', { a: decimal('10') }, { a: { $gt: decimal('9') } }, yes],
    ['money beside a double limit', { a: decimal('0.1') }, { a: { $lt: 0.1 } }, yes],
    // $ne, $nin, $not
    ['ne matches missing', {}, { a: { $ne: 1 } }, yes],
    ['ne null does not match missing', {}, { a: { $ne: null } }, no],
    ['ne with an array holding the value', { a: [1, 2] }, { a: { $ne: 1 } }, no],
    ['ne with an array without the value', { a: [2] }, { a: { $ne: 1 } }, yes],
    ['ne on a path: no element may have it', { a: [{ b: 1 }, { b: 2 }] }, { 'a.b': { $ne: 1 } }, no],
    ['nin with an array holding one of them', { a: [1, 2] }, { a: { $nin: [2, 3] } }, no],
    ['nin matches missing', {}, { a: { $nin: [1] } }, yes],
    ['nin with null does not match missing', {}, { a: { $nin: [null] } }, no],
    ['not matches missing', {}, { a: { $not: { $gt: 5 } } }, yes],
    ['not over an array is none', { a: [1, 9] }, { a: { $not: { $gt: 5 } } }, no],
    ['not of two conditions is not both', { a: [1, 9] }, { a: { $not: { $gt: 4, $lt: 6 } } }, no],
    ['not with a pattern', { a: 'xyz' }, { a: { $not: /^a/ } }, yes],
    // $in
    ['in', { a: 2 }, { a: { $in: [1, 2] } }, yes],
    ['in by value across types', { a: double(2) }, { a: { $in: [long(2n)] } }, yes],
    ['in with null matches missing', {}, { a: { $in: [null, 1] } }, yes],
    ['in with a pattern', { a: 'abc' }, { a: { $in: [/^a/, 5] } }, yes],
    ['in with an element of an array', { a: [7, 8] }, { a: { $in: [8] } }, yes],
    ['in with a whole array', { a: [7, 8] }, { a: { $in: [[7, 8]] } }, yes],
    ['in nothing', { a: 1 }, { a: { $in: [] } }, no],
    // $exists, $type, $size
    ['exists with null', { a: null }, { a: { $exists: true } }, yes],
    ['not exists', {}, { a: { $exists: false } }, yes],
    [
      'not exists on a path where one element has it',
      { a: [{ b: 1 }, {}] },
      { 'a.b': { $exists: false } },
      no,
    ],
    ['exists on an empty array', { a: [] }, { a: { $exists: true } }, yes],
    ['exists 0 is false', { a: 1 }, { a: { $exists: 0 } }, no],
    ['type of a number', { a: long(1n) }, { a: { $type: 'number' } }, yes],
    ['type int is not long', { a: long(1n) }, { a: { $type: 'int' } }, no],
    ['type by code', { a: 'x' }, { a: { $type: 2 } }, yes],
    ['type of an element', { a: ['x', 1] }, { a: { $type: 'string' } }, yes],
    ['type array of the field itself', { a: [] }, { a: { $type: 'array' } }, yes],
    ['type null does not match missing', {}, { a: { $type: 'null' } }, no],
    ['type in a list', { a: true }, { a: { $type: ['string', 'bool'] } }, yes],
    ['size', { a: [1, 2] }, { a: { $size: 2 } }, yes],
    ['size does not look into elements', { a: [[1, 2]] }, { a: { $size: 2 } }, no],
    ['size of no array', { a: 'ab' }, { a: { $size: 2 } }, no],
    // $all, $elemMatch
    ['all', { a: [1, 2, 3] }, { a: { $all: [1, 3] } }, yes],
    ['all with one lacking', { a: [1, 2] }, { a: { $all: [1, 3] } }, no],
    ['all on a scalar', { a: 1 }, { a: { $all: [1] } }, yes],
    ['all of nothing', { a: [1] }, { a: { $all: [] } }, no],
    ['all with an array is the whole', { a: [1, 2] }, { a: { $all: [[1, 2]] } }, yes],
    ['all with a pattern', { a: ['abc', 'x'] }, { a: { $all: [/^a/, 'x'] } }, yes],
    ['all on a path', { a: [{ b: 1 }, { b: 2 }] }, { 'a.b': { $all: [1, 2] } }, yes],
    [
      'all with elemMatch: each by some element',
      {
        a: [
          { b: 1, c: 1 },
          { b: 2, c: 2 },
        ],
      },
      { a: { $all: [{ $elemMatch: { b: 1, c: 1 } }, { $elemMatch: { b: 2, c: 2 } }] } },
      yes,
    ],
    [
      'all with elemMatch: no element has both',
      { a: [{ b: 1, c: 2 }] },
      { a: { $all: [{ $elemMatch: { b: 1, c: 1 } }] } },
      no,
    ],
    ['elemMatch: one element fulfils all', { a: [1, 9] }, { a: { $elemMatch: { $gt: 4, $lt: 6 } } }, no],
    [
      'elemMatch on documents',
      {
        a: [
          { b: 1, c: 2 },
          { b: 2, c: 1 },
        ],
      },
      { a: { $elemMatch: { b: 1, c: 1 } } },
      no,
    ],
    [
      'the same without elemMatch',
      {
        a: [
          { b: 1, c: 2 },
          { b: 2, c: 1 },
        ],
      },
      { 'a.b': 1, 'a.c': 1 },
      yes,
    ],
    ['elemMatch needs an array', { a: { b: 1 } }, { a: { $elemMatch: { b: 1 } } }, no],
    ['elemMatch with $or', { a: [{ b: 3 }] }, { a: { $elemMatch: { $or: [{ b: 1 }, { b: 3 }] } } }, yes],
    [
      'elemMatch with $ne finds an element that differs',
      { a: [1, 2] },
      { a: { $elemMatch: { $ne: 1 } } },
      yes,
    ],
    ['elemMatch with $in does not open inner arrays', { a: [[1]] }, { a: { $elemMatch: { $in: [1] } } }, no],
    [
      'elemMatch within elemMatch',
      { a: [[1, 5], [2]] },
      { a: { $elemMatch: { $elemMatch: { $gt: 4 } } } },
      yes,
    ],
    ['elemMatch on a path', { a: [{ b: [{ c: 1 }] }] }, { 'a.b': { $elemMatch: { c: 1 } } }, yes],
    ['empty elemMatch needs a document', { a: [1] }, { a: { $elemMatch: {} } }, no],
    [
      'elemMatch with $exists false',
      { a: [{ b: 1 }, {}] },
      { a: { $elemMatch: { b: { $exists: false } } } },
      yes,
    ],
    // logic
    ['and', { a: 1, b: 2 }, { $and: [{ a: 1 }, { b: 2 }] }, yes],
    ['or', { a: 1 }, { $or: [{ a: 2 }, { a: 1 }] }, yes],
    ['nor', { a: 1 }, { $nor: [{ a: 2 }, { b: 1 }] }, yes],
    ['comment is passed over', { a: 1 }, { a: 1, $comment: 'why' }, yes],
    // $regex
    ['pattern on a string', { a: 'Kalmar' }, { a: /^kal/i }, yes],
    ['pattern on an element', { a: ['x', 'Kalmar'] }, { a: /^Kal/ }, yes],
    ['pattern on a number', { a: 5 }, { a: /5/ }, no],
    ['$regex with $options', { a: 'Kalmar' }, { a: { $regex: '^kal', $options: 'i' } }, yes],
    ['$regex beside other operators', { a: 'abc' }, { a: { $regex: '^a', $ne: 'abc' } }, no],
    [
      'a pattern equals the same stored pattern',
      { a: new BSONRegExp('x', 'i') },
      { a: new BSONRegExp('x', 'i') },
      yes,
    ],
    // $mod, bits
    ['mod', { a: 10 }, { a: { $mod: [4, 2] } }, yes],
    ['mod of a negative number', { a: -10 }, { a: { $mod: [4, -2] } }, yes],
    ['mod cuts off fractions', { a: 10.9 }, { a: { $mod: [4, 2] } }, yes],
    ['mod of a long', { a: long(9007199254740993n) }, { a: { $mod: [2, 1] } }, yes],
    ['mod of no number', { a: '10' }, { a: { $mod: [4, 2] } }, no],
    ['bits all set', { a: 54 }, { a: { $bitsAllSet: 50 } }, yes],
    ['bits all set by positions', { a: 54 }, { a: { $bitsAllSet: [1, 5] } }, yes],
    ['bits any clear', { a: 54 }, { a: { $bitsAnyClear: [1, 3] } }, yes],
    ['bits of a negative number are sign-extended', { a: -1 }, { a: { $bitsAllSet: [100] } }, yes],
    ['bits of binary data', { a: new Binary(Buffer.from([0b101])) }, { a: { $bitsAllSet: [0, 2] } }, yes],
    ['bits of a fraction', { a: 1.5 }, { a: { $bitsAllClear: [3] } }, no],
    // $expr
    ['expr compares fields', { a: 2, b: 1 }, { $expr: { $gt: ['$a', '$b'] } }, yes],
    ['expr compares across types', { a: 'x', b: 5 }, { $expr: { $gt: ['$a', '$b'] } }, yes],
    ['expr sees missing below null', {}, { $expr: { $lt: ['$a', null] } }, yes],
  ];
  test.each(table)('%s', (_name, doc, filter, expected) => {
    const before = JSON.stringify(doc);
    expect(compileMatch(stored(filter)).test(stored(doc))).toBe(expected);
    expect(JSON.stringify(doc)).toBe(before);
  });
});

describe('the errors of a filter', () => {
  const table: [string, Document, number][] = [
    ['an unknown operator', { a: { $foo: 1 } }, 2],
    ['an unknown top level operator', { $foo: 1 }, 2],
    ['a field among operators', { a: { $gt: 1, b: 2 } }, 2],
    ['$where', { $where: 'true' }, 238],
    ['$text', { $text: { $search: 'x' } }, 238],
    ['$jsonSchema', { $jsonSchema: {} }, 238],
    ['geo', { a: { $near: [1, 2] } }, 238],
    ['an empty $or', { $or: [] }, 2],
    ['$and with no document', { $and: [1] }, 2],
    ['$in without array', { a: { $in: 1 } }, 2],
    ['operators within $in', { a: { $in: [{ $gt: 1 }] } }, 2],
    ['$not with a value', { a: { $not: 1 } }, 2],
    ['$ne with a pattern', { a: { $ne: /x/ } }, 2],
    ['$gt with a pattern', { a: { $gt: /x/ } }, 2],
    ['an unknown type name', { a: { $type: 'integer' } }, 2],
    ['an unknown type code', { a: { $type: 99 } }, 2],
    ['a negative size', { a: { $size: -1 } }, 2],
    ['a fractional size', { a: { $size: 1.5 } }, 2],
    ['$mod by zero', { a: { $mod: [0, 1] } }, 2],
    ['$mod with one number', { a: { $mod: [2] } }, 2],
    ['$all without array', { a: { $all: 1 } }, 2],
    ['$all mixing elemMatch and values', { a: { $all: [{ $elemMatch: { b: 1 } }, 5] } }, 2],
    ['$elemMatch without document', { a: { $elemMatch: 1 } }, 2],
    ['$options without $regex', { a: { $options: 'i' } }, 2],
    ['an invalid pattern', { a: { $regex: '(' } }, 51091],
    ['an unknown regex option', { a: { $regex: 'a', $options: 'g' } }, 51108],
    ['an unknown expression', { $expr: { $foo: 1 } }, 168],
    ['$expr within $elemMatch', { a: { $elemMatch: { $expr: true } } }, 2],
    ['an undefined variable', { $expr: { $eq: ['$a', '$$nope'] } }, 17276],
  ];
  test.each(table)('%s', (_name, filter, code) => {
    expect(errorCode(() => compileMatch(stored(filter)))).toBe(code);
  });
});

describe('the position for the positional operator', () => {
  const table: [string, Document, Document, number | undefined][] = [
    ['of a value', { a: [5, 7, 9] }, { a: 7 }, 1],
    ['of a condition', { a: [5, 7, 9] }, { a: { $gte: 7 } }, 1],
    ['of a path', { a: [{ b: 1 }, { b: 2 }] }, { 'a.b': 2 }, 1],
    [
      'of elemMatch',
      {
        a: [
          { b: 1, c: 2 },
          { b: 1, c: 3 },
        ],
      },
      { a: { $elemMatch: { b: 1, c: 3 } } },
      1,
    ],
    ['the outer one of nested arrays', { a: [{ b: [1] }, { b: [7, 8] }] }, { 'a.b': 8 }, 1],
    ['the one of the last condition', { a: [1, 2], b: [1, 2] }, { a: 1, b: 2 }, 1],
    ['none without an array', { a: 7 }, { a: 7 }, undefined],
    ['none by explicit position', { a: [5, 7] }, { 'a.1': 7 }, undefined],
    ['the one of the branch that matches', { a: [1, 2, 3] }, { $or: [{ a: 9 }, { a: 3 }] }, 2],
  ];
  test.each(table)('%s', (_name, doc, filter, expected) => {
    expect(compileMatch(stored(filter)).position(stored(doc))).toBe(expected);
  });
});

describe('a filter with a collation', () => {
  const caseless = parseCollation({ locale: 'sv', strength: int(2) })!;
  const table: [string, Document, Document, boolean][] = [
    ['equality', { a: 'Åre' }, { a: 'åre' }, yes],
    ['Swedish letters stay apart from their bases', { a: 'Åre' }, { a: 'are' }, no],
    ['$in', { a: 'X' }, { a: { $in: ['x'] } }, yes],
    ['range in Swedish order', { a: 'ö' }, { a: { $gt: 'z' } }, yes],
    ['within documents', { a: { b: 'X' } }, { a: { b: 'x' } }, yes],
    ['patterns are not concerned', { a: 'X' }, { a: /x/ }, no],
    ['$expr', { a: 'X' }, { $expr: { $eq: ['$a', 'x'] } }, yes],
  ];
  test.each(table)('%s', (_name, doc, filter, expected) => {
    expect(compileMatch(stored(filter), { collation: caseless }).test(stored(doc))).toBe(expected);
  });
});

describe('conditions for choosing an index', () => {
  const table: [string, Document, [string, string][]][] = [
    [
      'equality and range',
      { a: 1, b: { $gt: 1, $lte: 5 } },
      [
        ['a', '$eq'],
        ['b', '$gt'],
        ['b', '$lte'],
      ],
    ],
    [
      'within $and',
      { $and: [{ a: 1 }, { b: { $in: [1, 2] } }] },
      [
        ['a', '$eq'],
        ['b', '$in'],
      ],
    ],
    ['not within $or', { $or: [{ a: 1 }, { b: 2 }] }, []],
    ['no arrays, patterns or null ranges', { a: [1], b: /x/, c: { $gte: null }, d: { $in: [/x/] } }, []],
    ['no paths with numbers', { 'a.0': 1, 'b.0.c': { $gt: 1 } }, []],
    ['no NaN', { a: { $lt: new Double(Number.NaN) } }, []],
  ];
  test.each(table)('%s', (_name, filter, expected) => {
    expect(conditionsOf(stored(filter)).map(({ path, op }) => [path, op])).toEqual(expected);
  });
});
