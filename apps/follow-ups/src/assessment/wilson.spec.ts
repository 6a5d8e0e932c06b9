import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pool, wilsonInterval } from './wilson.ts';

const aRatio = fc
  .integer({ min: 1, max: 500 })
  .chain((denominator) =>
    fc.record({ numerator: fc.integer({ min: 0, max: denominator }), denominator: fc.constant(denominator) }),
  );

describe("Wilson's interval", () => {
  // The first four are worked out in the literature: Newcombe, Statistics in Medicine 17 (1998) 857–872, table I.
  test.each([
    [81, 263, 25.53, 36.62],
    [15, 148, 6.24, 16.05],
    [0, 20, 0.0, 16.11],
    [1, 29, 0.61, 17.18],
    [23, 25, 75.03, 97.78],
    [35, 35, 90.11, 100],
    [34, 34, 89.85, 100],
    [1, 1, 20.65, 100],
    [0, 1, 0, 79.35],
  ])('%p of %p is %p–%p %%', (numerator, denominator, low, high) => {
    const interval = wilsonInterval(numerator, denominator);
    expect(interval.low).toBeCloseTo(low, 2);
    expect(interval.high).toBeCloseTo(high, 2);
  });

  test('the level decides the width', () => {
    // z = 1.6448536269514722 for 90 %, 2.5758293035489004 for 99 %; low of n of n is n / (n + z²).
    expect(wilsonInterval(35, 35, 0.9).low).toBeCloseTo((100 * 35) / (35 + 1.6448536269514722 ** 2), 10);
    expect(wilsonInterval(35, 35, 0.99).low).toBeCloseTo((100 * 35) / (35 + 2.5758293035489004 ** 2), 10);
  });

  test('35 of 35 is the first perfect year whose lower bound passes 90 %', () => {
    const passing = Array.from({ length: 60 }, (_, i) => i + 1).filter((n) => wilsonInterval(n, n).low > 90);
    expect(passing[0]).toBe(35);
    expect(passing).toHaveLength(26);
  });

  test('both its ends solve the equation that defines it: |share − p| = z √(p(1 − p)/n)', () => {
    const z = 1.959963984540054;
    fc.assert(
      fc.property(aRatio, ({ numerator, denominator }) => {
        const { low, high } = wilsonInterval(numerator, denominator);
        for (const p of [low / 100, high / 100]) {
          const distance = (numerator / denominator - p) ** 2;
          expect(distance).toBeCloseTo((z ** 2 * p * (1 - p)) / denominator, 10);
        }
      }),
    );
  });

  test('it contains the estimate and stays within 0–100', () => {
    fc.assert(
      fc.property(
        aRatio,
        fc.double({ min: 0.01, max: 0.999, noNaN: true }),
        ({ numerator, denominator }, level) => {
          const { low, high } = wilsonInterval(numerator, denominator, level);
          const estimate = (100 * numerator) / denominator;
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(estimate);
          expect(high).toBeGreaterThanOrEqual(estimate);
          expect(high).toBeLessThanOrEqual(100);
          expect(high).toBeGreaterThan(low);
        },
      ),
    );
  });

  test('one more in the numerator moves both ends up', () => {
    fc.assert(
      fc.property(aRatio, ({ numerator, denominator }) => {
        fc.pre(numerator < denominator);
        const less = wilsonInterval(numerator, denominator);
        const more = wilsonInterval(numerator + 1, denominator);
        expect(more.low).toBeGreaterThan(less.low);
        expect(more.high).toBeGreaterThan(less.high);
      }),
    );
  });

  test('those not counted have the mirrored interval', () => {
    fc.assert(
      fc.property(aRatio, ({ numerator, denominator }) => {
        const some = wilsonInterval(numerator, denominator);
        const others = wilsonInterval(denominator - numerator, denominator);
        expect(others.low).toBeCloseTo(100 - some.high, 9);
        expect(others.high).toBeCloseTo(100 - some.low, 9);
      }),
    );
  });

  test('the same share of more children is a narrower interval', () => {
    fc.assert(
      fc.property(aRatio, fc.integer({ min: 2, max: 20 }), ({ numerator, denominator }, times) => {
        const few = wilsonInterval(numerator, denominator);
        const many = wilsonInterval(numerator * times, denominator * times);
        expect(many.high - many.low).toBeLessThan(few.high - few.low);
      }),
    );
  });

  test.each([
    [1, 0],
    [0, 0],
    [3, 2],
    [-1, 2],
    [1.5, 2],
    [1, NaN],
  ])('%p of %p is refused', (numerator, denominator) => {
    expect(() => wilsonInterval(numerator, denominator)).toThrow(RangeError);
  });

  test.each([0, 1, -0.5, 95, NaN])('the level %p is refused', (level) => {
    expect(() => wilsonInterval(1, 2, level)).toThrow(RangeError);
  });
});

describe('pooling', () => {
  test('sums children, not percentages: 3 of 3 and 15 of 30 are 18 of 33, not 75 %', () => {
    expect(
      pool([
        { numerator: 3, denominator: 3 },
        { numerator: 15, denominator: 30 },
      ]),
    ).toEqual({
      numerator: 18,
      denominator: 33,
    });
  });

  test('nothing to pool is nobody to count', () => {
    expect(pool([])).toEqual({ numerator: 0, denominator: 0 });
  });

  test('the order and grouping of years does not matter', () => {
    fc.assert(
      fc.property(fc.array(aRatio), fc.array(aRatio), (a, b) => {
        expect(pool([...a, ...b])).toEqual(pool([pool(b), pool(a)]));
      }),
    );
  });

  test('an impossible year among the others is refused', () => {
    expect(() =>
      pool([
        { numerator: 5, denominator: 5 },
        { numerator: 6, denominator: 5 },
      ]),
    ).toThrow(RangeError);
  });
});
