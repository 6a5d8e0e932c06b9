import { describe, expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonical } from './canonical.ts';

/** What a writer makes of a value: its text, or that it refuses. */
function outcome(write: () => string | undefined): string | undefined {
  try {
    return write();
  } catch {
    return undefined;
  }
}

const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3 }),
  fc.constantFrom(
    '10',
    '9',
    '-1',
    '01',
    '4294967295',
    '__proto__',
    'toJSON',
    'constructor',
    'é',
    '€',
    '😀',
    '\ud800',
  ),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.integer(),
      fc.constantFrom(null, true, false, undefined, -0, 1e21, 1e-7, '\ud800', '\u2028', new Date(0)),
    ),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
    fc
      .array(fc.tuple(key, tie('tree')), { maxLength: 5 })
      .map((entries) => Object.fromEntries(entries) as unknown),
  ),
}));

describe('the canonical form', () => {
  test('is that of RFC 8785 for every value, and refused where that has none', () => {
    let extraordinary = 0;
    fc.assert(
      fc.property(tree, (value) => {
        const expected = outcome(() => canonicalize(value));
        if (expected === undefined) extraordinary += 1;
        expect(outcome(() => canonical(value))).toBe(expected);
      }),
      { numRuns: 3000 },
    );
    expect(extraordinary).toBeGreaterThan(0);
  });

  test('is the one of the example in the RFC', () => {
    const value = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    ) as unknown;
    expect(canonical(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test('leaves what it is given as it was', () => {
    const value = Object.freeze({ b: Object.freeze([Object.freeze({ d: 1, c: 2 })]), a: 1 });
    expect(canonical(value)).toBe('{"a":1,"b":[{"c":2,"d":1}]}');
    expect(Object.keys(value)).toEqual(['b', 'a']);
  });

  test('of something in itself is refused', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(() => canonical(loop)).toThrow(/call stack|circular/i);
  });
});
