// The argument of $switch has a field called `then`; nothing here is awaited.
/* oxlint-disable unicorn/no-thenable */
import { runInThisContext } from 'node:vm';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { day, decimal, double, errorCode, id, long, stored, typed } from '../spec-values.ts';
import type { Document, Value } from '../types.ts';
import { makeEnvironment } from './expression.ts';

// Results must not depend on the zone of the machine: one with summer time would show it. Jest gives
// tests a copy of the environment, so the zone is set outside of its sandbox.
const setZone = (zone: string | undefined): void => {
  runInThisContext(zone === undefined ? 'delete process.env.TZ' : `process.env.TZ = ${JSON.stringify(zone)}`);
};
const zoneBefore = process.env['TZ'];
beforeAll(() => setZone('Europe/Stockholm'));
afterAll(() => setZone(zoneBefore));

const now = new Date('2026-02-03T04:05:06.789Z');

function evaluate(expression: Value, doc: Document = {}): Value {
  const { scope, start } = makeEnvironment({ now });
  return scope.compile(stored({ expression })['expression'])(start(stored(doc)));
}

test('the zone of the machine is one with summer time, so that its use would show', () => {
  expect(new Date(2025, 6, 1).toISOString()).toBe('2025-06-30T22:00:00.000Z');
});

