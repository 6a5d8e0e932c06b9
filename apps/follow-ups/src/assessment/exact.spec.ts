import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { add, compare, fractionOf, multiply, negate, ratio, toNumber } from './exact.ts';

describe('exact fractions', () => {
  test.each([
    [92.5, 925n, 10n],
    [0, 0n, 1n],
    [-0.5, -5n, 10n],
    [1e21, 10n ** 21n, 1n],
    [1.5e-7, 15n, 10n ** 8n],
  ])('%p is the fraction it is written as', (value, numerator, denominator) => {
    expect(compare(fractionOf(value), { numerator, denominator })).toBe(0);
  });

  test('0.1 + 0.2 is 0.3, which floating point denies', () => {
    expect(0.1 + 0.2 === 0.3).toBe(false);
    expect(compare(add(fractionOf(0.1), fractionOf(0.2)), fractionOf(0.3))).toBe(0);
  });

  test.each([NaN, Infinity, -Infinity])('%p is no fraction', (value) => {
    expect(() => fractionOf(value)).toThrow(RangeError);
  });

  test('a number goes to a fraction and back unchanged, and keeps its order', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(toNumber(fractionOf(a))).toBeCloseTo(a, 6);
        expect(compare(fractionOf(a), fractionOf(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
        expect(compare(negate(fractionOf(a)), fractionOf(-a))).toBe(0);
      }),
    );
  });

  test('a third times three is one', () => {
    expect(compare(multiply(ratio(1, 3), ratio(3, 1)), fractionOf(1))).toBe(0);
  });
});
