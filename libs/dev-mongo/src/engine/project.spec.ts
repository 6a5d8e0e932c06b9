import { describe, expect, test } from '@jest/globals';

import { compileMatch } from './match.ts';
import { compileProjection } from './project.ts';
import { errorCode, stored, typed } from './spec-values.ts';
import type { Document } from './types.ts';

const sample = { _id: 1, a: 1, b: { c: 2, d: 3 }, e: [{ f: 1, g: 2 }, { f: 3 }, 5] };

describe('a projection', () => {
  const table: [string, Document, Document, Document, Document?][] = [
    ['nothing', sample, {}, sample],
    ['inclusion takes _id along', sample, { a: 1 }, { _id: 1, a: 1 }],
    ['inclusion without _id', sample, { a: 1, _id: 0 }, { a: 1 }],
    ['inclusion keeps the order of the document', sample, { e: 1, a: true }, { _id: 1, a: 1, e: sample.e }],
    ['inclusion of _id alone', sample, { _id: 1 }, { _id: 1 }],
    ['exclusion', sample, { e: 0, b: 0 }, { _id: 1, a: 1 }],
    ['exclusion of _id alone', { _id: 1, a: 1 }, { _id: 0 }, { a: 1 }],
    ['exclusion may name _id as kept', { _id: 1, a: 1, b: 1 }, { a: 0, _id: 1 }, { _id: 1, b: 1 }],
    ['inclusion of a path', sample, { 'b.c': 1 }, { _id: 1, b: { c: 2 } }],
    ['inclusion written as a document', sample, { b: { c: 1 } }, { _id: 1, b: { c: 2 } }],
    ['inclusion of a missing path leaves the empty document', sample, { 'b.x': 1 }, { _id: 1, b: {} }],
    ['inclusion of a path through a scalar', sample, { 'a.x': 1 }, { _id: 1 }],
    [
      'inclusion in an array drops what is no document',
      sample,
      { 'e.f': 1 },
      { _id: 1, e: [{ f: 1 }, { f: 3 }] },
    ],
    [
      'inclusion in arrays within arrays',
      { _id: 1, a: [[{ b: 1, c: 2 }, 7]] },
      { 'a.b': 1 },
      { _id: 1, a: [[{ b: 1 }]] },
    ],
    ['exclusion of a path', sample, { 'b.c': 0, e: 0 }, { _id: 1, a: 1, b: { d: 3 } }],
    [
      'exclusion in an array keeps what is no document',
      sample,
      { 'e.f': 0, b: 0 },
      { _id: 1, a: 1, e: [{ g: 2 }, {}, 5] },
    ],
    [
      'exclusion in arrays within arrays',
      { _id: 1, a: [[{ b: 1, c: 2 }, 7]] },
      { 'a.b': 0 },
      { _id: 1, a: [[{ c: 2 }, 7]] },
    ],
    ['an expression', sample, { x: '$b.c', _id: 0 }, { x: 2 }],
    [
      'an expression replaces a field, at the end',
      sample,
      { a: { $add: ['$a', 1] }, b: 1, _id: 0 },
      { b: { c: 2, d: 3 }, a: 2 },
    ],
    ['an expression within a path', sample, { 'b.x': { $literal: 9 } }, { _id: 1, b: { x: 9 } }],
    ['a missing expression adds nothing', sample, { x: '$nope' }, { _id: 1 }],
    ['a text is a value', sample, { x: 'hello', _id: 0 }, { x: 'hello' }],
    ['part of _id', { _id: { a: 1, b: 2 }, c: 3 }, { '_id.a': 1 }, { _id: { a: 1 } }],
    ['$slice of the first', sample, { e: { $slice: 1 }, b: 0 }, { _id: 1, a: 1, e: [{ f: 1, g: 2 }] }],
    ['$slice of the last', { _id: 1, a: [1, 2, 3] }, { a: { $slice: -2 } }, { _id: 1, a: [2, 3] }],
    ['$slice with skip', { _id: 1, a: [1, 2, 3, 4] }, { a: { $slice: [1, 2] } }, { _id: 1, a: [2, 3] }],
    [
      '$slice with skip from the end',
      { _id: 1, a: [1, 2, 3, 4] },
      { a: { $slice: [-3, 2] } },
      { _id: 1, a: [2, 3] },
    ],
    [
      '$slice beside inclusion',
      { _id: 1, a: [1, 2], b: 1, c: 1 },
      { a: { $slice: 1 }, b: 1 },
      { _id: 1, a: [1], b: 1 },
    ],
    ['$slice of no array', { _id: 1, a: 5 }, { a: { $slice: 1 } }, { _id: 1, a: 5 }],
    ['$slice on a path', { _id: 1, a: { b: [1, 2] } }, { 'a.b': { $slice: 1 } }, { _id: 1, a: { b: [1] } }],
    [
      '$slice with three operands is the expression',
      { _id: 1, a: [1, 2, 3] },
      { x: { $slice: ['$a', 1, 2] } },
      { _id: 1, x: [2, 3] },
    ],
    [
      '$elemMatch',
      { _id: 1, a: [{ b: 1 }, { b: 2, c: 1 }, { b: 2 }] },
      { a: { $elemMatch: { b: 2 } } },
      { _id: 1, a: [{ b: 2, c: 1 }] },
    ],
    ['$elemMatch without match', { _id: 1, a: [{ b: 1 }] }, { a: { $elemMatch: { b: 2 } } }, { _id: 1 }],
    [
      '$elemMatch beside $slice of included fields',
      { _id: 1, a: [1, 5], b: [1, 2], c: 1 },
      { a: { $elemMatch: { $gt: 2 } }, b: { $slice: 1 }, c: 1 },
      { _id: 1, b: [1], c: 1, a: [5] },
    ],
    [
      '$elemMatch without _id',
      { _id: 1, a: [1, 5], b: 1 },
      { _id: 0, a: { $elemMatch: { $gt: 2 } } },
      { a: [5] },
    ],
    ['$elemMatch on values', { _id: 1, a: [1, 5, 9] }, { a: { $elemMatch: { $gt: 2 } } }, { _id: 1, a: [5] }],
    ['positional', { _id: 1, a: [1, 5, 9] }, { 'a.$': 1 }, { _id: 1, a: [5] }, { a: { $gt: 2 } }],
    [
      'positional on documents',
      { _id: 1, a: [{ b: 1 }, { b: 2, c: 3 }], d: 1 },
      { 'a.$': 1 },
      { _id: 1, a: [{ b: 2, c: 3 }] },
      { 'a.b': 2 },
    ],
    [
      'positional on a path',
      { _id: 1, a: { b: [7, 8] } },
      { 'a.b.$': 1 },
      { _id: 1, a: { b: [8] } },
      { 'a.b': 8 },
    ],
  ];
  test.each(table)('%s', (_name, doc, spec, expected, filter = {}) => {
    const source = stored(doc);
    const image = typed(source);
    const projection = compileProjection(stored(spec));
    expect(typed(projection(source, compileMatch(stored(filter))))).toBe(typed(stored(expected)));
    expect(typed(source)).toBe(image);
  });
});