describe('an expression', () => {
  const summer = day('2025-07-01T22:30:15.123Z');
  const table: [string, Value, Value, Document?][] = [
    // paths and literals
    ['a field', '$a', 5, { a: 5 }],
    ['a missing field', '$a', undefined],
    ['a path through an array gives an array', '$a.b', [1, 2], { a: [{ b: 1 }, 5, { b: 2 }, {}] }],
    ['a path does not take positions', '$a.0', [], { a: [7] }],
    ['$$ROOT', '$$ROOT', { a: 1 }, { a: 1 }],
    ['$$NOW', '$$NOW', now],
    ['a document', { x: '$a', y: '$nope', z: 1 }, { x: 5, z: 1 }, { a: 5 }],
    ['an array puts null for missing', ['$a', '$nope'], [5, null], { a: 5 }],
    ['$literal', { $literal: '$a' }, '$a'],
    ['$let', { $let: { vars: { x: '$a' }, in: { $add: ['$$x', 1] } } }, 6, { a: 5 }],
    [
      '$let sees the outer variable in its own values',
      { $let: { vars: { x: 1 }, in: { $let: { vars: { x: 2, y: '$$x' }, in: ['$$x', '$$y'] } } } },
      [2, 1],
    ],
    // arithmetic
    ['$add', { $add: [1, 2, 3] }, 6],
    ['$add beyond 32 bits', { $add: [2147483647, 1] }, long(2147483648n)],
    ['$add long exactly', { $add: [long(2n ** 53n), 1] }, long(2n ** 53n + 1n)],
    ['$add beyond 64 bits gives a double', { $add: [long(2n ** 63n - 1n), 1] }, double(2 ** 63)],
    ['$add with double', { $add: [1, double(2)] }, double(3)],
    ['$add decimals exactly', { $add: [decimal('0.1'), decimal('0.2')] }, decimal('0.3')],
    ['$add null', { $add: [1, null] }, null],
    ['$add missing', { $add: [1, '$nope'] }, null],
    ['$add to a date', { $add: [day('2025-01-01'), 86400000] }, day('2025-01-02')],
    ['$subtract', { $subtract: [5, 7] }, -2],
    [
      '$subtract dates gives milliseconds',
      { $subtract: [day('2025-01-02'), day('2025-01-01')] },
      long(86400000),
    ],
    ['$subtract from a date', { $subtract: [day('2025-01-02'), 86400000] }, day('2025-01-01')],
    ['$multiply', { $multiply: [3, 4] }, 12],
    ['$multiply decimals', { $multiply: [decimal('1.10'), 3] }, decimal('3.30')],
    ['$divide always gives a double', { $divide: [6, 3] }, double(2)],
    ['$divide decimals', { $divide: [decimal('1'), 3] }, decimal('0.3333333333333333333333333333333333')],
    ['$divide decimals that go up', { $divide: [decimal('1.00'), decimal('4')] }, decimal('0.25')],
    ['$mod', { $mod: [-7, 3] }, -1],
    ['$mod of doubles', { $mod: [7.5, 2] }, 1.5],
    ['$abs', { $abs: -5 }, 5],
    ['$ceil', { $ceil: 1.2 }, double(2)],
    ['$floor of a negative decimal', { $floor: decimal('-1.5') }, decimal('-2')],
    ['$round half to even', { $round: [2.5, 0] }, double(2)],
    ['$round to places', { $round: [1.25, 1] }, 1.2],
    ['$round of the double below 2.675', { $round: [2.675, 2] }, 2.67],
    ['$round decimals half to even', { $round: [decimal('2.345'), 2] }, decimal('2.34')],
    ['$round of an int to tens', { $round: [15, -1] }, 20],
    ['$trunc', { $trunc: [-1.9] }, double(-1)],
    ['$pow of ints', { $pow: [2, 10] }, 1024],
    ['$pow beyond 64 bits', { $pow: [2, 64] }, double(2 ** 64)],
    ['$pow with a negative exponent', { $pow: [2, -1] }, 0.5],
    ['$sqrt', { $sqrt: 16 }, double(4)],
    ['$sum of an array', { $sum: '$a' }, 6, { a: [1, 2, 'x', 3] }],
    ['$sum of operands passes arrays by', { $sum: [[1, 2], 3] }, 3],
    ['$sum of nothing', { $sum: '$nope' }, 0],
    ['$avg', { $avg: [[1, 2]] }, 1.5],
    ['$max of an array', { $max: '$a' }, 9, { a: [3, 9, null] }],
    // comparison and logic
    ['$eq across number types', { $eq: [1, double(1)] }, true],
    ['$eq of missing and null', { $eq: ['$nope', null] }, false],
    ['$gt across types', { $gt: ['x', 5] }, true],
    ['$cmp', { $cmp: [1, 2] }, -1],
    ['$and', { $and: [1, 'x', true] }, true],
    ['$and of nothing', { $and: [] }, true],
    ['$or with 0 and null', { $or: [0, null, '$nope'] }, false],
    ['an empty text is true', { $not: [''] }, false],
    ['$cond', { $cond: [{ $gte: ['$a', 5] }, 'yes', 'no'] }, 'yes', { a: 5 }],
    ['$cond with names', { $cond: { if: '$a', then: 1, else: 2 } }, 2],
    ['$cond takes the other way lazily', { $cond: [true, 1, { $divide: [1, 0] }] }, 1],
    ['$ifNull', { $ifNull: ['$nope', null, 7] }, 7],
    [
      '$switch',
      {
        $switch: {
          branches: [
            { case: false, then: 1 },
            { case: true, then: 2 },
          ],
          default: 3,
        },
      },
      2,
    ],
    ['$switch default', { $switch: { branches: [{ case: false, then: 1 }], default: 3 } }, 3],
    // strings
    ['$concat', { $concat: ['a', '$b'] }, 'ax', { b: 'x' }],
    ['$concat null', { $concat: ['a', null] }, null],
    ['$toUpper changes ASCII alone', { $toUpper: 'aå' }, 'Aå'],
    ['$toLower of null', { $toLower: null }, ''],
    ['$strLenCP', { $strLenCP: 'å\u{1f600}' }, 2],
    ['$strLenBytes', { $strLenBytes: 'å\u{1f600}' }, 6],
    ['$substrCP', { $substrCP: ['åäö', 1, 1] }, 'ä'],
    ['$substrBytes', { $substrBytes: ['åbc', 2, 1] }, 'b'],
    ['$split', { $split: ['a-b-c', '-'] }, ['a', 'b', 'c']],
    ['$trim', { $trim: { input: ' \ta\n' } }, 'a'],
    ['$trim of given characters', { $trim: { input: 'xxaxx', chars: 'x' } }, 'a'],
    ['$indexOfCP', { $indexOfCP: ['åäö', 'ö'] }, 2],
    ['$indexOfBytes', { $indexOfBytes: ['åäö', 'ö'] }, 4],
    ['$indexOfCP from a start', { $indexOfCP: ['abab', 'a', 1] }, 2],
    ['$replaceAll', { $replaceAll: { input: 'a.a', find: 'a', replacement: { $literal: '$&' } } }, '$&.$&'],
    ['$replaceOne', { $replaceOne: { input: 'aa', find: 'a', replacement: 'b' } }, 'ba'],
    ['$regexMatch', { $regexMatch: { input: 'Kalmar', regex: '^kal', options: 'i' } }, true],
    ['$strcasecmp', { $strcasecmp: ['ABC', 'abd'] }, -1],
    // arrays
    ['$map', { $map: { input: '$a', as: 'x', in: { $multiply: ['$$x', 2] } } }, [2, 4], { a: [1, 2] }],
    ['$map with $$this', { $map: { input: [1], in: '$$this' } }, [1]],
    ['$map of null', { $map: { input: null, in: 1 } }, null],
    [
      '$filter',
      { $filter: { input: '$a', as: 'x', cond: { $gt: ['$$x.n', 1] } } },
      [{ n: 2 }],
      { a: [{ n: 1 }, { n: 2 }] },
    ],
    ['$filter with limit', { $filter: { input: [1, 2, 3], cond: true, limit: 2 } }, [1, 2]],
    [
      '$reduce',
      { $reduce: { input: ['a', 'b'], initialValue: '', in: { $concat: ['$$value', '$$this'] } } },
      'ab',
    ],
    ['$size', { $size: '$a' }, 2, { a: [1, 2] }],
    ['$arrayElemAt', { $arrayElemAt: [[1, 2, 3], -1] }, 3],
    ['$arrayElemAt outside is missing', { $arrayElemAt: [[1], 5] }, undefined],
    ['$first', { $first: '$a' }, 1, { a: [1, 2] }],
    ['$last of nothing is missing', { $last: [[]] }, undefined],
    ['$in', { $in: [double(2), [1, 2]] }, true],
    ['$in does not open arrays', { $in: [1, [[1]]] }, false],
    ['$concatArrays', { $concatArrays: [[1], [2, 3]] }, [1, 2, 3]],
    ['$slice', { $slice: [[1, 2, 3], -2] }, [2, 3]],
    ['$slice from a position', { $slice: [[1, 2, 3], 1, 1] }, [2]],
    ['$range', { $range: [0, 5, 2] }, [0, 2, 4]],
    ['$range downwards', { $range: [3, 0, -1] }, [3, 2, 1]],
    ['$reverseArray', { $reverseArray: { $literal: [1, 2] } }, [2, 1]],
    ['$isArray', { $isArray: ['$a'] }, true, { a: [] }],
    ['$indexOfArray', { $indexOfArray: [['a', 'b'], 'b'] }, 1],
    ['$sortArray', { $sortArray: { input: [3, 'x', 1], sortBy: 1 } }, [1, 3, 'x']],
    [
      '$sortArray by a field that is an array compares it whole',
      { $sortArray: { input: { $literal: [{ a: [9, 1] }, 7, { a: 2 }] }, sortBy: { a: 1 } } },
      [7, { a: 2 }, { a: [9, 1] }],
    ],
    [
      '$sortArray by a field',
      { $sortArray: { input: [{ a: 2 }, { a: 1 }], sortBy: { a: 1 } } },
      [{ a: 1 }, { a: 2 }],
    ],
    [
      '$setUnion',
      {
        $setUnion: [
          [2, 1],
          [1, double(2), 3],
        ],
      },
      [1, 2, 3],
    ],
    [
      '$setIntersection',
      {
        $setIntersection: [
          [1, 2, 3],
          [3, 1, 4],
        ],
      },
      [1, 3],
    ],
    ['$setDifference', { $setDifference: [[3, 1, 2], [1]] }, [3, 2]],
    [
      '$setEquals',
      {
        $setEquals: [
          [1, 2, 1],
          [2, 1],
        ],
      },
      true,
    ],
    ['$setIsSubset', { $setIsSubset: [[1], [2, 1]] }, true],
    ['$anyElementTrue', { $anyElementTrue: [[0, null, 'x']] }, true],
    ['$allElementsTrue of nothing', { $allElementsTrue: [[]] }, true],
    // objects
    ['$mergeObjects', { $mergeObjects: [{ a: 1, b: 1 }, null, { b: 2 }] }, { a: 1, b: 2 }],
    ['$mergeObjects of an array', { $mergeObjects: '$a' }, { x: 1, y: 2 }, { a: [{ x: 1 }, { y: 2 }] }],
    ['$objectToArray', { $objectToArray: '$a' }, [{ k: 'x', v: 1 }], { a: { x: 1 } }],
    [
      '$arrayToObject',
      {
        $arrayToObject: [
          [
            ['x', 1],
            ['y', 2],
          ],
        ],
      },
      { x: 1, y: 2 },
    ],
    ['$arrayToObject of k and v', { $arrayToObject: { $literal: [{ k: 'x', v: 1 }] } }, { x: 1 }],
    ['$getField with a dot', { $getField: 'a.b' }, 1, { 'a.b': 1 }],
    ['$setField', { $setField: { field: 'a.b', input: '$$ROOT', value: 2 } }, { x: 1, 'a.b': 2 }, { x: 1 }],
    // types
    ['$type', { $type: '$a' }, 'long', { a: long(1) }],
    ['$type of missing', { $type: '$a' }, 'missing'],
    ['$isNumber', { $isNumber: '$a' }, true, { a: decimal('1') }],
    ['$toString of an int', { $toString: 5 }, '5'],
    ['$toString of a double', { $toString: 2.5 }, '2.5'],
    ['$toString of a decimal', { $toString: decimal('1.10') }, '1.10'],
    ['$toString of a date', { $toString: day('2025-01-02') }, '2025-01-02T00:00:00.000Z'],
    ['$toString of an ObjectId', { $toString: id('a') }, 'a'.repeat(24)],
    ['$toInt of a text', { $toInt: '42' }, 42],
    ['$toInt cuts off', { $toInt: -2.9 }, -2],
    ['$toLong of a date', { $toLong: day('1970-01-02') }, long(86400000)],
    ['$toDouble of a text', { $toDouble: '1.5e2' }, double(150)],
    ['$toDecimal of a text', { $toDecimal: '1.10' }, decimal('1.10')],
    ['$toBool of a text', { $toBool: 'false' }, true],
    ['$toDate of a text', { $toDate: '2025-01-02T03:04:05Z' }, day('2025-01-02T03:04:05Z')],
    ['$toDate of a day', { $toDate: '2025-01-02' }, day('2025-01-02T00:00:00Z')],
    ['$toObjectId', { $toObjectId: 'a'.repeat(24) }, id('a')],
    ['$convert with onError', { $convert: { input: 'x', to: 'int', onError: -1 } }, -1],
    ['$convert with onNull', { $convert: { input: null, to: 'int', onNull: 0 } }, 0],
    // dates, never in the zone of the machine
    ['$year', { $year: day('2024-12-31T23:30:00Z') }, 2024],
    ['$year in a zone', { $year: { date: day('2024-12-31T23:30:00Z'), timezone: 'Europe/Stockholm' } }, 2025],
    ['$month', { $month: summer }, 7],
    ['$dayOfMonth in summer time', { $dayOfMonth: { date: summer, timezone: 'Europe/Stockholm' } }, 2],
    ['$hour', { $hour: summer }, 22],
    ['$hour in summer time', { $hour: { date: summer, timezone: 'Europe/Stockholm' } }, 0],
    ['$hour with an offset', { $hour: { date: summer, timezone: '-05:30' } }, 17],
    [
      '$minute, $second, $millisecond',
      [{ $minute: summer }, { $second: summer }, { $millisecond: summer }],
      [30, 15, 123],
    ],
    ['$dayOfWeek of a Sunday', { $dayOfWeek: day('2025-01-05') }, 1],
    ['$isoDayOfWeek of a Sunday', { $isoDayOfWeek: day('2025-01-05') }, 7],
    ['$dayOfYear', { $dayOfYear: day('2024-12-31') }, 366],
    ['$isoWeek at the turn of the year', { $isoWeek: day('2024-12-30') }, 1],
    ['$isoWeekYear at the turn of the year', { $isoWeekYear: day('2024-12-30') }, long(2025)],
    ['$week', { $week: day('2025-01-05') }, 1],
    ['$dateToString', { $dateToString: { date: summer } }, '2025-07-01T22:30:15.123Z'],
    [
      '$dateToString with format and zone',
      { $dateToString: { date: summer, format: '%Y-%m-%d %H:%M %z', timezone: 'Europe/Stockholm' } },
      '2025-07-02 00:30 +0200',
    ],
    [
      '$dateToString of weeks',
      { $dateToString: { date: day('2024-12-30'), format: '%G-W%V-%u %j' } },
      '2025-W01-1 365',
    ],
    ['$dateToString of null', { $dateToString: { date: '$nope', onNull: '-' } }, '-'],
    [
      '$dateFromString in a zone',
      { $dateFromString: { dateString: '2025-07-02T00:30', timezone: 'Europe/Stockholm' } },
      day('2025-07-01T22:30:00Z'),
    ],
    [
      '$dateAdd a month at its end',
      { $dateAdd: { startDate: day('2024-01-31'), unit: 'month', amount: 1 } },
      day('2024-02-29'),
    ],
    [
      '$dateAdd a day over the change of clocks',
      {
        $dateAdd: {
          startDate: day('2025-03-29T12:00:00Z'),
          unit: 'day',
          amount: 1,
          timezone: 'Europe/Stockholm',
        },
      },
      day('2025-03-30T11:00:00Z'),
    ],
    [
      '$dateSubtract hours',
      { $dateSubtract: { startDate: day('2025-01-01'), unit: 'hour', amount: 3 } },
      day('2024-12-31T21:00:00Z'),
    ],
    [
      '$dateDiff counts boundaries',
      {
        $dateDiff: {
          startDate: day('2024-12-31T23:00:00Z'),
          endDate: day('2025-01-01T01:00:00Z'),
          unit: 'year',
        },
      },
      long(1),
    ],
    [
      '$dateDiff in a zone',
      {
        $dateDiff: {
          startDate: day('2025-07-01T21:00:00Z'),
          endDate: day('2025-07-01T22:30:00Z'),
          unit: 'day',
          timezone: 'Europe/Stockholm',
        },
      },
      long(1),
    ],
    [
      '$dateTrunc to a month in a zone',
      { $dateTrunc: { date: summer, unit: 'month', timezone: 'Europe/Stockholm' } },
      day('2025-06-30T22:00:00Z'),
    ],
    [
      '$dateTrunc to a week',
      { $dateTrunc: { date: day('2025-01-08'), unit: 'week', startOfWeek: 'monday' } },
      day('2025-01-06'),
    ],
  ];
  test.each(table)('%s', (_name, expression, expected, doc = {}) => {
    const wanted = expected === undefined ? undefined : stored({ expected })['expected'];
    expect(typed(evaluate(expression, doc))).toBe(typed(wanted));
  });
});

