import { describe, expect, test } from '@jest/globals';

import { parseCollation } from '../collation.ts';
import { decimal, double, errorCode, int, long, stored, typed } from '../spec-values.ts';
import type { Document, PipelineContext } from '../types.ts';
import { runPipeline } from './pipeline.ts';
import { validatePipeline } from './validate.ts';

const now = new Date('2026-02-03T04:05:06.789Z');

function run(
  docs: Document[],
  pipeline: Document[],
  others: Record<string, Document[]> = {},
  options: Partial<PipelineContext> = {},
): Document[] {
  const input = docs.map((doc) => stored(doc));
  const image = typed(input);
  const results = runPipeline(input, stored({ pipeline })['pipeline'], {
    now,
    lookup: (name) => (others[name] ?? []).map((doc) => stored(doc)),
    ...options,
  });
  expect(typed(input)).toBe(image);
  return results;
}

describe('a pipeline', () => {
  const people = [
    { _id: 1, region: 'Kalmar', n: 3, tags: ['a', 'b'] },
    { _id: 2, region: 'Kalmar', n: 5, tags: [] },
    { _id: 3, region: 'Jönköping', n: 7 },
  ];
  const table: [string, Document[], Document[], Document[], Record<string, Document[]>?][] = [
    ['nothing', people, [], people],
    [
      '$match',
      people,
      [{ $match: { n: { $gt: 4 } } }, { $project: { n: 1 } }],
      [
        { _id: 2, n: 5 },
        { _id: 3, n: 7 },
      ],
    ],
    [
      '$sort, $skip, $limit',
      people,
      [{ $sort: { n: -1 } }, { $skip: 1 }, { $limit: 1 }, { $project: { n: 1 } }],
      [{ _id: 2, n: 5 }],
    ],
    ['$count', people, [{ $match: { n: { $gt: 4 } } }, { $count: 'total' }], [{ total: 2 }]],
    ['$count of nothing gives nothing', [], [{ $count: 'total' }], []],
    [
      '$addFields',
      [{ _id: 1, a: 1 }],
      [{ $addFields: { b: { $add: ['$a', 1] }, 'c.d': 5 } }],
      [{ _id: 1, a: 1, b: 2, c: { d: 5 } }],
    ],
    ['$addFields keeps the place of a field', [{ a: 1, b: 2 }], [{ $addFields: { a: 9 } }], [{ a: 9, b: 2 }]],
    [
      '$addFields within a document merges',
      [{ a: { x: 1 } }],
      [{ $addFields: { a: { y: 2 } } }],
      [{ a: { x: 1, y: 2 } }],
    ],
    [
      '$addFields within an array',
      [{ a: [{ x: 1 }, 5] }],
      [{ $addFields: { 'a.y': 2 } }],
      [{ a: [{ x: 1, y: 2 }, { y: 2 }] }],
    ],
    [
      '$addFields sees the document as it was',
      [{ a: 1, b: 2 }],
      [{ $addFields: { a: '$b', b: '$a' } }],
      [{ a: 2, b: 1 }],
    ],
    ['$addFields with $$REMOVE', [{ a: 1, b: 2 }], [{ $addFields: { a: '$$REMOVE' } }], [{ b: 2 }]],
    ['$unset', [{ a: { b: 1, c: 2 }, d: 3 }], [{ $unset: ['a.b', 'd'] }], [{ a: { c: 2 } }]],
    [
      '$project with expressions',
      [{ _id: 1, a: 2 }],
      [{ $project: { _id: 0, double: { $multiply: ['$a', 2] } } }],
      [{ double: 4 }],
    ],
    [
      '$project takes $slice as expression',
      [{ _id: 1, a: [1, 2, 3] }],
      [{ $project: { b: { $slice: ['$a', 2] } } }],
      [{ _id: 1, b: [1, 2] }],
    ],
    ['$replaceRoot', [{ _id: 1, a: { b: 1 } }], [{ $replaceRoot: { newRoot: '$a' } }], [{ b: 1 }]],
    [
      '$replaceWith',
      [{ _id: 1, a: { b: 1 } }],
      [{ $replaceWith: { $mergeObjects: ['$a', { c: 2 }] } }],
      [{ b: 1, c: 2 }],
    ],
    // $unwind
    [
      '$unwind',
      [{ _id: 1, a: [1, 2] }],
      [{ $unwind: '$a' }],
      [
        { _id: 1, a: 1 },
        { _id: 1, a: 2 },
      ],
    ],
    ['$unwind drops empty, null and missing', [{ a: [] }, { a: null }, { b: 1 }], [{ $unwind: '$a' }], []],
    ['$unwind takes a scalar as it is', [{ a: 5 }], [{ $unwind: '$a' }], [{ a: 5 }]],
    [
      '$unwind keeping',
      [{ _id: 1, a: [] }, { _id: 2, a: null }, { _id: 3 }],
      [{ $unwind: { path: '$a', preserveNullAndEmptyArrays: true } }],
      [{ _id: 1 }, { _id: 2, a: null }, { _id: 3 }],
    ],
    [
      '$unwind with positions',
      [{ a: ['x', 'y'] }, { a: 'z' }],
      [{ $unwind: { path: '$a', includeArrayIndex: 'i' } }],
      [
        { a: 'x', i: long(0) },
        { a: 'y', i: long(1) },
        { a: 'z', i: null },
      ],
    ],
    [
      '$unwind on a path',
      [{ a: { b: [1, 2], c: 3 } }],
      [{ $unwind: '$a.b' }],
      [{ a: { b: 1, c: 3 } }, { a: { b: 2, c: 3 } }],
    ],
    ['$unwind an array within an array', [{ a: [[1, 2]] }], [{ $unwind: '$a' }], [{ a: [1, 2] }]],
    // $group
    [
      '$group',
      people,
      [{ $group: { _id: '$region', n: { $sum: '$n' } } }, { $sort: { n: 1 } }],
      [
        { _id: 'Jönköping', n: 7 },
        { _id: 'Kalmar', n: 8 },
      ],
    ],
    [
      '$group all',
      people,
      [{ $group: { _id: null, count: { $sum: 1 }, avg: { $avg: '$n' } } }],
      [{ _id: null, count: 3, avg: double(5) }],
    ],
    ['$group of nothing', [], [{ $group: { _id: null, n: { $sum: 1 } } }], []],
    [
      '$group puts null and missing together',
      [{ a: null }, {}],
      [{ $group: { _id: '$a', n: { $sum: 1 } } }],
      [{ _id: null, n: 2 }],
    ],
    [
      '$group knows numbers by value',
      [{ a: 1 }, { a: double(1) }, { a: long(1) }, { a: decimal('1.0') }],
      [{ $group: { _id: '$a', n: { $sum: 1 } } }],
      [{ _id: 1, n: 4 }],
    ],
    [
      '$group tells long neighbours apart',
      [{ a: long(2n ** 53n) }, { a: long(2n ** 53n + 1n) }],
      [{ $group: { _id: '$a', n: { $sum: 1 } } }],
      [
        { _id: long(2n ** 53n), n: 1 },
        { _id: long(2n ** 53n + 1n), n: 1 },
      ],
    ],
    [
      '$group by a document',
      [{ a: 1, b: 2 }, { a: 1, b: 2 }, { a: 1 }],
      [{ $group: { _id: { a: '$a', b: '$b' }, n: { $sum: 1 } } }],
      [
        { _id: { a: 1, b: 2 }, n: 2 },
        { _id: { a: 1 }, n: 1 },
      ],
    ],
    [
      '$group by an array as a whole',
      [{ a: [1, 2] }, { a: [1, 2] }],
      [{ $group: { _id: '$a', n: { $count: {} } } }],
      [{ _id: [1, 2], n: 2 }],
    ],
    [
      '$sum passes over what is no number',
      [{ a: 1 }, { a: 'x' }, { a: null }, {}],
      [{ $group: { _id: null, s: { $sum: '$a' } } }],
      [{ _id: null, s: 1 }],
    ],
    [
      '$sum of ints grows to long',
      [{ a: 2147483647 }, { a: 1 }],
      [{ $group: { _id: null, s: { $sum: '$a' } } }],
      [{ _id: null, s: long(2147483648n) }],
    ],
    [
      '$sum of longs grows to double',
      [{ a: long(2n ** 63n - 1n) }, { a: long(2n ** 63n - 1n) }],
      [{ $group: { _id: null, s: { $sum: '$a' } } }],
      [{ _id: null, s: double(2 ** 64) }],
    ],
    [
      '$sum of decimals is exact',
      [{ a: decimal('0.1') }, { a: decimal('0.2') }, { a: 1 }],
      [{ $group: { _id: null, s: { $sum: '$a' } } }],
      [{ _id: null, s: decimal('1.3') }],
    ],
    [
      '$sum of ten times 0.1',
      Array.from({ length: 10 }, () => ({ a: 0.1 })),
      [{ $group: { _id: null, s: { $sum: '$a' } } }],
      [{ _id: null, s: double(1) }],
    ],
    [
      '$sum of infinities',
      [{ a: Infinity }, { a: 1 }],
      [{ $group: { _id: null, s: { $sum: '$a' } } }],
      [{ _id: null, s: double(Infinity) }],
    ],
    ['$avg of nothing', [{}], [{ $group: { _id: null, s: { $avg: '$a' } } }], [{ _id: null, s: null }]],
    [
      '$avg of decimals',
      [{ a: decimal('1') }, { a: decimal('2') }],
      [{ $group: { _id: null, s: { $avg: '$a' } } }],
      [{ _id: null, s: decimal('1.5') }],
    ],
    [
      '$min and $max across types without null',
      [{ a: 'x' }, { a: 5 }, { a: null }, {}],
      [{ $group: { _id: null, lo: { $min: '$a' }, hi: { $max: '$a' } } }],
      [{ _id: null, lo: 5, hi: 'x' }],
    ],
    [
      '$first and $last',
      people,
      [{ $group: { _id: null, f: { $first: '$n' }, l: { $last: '$tags' } } }],
      [{ _id: null, f: 3, l: null }],
    ],
    [
      '$push leaves out missing, keeps null',
      [{ a: 1 }, {}, { a: null }],
      [{ $group: { _id: null, a: { $push: '$a' } } }],
      [{ _id: null, a: [1, null] }],
    ],
    [
      '$push of documents',
      [{ a: 1, b: 2 }],
      [{ $group: { _id: null, x: { $push: { a: '$a', c: '$c' } } } }],
      [{ _id: null, x: [{ a: 1 }] }],
    ],
    [
      '$addToSet',
      [{ a: 1 }, { a: double(1) }, { a: '1' }],
      [{ $group: { _id: null, a: { $addToSet: '$a' } } }],
      [{ _id: null, a: [1, '1'] }],
    ],
    [
      '$mergeObjects in a group',
      [{ a: { x: 1 } }, { a: { y: 2 } }],
      [{ $group: { _id: null, a: { $mergeObjects: '$a' } } }],
      [{ _id: null, a: { x: 1, y: 2 } }],
    ],
    [
      '$sortByCount',
      people,
      [{ $sortByCount: '$region' }],
      [
        { _id: 'Kalmar', count: 2 },
        { _id: 'Jönköping', count: 1 },
      ],
    ],
    // $lookup
    [
      '$lookup',
      [{ _id: 1, k: 7 }],
      [{ $lookup: { from: 'o', localField: 'k', foreignField: '_id', as: 'o' } }],
      [{ _id: 1, k: 7, o: [{ _id: double(7), v: 1 }] }],
      { o: [{ _id: double(7), v: 1 }, { _id: 8 }] },
    ],
    [
      '$lookup with an array of keys',
      [{ _id: 1, k: [2, 1] }],
      [{ $lookup: { from: 'o', localField: 'k', foreignField: '_id', as: 'o' } }],
      [{ _id: 1, k: [2, 1], o: [{ _id: 1 }, { _id: 2 }] }],
      { o: [{ _id: 1 }, { _id: 2 }, { _id: 3 }] },
    ],
    [
      '$lookup into an array',
      [{ _id: 1 }],
      [{ $lookup: { from: 'o', localField: '_id', foreignField: 'ks', as: 'o' } }],
      [{ _id: 1, o: [{ ks: [1, 2] }] }],
      { o: [{ ks: [1, 2] }, { ks: [3] }] },
    ],
    [
      '$lookup of missing joins null and missing',
      [{ _id: 1 }],
      [{ $lookup: { from: 'o', localField: 'k', foreignField: 'k', as: 'o' } }],
      [{ _id: 1, o: [{ x: 1 }, { k: null }] }],
      { o: [{ x: 1 }, { k: null }, { k: 1 }] },
    ],
    [
      '$lookup through documents in an array',
      [{ a: [{ k: 1 }, { k: 2 }] }],
      [{ $lookup: { from: 'o', localField: 'a.k', foreignField: '_id', as: 'o' } }],
      [{ a: [{ k: 1 }, { k: 2 }], o: [{ _id: 1 }, { _id: 2 }] }],
      { o: [{ _id: 1 }, { _id: 2 }] },
    ],
    [
      '$lookup without match',
      [{ _id: 1, k: 9 }],
      [{ $lookup: { from: 'o', localField: 'k', foreignField: '_id', as: 'o' } }],
      [{ _id: 1, k: 9, o: [] }],
    ],
    [
      '$lookup into a path',
      [{ _id: 1, a: { b: 1 } }],
      [{ $lookup: { from: 'o', localField: '_id', foreignField: '_id', as: 'a.o' } }],
      [{ _id: 1, a: { b: 1, o: [{ _id: 1 }] } }],
      { o: [{ _id: 1 }] },
    ],
    [
      '$lookup by pipeline and let',
      [{ _id: 1, min: 5 }],
      [
        {
          $lookup: {
            from: 'o',
            let: { m: '$min' },
            pipeline: [{ $match: { $expr: { $gte: ['$v', '$$m'] } } }, { $project: { _id: 0, v: 1 } }],
            as: 'o',
          },
        },
      ],
      [{ _id: 1, min: 5, o: [{ v: 5 }, { v: 9 }] }],
      { o: [{ v: 1 }, { v: 5 }, { v: 9 }] },
    ],
    [
      '$lookup by fields and pipeline',
      [{ _id: 1 }],
      [
        {
          $lookup: {
            from: 'o',
            localField: '_id',
            foreignField: 'k',
            pipeline: [{ $match: { v: { $gt: 1 } } }],
            as: 'o',
          },
        },
      ],
      [{ _id: 1, o: [{ k: 1, v: 2 }] }],
      {
        o: [
          { k: 1, v: 1 },
          { k: 1, v: 2 },
          { k: 2, v: 3 },
        ],
      },
    ],
    [
      '$lookup within $lookup sees outer variables',
      [{ _id: 1 }],
      [
        {
          $lookup: {
            from: 'o',
            let: { x: '$_id' },
            pipeline: [
              { $lookup: { from: 'p', pipeline: [{ $match: { $expr: { $eq: ['$k', '$$x'] } } }], as: 'p' } },
            ],
            as: 'o',
          },
        },
      ],
      [{ _id: 1, o: [{ _id: 5, p: [{ k: 1 }] }] }],
      { o: [{ _id: 5 }], p: [{ k: 1 }, { k: 2 }] },
    ],
    [
      '$unionWith',
      [{ a: 1 }],
      [{ $unionWith: { coll: 'o', pipeline: [{ $match: { a: 2 } }] } }],
      [{ a: 1 }, { a: 2 }],
      { o: [{ a: 2 }, { a: 3 }] },
    ],
    [
      '$facet',
      people,
      [
        {
          $facet: {
            count: [{ $count: 'n' }],
            top: [{ $sort: { n: -1 } }, { $limit: 1 }, { $project: { _id: 1 } }],
          },
        },
      ],
      [{ count: [{ n: 3 }], top: [{ _id: 3 }] }],
    ],
  ];
  test.each(table)('%s', (_name, docs, pipeline, expected, others = {}) => {
    expect(typed(run(docs, pipeline, others))).toBe(typed(expected.map((doc) => stored(doc))));
  });

  describe('$lookup by fields', () => {
    const nulls = [
      { _id: 0 },
      { _id: 1, a: null },
      { _id: 2, a: [null, 1] },
      { _id: 10, a: [] },
      { _id: 20, a: 1 },
    ];
    const nested = [
      { _id: 0, a: [[1, 2], 3] },
      { _id: 1, a: [[1, 2]] },
      { _id: 2, a: [1, 2] },
      { _id: 10, a: [[[1, 2], 3], 4] },
      { _id: 11, a: [2, 1] },
    ];
    const paths = [
      { _id: 0, a: { y: 1 } },
      { _id: 3, a: [{ y: 2 }, { x: 1 }] },
      { _id: 5, a: { x: null } },
      { _id: 6, a: [{ x: null }, { x: 1 }] },
      { _id: 9, a: [1] },
      { _id: 10, a: [] },
      { _id: 20, a: { x: 2 } },
    ];
    // Name, one document of the one side, many of the other, their field, and which of them are joined.
    const joins: [string, 'local' | 'foreign', Document, Document[], string, number[]][] = [
      ['null finds missing, null and arrays with null', 'local', { b: null }, nulls, 'a', [0, 1, 2]],
      [
        'null is found by missing, null, arrays with null and empty arrays',
        'foreign',
        { b: null },
        nulls,
        'a',
        [0, 1, 2, 10],
      ],
      ['an empty array looks for null', 'local', { b: [] }, nulls, 'a', [0, 1, 2]],
      ['an array looks for its elements', 'local', { b: [1, 2] }, nested, 'a', [2, 11]],
      [
        'an array is found by its elements and as a whole',
        'foreign',
        { b: [1, 2] },
        nested,
        'a',
        [0, 1, 2, 11],
      ],
      ['an array within an array looks for that array', 'local', { b: [[1, 2], 42] }, nested, 'a', [0, 1, 2]],
      [
        'null finds paths that lead to nothing through documents',
        'local',
        { b: null },
        paths,
        'a.x',
        [0, 3, 5, 6],
      ],
      ['null is found by paths without any value', 'foreign', { b: null }, paths, 'a.x', [0, 5, 6, 9, 10]],
    ];
    test.each(joins)('%s', (_name, side, one, many, field, expected) => {
      const joinOf = (localField: string, foreignField: string): Document[] => [
        { $lookup: { from: 'o', localField, foreignField, as: 'o' } },
      ];
      const joined =
        side === 'local'
          ? (run([one], joinOf('b', field), { o: many })[0]!['o'] as Document[])
          : run(many, joinOf(field, 'b'), { o: [one] }).filter(({ o }) => (o as Document[]).length > 0);
      expect(joined.map(({ _id }) => Number(_id))).toEqual(expected);
    });
  });

  test('a collation holds for groups, matches and joins', () => {
    const collation = parseCollation({ locale: 'sv', strength: int(2) });
    expect(
      typed(run([{ a: 'X' }, { a: 'x' }], [{ $group: { _id: '$a', n: { $sum: 1 } } }], {}, { collation })),
    ).toBe(typed([{ _id: 'X', n: 2 }]));
    const join = [{ $lookup: { from: 'o', localField: 'a', foreignField: 'b', as: 'o' } }];
    expect(typed(run([{ a: 'X' }], join, { o: [{ b: 'x' }] }, { collation }))).toBe(
      typed([{ a: 'X', o: [{ b: 'x' }] }]),
    );
  });
});