describe('a projection that must fail', () => {
  const table: [string, Document, number][] = [
    ['inclusion in an exclusion', { a: 0, b: 1 }, 31253],
    ['exclusion in an inclusion', { a: 1, b: 0 }, 31254],
    ['a path in an exclusion', { a: 0, b: '$c' }, 31310],
    ['an expression in an exclusion', { a: 0, b: { $add: [1, 1] } }, 31252],
    ['$elemMatch in an exclusion', { a: { $elemMatch: { b: 1 } }, b: 0 }, 238],
    ['positional with an expression', { 'a.$': { $add: [1, 1] } }, 31271],
    ['positional with a text', { 'a.$': 'x' }, 31308],
    ['a path and its parent', { a: 1, 'a.b': 1 }, 31249],
    ['a parent after its path', { 'a.b': 1, a: 1 }, 31250],
    ['an empty document', { a: {} }, 51270],
    ['an unknown operator', { a: { $foo: 1 } }, 168],
    ['$meta', { a: { $meta: 'textScore' } }, 238],
    ['$elemMatch on a path', { 'a.b': { $elemMatch: { c: 1 } } }, 31275],
    ['two positional', { 'a.$': 1, 'b.$': 1 }, 31276],
    ['positional exclusion', { 'a.$': 0 }, 31395],
    ['$slice with a limit of none', { a: { $slice: [1, 0] } }, 31259],
    ['an empty part of a path', { 'a..b': 1 }, 15998],
  ];
  test.each(table)('%s', (_name, spec, code) => {
    expect(errorCode(() => compileProjection(stored(spec)))).toBe(code);
  });

  test('positional without a matching array fails when it is applied', () => {
    const projection = compileProjection(stored({ 'a.$': 1 }));
    expect(errorCode(() => projection(stored({ a: [1] }), compileMatch({})))).toBe(51246);
  });
});
