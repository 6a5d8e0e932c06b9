import { describe, expect, test } from '@jest/globals';

import { parseCollation } from './collation.ts';
import { errorCode, int } from './spec-values.ts';
import type { Document } from './types.ts';
import { canonicalKey, compare, equal } from './values.ts';

describe('a collation', () => {
  test('none, an empty one and "simple" are binary comparison', () => {
    expect(parseCollation(undefined)).toBeUndefined();
    expect(parseCollation({})).toBeUndefined();
    expect(parseCollation({ locale: 'simple' })).toBeUndefined();
  });

  test('completes its specification', () => {
    expect(parseCollation({ locale: 'sv', strength: int(2) })!.spec).toMatchObject({
      locale: 'sv',
      strength: 2,
      caseLevel: false,
      numericOrdering: false,
      alternate: 'non-ignorable',
    });
  });

  const table: [string, Document, string, string, number][] = [
    ['Swedish puts å after z', { locale: 'sv' }, 'å', 'z', 1],
    ['English puts å before z', { locale: 'en_US' }, 'å', 'z', -1],
    ['strength 3 tells case', { locale: 'sv' }, 'a', 'A', -1],
    ['strength 2 does not tell case', { locale: 'sv', strength: int(2) }, 'a', 'A', 0],
    ['strength 2 tells accents', { locale: 'sv', strength: int(2) }, 'e', 'é', -1],
    ['strength 1 does not tell accents', { locale: 'en', strength: int(1) }, 'e', 'É', 0],
    ['strength 1 keeps Swedish letters apart', { locale: 'sv', strength: int(1) }, 'a', 'å', -1],
    ['caseLevel tells case at strength 1', { locale: 'en', strength: int(1), caseLevel: true }, 'e', 'E', -1],
    ['upper case first', { locale: 'sv', caseFirst: 'upper' }, 'A', 'a', -1],
    ['numbers by value', { locale: 'sv', numericOrdering: true }, 'a10', 'a9', 1],
    ['numbers as text', { locale: 'sv' }, 'a10', 'a9', -1],
  ];
  test.each(table)('%s', (_name, spec, a, b, expected) => {
    const collation = parseCollation(spec)!;
    expect(Math.sign(compare(a, b, collation))).toBe(expected);
    expect(Math.sign(compare([{ x: a }], [{ x: b }], collation))).toBe(expected);
    expect(canonicalKey(a, collation) === canonicalKey(b, collation)).toBe(expected === 0);
  });

  test('keys agree with comparison for many strings', () => {
    const collation = parseCollation({ locale: 'sv', strength: int(1) })!;
    const words = [
      'ä',
      'Ä',
      'å',
      'a',
      'A',
      'á',
      'ü',
      'y',
      'Y',
      'v',
      'W',
      'w',
      'ß',
      'ss',
      'æ',
      'e\u0301',
      'é',
      '',
      '\u00ad',
      'a-b',
      'ab',
    ];
    for (const a of words) {
      for (const b of words) {
        expect([a, b, canonicalKey(a, collation) === canonicalKey(b, collation)]).toEqual([
          a,
          b,
          equal(a, b, collation),
        ]);
      }
    }
  });

  const faults: [string, unknown, number][] = [
    ['no document', 'sv', 14],
    ['no locale', { strength: int(2) }, 40414],
    ['an unknown field', { locale: 'sv', foo: 1 }, 40415],
    ['an unknown locale', { locale: 'xx' }, 2],
    ['strength 4', { locale: 'sv', strength: int(4) }, 238],
    ['strength 9', { locale: 'sv', strength: int(9) }, 2],
    ['backwards', { locale: 'fr', backwards: true }, 238],
    ['a flag that is none', { locale: 'sv', numericOrdering: 'yes' }, 14],
  ];
  test.each(faults)('%s is refused', (_name, spec, code) => {
    expect(errorCode(() => parseCollation(spec))).toBe(code);
  });
});