describe('an expression that must fail', () => {
  const table: [string, Value, number, Document?][] = [
    ['an unknown operator', { $foo: 1 }, 168],
    ['an operator that is not supported', { $function: {} }, 168],
    ['two operators', { $add: [1], $subtract: [1, 2] }, 15983],
    ['an undefined variable', '$$nope', 17276],
    ['$ alone', '$', 16872],
    ['an empty part of a path', '$a..b', 15998],
    ['a dotted name', { 'a.b': 1 }, 16412],
    ['$add a text', { $add: [1, 'x'] }, 14],
    ['$subtract a date from a number', { $subtract: [1, day('2025-01-01')] }, 14],
    ['$divide by zero', { $divide: [1, 0] }, 2],
    ['$mod by zero', { $mod: [1, 0] }, 16610],
    ['$concat a number', { $concat: ['a', 1] }, 16702],
    ['$size of no array', { $size: '$a' }, 17124, { a: 1 }],
    ['$in without array', { $in: [1, '$a'] }, 40081, { a: 1 }],
    ['too few operands', { $eq: [1] }, 16020],
    ['$cond with an unknown name', { $cond: { if: 1, then: 1, other: 1 } }, 9],
    ['$switch without match', { $switch: { branches: [{ case: false, then: 1 }] } }, 40066],
    ['$filter with an unknown name', { $filter: { input: [], cond: 1, foo: 1 } }, 9],
    ['$toInt of a bad text', { $toInt: '1.5' }, 241],
    ['$toInt out of range', { $toInt: 3000000000 }, 241],
    ['$toDate of another form', { $toDate: '2 Jan 2025' }, 241],
    ['$toDate of a day that is none', { $toDate: '2025-02-30' }, 241],
    ['$toString of a double with 17 digits', { $toString: { $add: [0.1, double(0.2), double(1e-17)] } }, 238],
    ['an unknown zone', { $year: { date: day('2025-01-01'), timezone: 'Europe/Kalmar' } }, 40485],
    ['an unknown format', { $dateToString: { date: day('2025-01-01'), format: '%q' } }, 18536],
    ['$year of a text', { $year: '2025' }, 16006],
    ['a system variable that is not supported', '$$CLUSTER_TIME', 238],
    ['a variable with a capital', { $let: { vars: { X: 1 }, in: 1 } }, 9],
    ['another CURRENT', { $let: { vars: { CURRENT: '$a' }, in: '$b' } }, 238],
    ['$pow of a decimal', { $pow: [decimal('2'), 2] }, 238],
  ];
  test.each(table)('%s', (_name, expression, code, doc = {}) => {
    expect(errorCode(() => evaluate(expression, doc))).toBe(code);
  });
});
