import { describe, expect, test } from '@jest/globals';
import { Binary, BSONRegExp, Code, MaxKey, MinKey, Timestamp } from 'bson';

import { day, decimal, double, id, int, long, stored } from './spec-values.ts';
import type { Value } from './types.ts';
import { canonicalKey, compare, equal } from './values.ts';

describe('the order across types', () => {
  const ascending: [string, Value][] = [
    ['MinKey', new MinKey()],
    ['null', null],
    ['NaN', double(Number.NaN)],
    ['-Infinity', double(-Infinity)],
    ['a negative decimal', decimal('-1.5')],
    ['zero', int(0)],
    ['a number', double(3.5)],
    ['Infinity', decimal('Infinity')],
    ['an empty string', ''],
    ['a string', 'a'],
    ['an empty document', {}],
    ['a document', { a: int(1) }],
    ['an empty array', []],
    ['an array', [int(1)]],
    ['binary', new Binary(Buffer.from('a'))],
    ['longer binary', new Binary(Buffer.from('aa'))],
    ['ObjectId', id('a')],
    ['false', false],
    ['true', true],
    ['a date before 1970', day('1969-12-31')],
    ['a date', day('2020-01-01')],
    ['a timestamp', new Timestamp({ t: 1, i: 1 })],
    ['a pattern', new BSONRegExp('a', '')],
    ['code', new Code('x')],
    ['MaxKey', new MaxKey()],
  ];
  test.each(
    ascending
      .slice(1)
      .map(([name, value], index) => [ascending[index]![0], name, ascending[index]![1], value] as const),
  )('%s is below %s', (_low, _high, low, high) => {
    expect(compare(low, high)).toBe(-1);
    expect(compare(high, low)).toBe(1);
    expect(compare(high, high)).toBe(0);
  });
});

describe('comparison of values', () => {
  const beyondDouble = 2n ** 53n + 1n;
  const table: [string, Value, Value, number][] = [
    ['int and double of one value', int(1), double(1), 0],
    ['int and long of one value', int(1), long(1n), 0],
    ['long and decimal of one value', long(7n), decimal('7.00'), 0],
    ['2^53+1 as long above 2^53 as double', long(beyondDouble), double(2 ** 53), 1],
    ['2^53+1 as decimal equal to it as long', decimal('9007199254740993'), long(beyondDouble), 0],
    ['the greatest long below 2^63 as double', long(2n ** 63n - 1n), double(2 ** 63), -1],
    ['neighbouring longs', long(2n ** 62n), long(2n ** 62n + 1n), -1],
    ['longs by value, not as text', long(9n), long(10n), -1],
    ['decimal 0.1 below double 0.1', decimal('0.1'), double(0.1), -1],
    ['decimal 0.5 equal to double 0.5', decimal('0.5'), double(0.5), 0],
    ['decimals with different exponents', decimal('1E+3'), decimal('1000'), 0],
    ['decimal 9 below decimal 10', decimal('9'), decimal('10'), -1],
    ['huge decimals', decimal('1E+6144'), double(Number.MAX_VALUE), 1],
    ['tiny decimals', decimal('1E-6176'), double(Number.MIN_VALUE), -1],
    ['minus zero and zero', double(-0), int(0), 0],
    ['decimal minus zero and zero', decimal('-0'), int(0), 0],
    ['NaN of both kinds', double(Number.NaN), decimal('NaN'), 0],
    ['NaN below minus infinity', decimal('NaN'), double(-Infinity), -1],
    ['infinities of both kinds', decimal('-Infinity'), double(-Infinity), 0],
    ['strings by their bytes', 'Z', 'a', -1],
    ['strings beyond the BMP above those within', '\u{1f600}', '\uffff', 1],
    ['a prefix below the longer string', 'ab', 'abc', -1],
    ['documents by order of fields', { a: int(1), b: int(2) }, { b: int(2), a: int(1) }, -1],
    ['documents by type before name', { b: int(1) }, { a: 'x' }, -1],
    ['documents by name before value', { a: int(9) }, { b: int(1) }, -1],
    ['documents by number of fields last', { a: int(1) }, { a: int(1), b: int(1) }, -1],
    ['arrays element by element', [int(1), int(9)], [int(2)], -1],
    ['arrays by length last', [int(1)], [int(1), int(0)], -1],
    ['numbers within documents by value', { a: int(1) }, { a: double(1) }, 0],
    ['dates as signed milliseconds', new Date(-1), new Date(1), -1],
    ['timestamps as unsigned', new Timestamp({ t: 0xffffffff, i: 1 }), new Timestamp({ t: 1, i: 1 }), 1],
    ['binary by subtype before bytes', new Binary(Buffer.from('b'), 0), new Binary(Buffer.from('a'), 5), -1],
    ['patterns by options last', new BSONRegExp('a', 'i'), new BSONRegExp('a', ''), 1],
    ['missing below null', undefined, null, -1],
  ];
  test.each(table)('%s', (_name, a, b, expected) => {
    expect(Math.sign(compare(a, b)) + 0).toBe(expected);
    expect(Math.sign(compare(b, a)) + 0).toBe(-expected + 0);
    expect(equal(a, b)).toBe(expected === 0);
    expect(canonicalKey(a) === canonicalKey(b)).toBe(expected === 0);
  });

  test('the key of a string cannot pass for another value', () => {
    const keys = [
      '1',
      '{"a":n1}',
      'n1',
      int(1),
      { a: int(1) },
      ['a', 'b'],
      ['a,b'],
      'sa',
      null,
      undefined,
      true,
    ].map((v) => canonicalKey(v));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('a stored field called _bsontype does not make a number of a document', () => {
    const doc = { _bsontype: 'Int32', value: 5 };
    expect(compare(doc, int(5))).toBe(1);
  });

  test('values survive the way through BSON', () => {
    const doc = stored({ a: long(2n ** 53n + 1n), d: double(3), m: decimal('1.10') });
    expect(compare(doc.a, long(2n ** 53n + 1n))).toBe(0);
    expect(compare(doc.d, int(3))).toBe(0);
    expect(compare(doc.m, decimal('1.1'))).toBe(0);
  });
});
