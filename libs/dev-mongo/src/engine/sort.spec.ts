import { describe, expect, test } from '@jest/globals';

import { parseCollation } from './collation.ts';
import { valuesAtPath } from './paths.ts';
import { compileSort } from './sort.ts';
import { decimal, errorCode, int, long, stored, typed } from './spec-values.ts';
import type { Document, Value } from './types.ts';

const named = (values: Record<string, Value>): Document[] =>
  Object.entries(values).map(([name, a]) => stored(a === undefined ? { name } : { name, a }));

describe('a sort', () => {
  const table: [string, Record<string, Value>, Document, string][] = [
    ['numbers by value', { x: long(10n), y: 9, z: decimal('9.5') }, { a: 1 }, 'y z x'],
    ['downwards', { x: 1, y: 3, z: 2 }, { a: -1 }, 'y z x'],
    ['missing and null first and together', { x: 1, y: undefined, z: null }, { a: 1 }, 'y z x'],
    ['across types', { s: 'a', n: 5, d: new Date(0), b: true, o: { q: 1 } }, { a: 1 }, 'n s o b d'],
    ['upwards by the smallest of an array', { x: [5, 1], y: 3 }, { a: 1 }, 'x y'],
    ['downwards by the greatest of an array', { x: [5, 1], y: 3 }, { a: -1 }, 'x y'],
    ['an empty array below null', { n: null, e: [], x: 0 }, { a: 1 }, 'e n x'],
    ['an empty array last downwards', { n: null, e: [], x: 0 }, { a: -1 }, 'x n e'],
    ['by a path', { x: { b: 2 }, y: { b: 1 } }, { 'a.b': 1 }, 'y x'],
    ['by a path through an array', { x: [{ b: 9 }, { b: 2 }], y: [{ b: 3 }] }, { 'a.b': 1 }, 'x y'],
    [
      'a document of an array without the field counts as null',
      { x: [{ b: 9 }, {}], y: [{ b: -1 }] },
      { 'a.b': 1 },
      'x y',
    ],
    [
      'an array within an array by its elements as they are',
      { x: [[1]], y: [5], z: [[0, 9]] },
      { a: 1 },
      'y z x',
    ],
    ['strings by bytes', { x: 'b', y: 'B', z: 'å' }, { a: 1 }, 'y x z'],
    ['equal ones stay in order', { x: 1, y: 1, z: 1 }, { a: 1 }, 'x y z'],
  ];
  test.each(table)('%s', (_name, values, spec, expected) => {
    const sorted = named(values).toSorted(compileSort(stored(spec)));
    expect(sorted.map(({ name }) => name).join(' ')).toBe(expected);
  });

  test('by two fields', () => {
    const docs = [
      { a: 1, b: 1 },
      { a: 0, b: 5 },
      { a: 1, b: 9 },
    ].map((doc) => stored(doc));
    const sorted = docs.toSorted(compileSort(stored({ a: 1, b: -1 })));
    expect(typed(sorted)).toBe(
      typed([
        { a: 0, b: 5 },
        { a: 1, b: 9 },
        { a: 1, b: 1 },
      ]),
    );
  });

  test('fields within one array are taken from one element', () => {
    const docs = [
      {
        name: 'x',
        a: [
          { b: 1, c: 5 },
          { b: 2, c: 1 },
        ],
      },
      { name: 'y', a: [{ b: 1, c: 3 }] },
      { name: 'z', a: [] },
    ].map((doc) => stored(doc));
    const order = (spec: Document) =>
      docs
        .toSorted(compileSort(stored(spec)))
        .map(({ name }) => name)
        .join(' ');
    expect(order({ 'a.b': 1, 'a.c': 1 })).toBe('z y x');
    expect(order({ 'a.b': -1, 'a.c': 1 })).toBe('x y z');
    expect(order({ 'a.c': -1, 'a.b': 1 })).toBe('x y z');
  });

  test('by two arrays side by side is refused, as in MongoDB', () => {
    const docs = [
      { a: [1, 2], b: [1, 2] },
      { a: [1], b: [1] },
    ].map((doc) => stored(doc));
    expect(errorCode(() => docs.toSorted(compileSort({ a: 1, b: 1 })))).toBe(2);
    expect(errorCode(() => docs.toSorted(compileSort({ a: 1, 'b.c': 1 })))).toBe(2);
    expect(errorCode(() => docs.toSorted(compileSort({ a: 1, c: 1 })))).toBeUndefined();
  });

  test('in Swedish', () => {
    const collation = parseCollation({ locale: 'sv' })!;
    const names = ['Örebro', 'Zinkgruvan', 'Åre', 'Älmhult', 'ada', 'Ada'].map((a) => ({ a }));
    const sorted = names.toSorted(compileSort({ a: 1 }, collation));
    expect(sorted.map(({ a }) => a)).toEqual(['ada', 'Ada', 'Zinkgruvan', 'Åre', 'Älmhult', 'Örebro']);
  });

  test('malformed specifications are refused', () => {
    expect(errorCode(() => compileSort({ a: int(2) }))).toBe(15975);
    expect(errorCode(() => compileSort({ a: 'up' }))).toBe(15974);
    expect(errorCode(() => compileSort({ a: { $meta: 'textScore' } }))).toBe(238);
  });
});

describe('the keys of an index', () => {
  const table: [string, Document, string, Value[], boolean, boolean][] = [
    ['a scalar', { a: 1 }, 'a', [1], false, false],
    ['missing', {}, 'a', [], true, false],
    ['an array', { a: [1, 2] }, 'a', [1, 2], false, true],
    ['an empty array', { a: [] }, 'a', [undefined], false, true],
    ['a path', { a: { b: 1 } }, 'a.b', [1], false, false],
    ['a path through an array', { a: [{ b: 1 }, {}, 5] }, 'a.b', [1], true, true],
    ['a path through an empty array', { a: [] }, 'a.b', [], true, true],
    ['an array within an array', { a: [[1, 2]] }, 'a', [[1, 2]], false, true],
    ['a position', { a: [7, 8] }, 'a.1', [8], false, false],
    ['a path through a scalar', { a: 5 }, 'a.b', [], true, false],
  ];
  test.each(table)('%s', (_name, doc, path, values, missing, viaArray) => {
    const found = valuesAtPath(stored(doc), path);
    expect(typed(found.values)).toBe(typed(values));
    expect([found.missing, found.viaArray]).toEqual([missing, viaArray]);
  });

  test('a name that is both position and field is refused', () => {
    expect(errorCode(() => valuesAtPath({ a: [{ '0': 1 }] }, 'a.0'))).toBe(16746);
  });
});