describe('a pipeline that must fail', () => {
  const table: [string, Document[], number][] = [
    ['an unknown stage', [{ $foo: {} }], 40324],
    ['two stages in one', [{ $match: {}, $limit: 1 }], 40323],
    ['an empty stage', [{}], 40323],
    ['$out', [{ $out: 'x' }], 238],
    ['$graphLookup', [{ $graphLookup: {} }], 238],
    ['$sample', [{ $sample: { size: 1 } }], 238],
    ['$group without _id', [{ $group: { n: { $sum: 1 } } }], 15955],
    ['an unknown accumulator', [{ $group: { _id: null, n: { $foo: 1 } } }], 15952],
    ['a field that is no accumulator', [{ $group: { _id: null, n: '$a' } }], 40234],
    ['a dotted field in $group', [{ $group: { _id: null, 'a.b': { $sum: 1 } } }], 40235],
    ['$limit 0', [{ $limit: 0 }], 15958],
    ['$skip -1', [{ $skip: -1 }], 5107200],
    ['$sort of nothing', [{ $sort: {} }], 15976],
    ['$project of nothing', [{ $project: {} }], 51272],
    ['$project mixing', [{ $project: { a: 1, b: 0 } }], 31254],
    ['$project with $elemMatch', [{ $project: { a: { $elemMatch: { b: 1 } } } }], 168],
    ['$match with $where', [{ $match: { $where: 'x' } }], 238],
    ['$unwind without $', [{ $unwind: 'a' }], 28818],
    ['$unwind with an unknown option', [{ $unwind: { path: '$a', foo: 1 } }], 28811],
    ['$lookup without as', [{ $lookup: { from: 'o', pipeline: [] } }], 9],
    ['$lookup with an unknown argument', [{ $lookup: { from: 'o', as: 'o', pipeline: [], foo: 1 } }], 9],
    ['$lookup with a bad inner stage', [{ $lookup: { from: 'o', as: 'o', pipeline: [{ $foo: 1 }] } }], 40324],
    ['$count of a dotted name', [{ $count: 'a.b' }], 40160],
    ['$facet within $facet', [{ $facet: { a: [{ $facet: { b: [] } }] } }], 40600],
  ];
  test.each(table)('%s, before a document is read', (_name, pipeline, code) => {
    expect(errorCode(() => validatePipeline(stored({ pipeline })['pipeline']))).toBe(code);
  });

  test('$replaceRoot with no document', () => {
    expect(errorCode(() => run([{ a: 1 }], [{ $replaceRoot: { newRoot: '$a' } }]))).toBe(40228);
  });

  test('the collections that a pipeline reads are named', () => {
    const pipeline = [{ $lookup: { from: 'a', as: 'x', pipeline: [{ $unionWith: 'b' }] } }, { $match: {} }];
    expect(validatePipeline(pipeline)).toEqual({ collections: ['a', 'b'] });
  });
});
