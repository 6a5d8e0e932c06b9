import { describe, expect, test } from '@jest/globals';
import type { Decimal128 } from 'bson';
import fc from 'fast-check';

import { decodeDecimal, encodeDecimal, parseDecimal } from './decimal.ts';
import { addNumbers, multiplyNumbers, toDouble } from './numbers.ts';
import { decimal, double, int, long, typed } from './spec-values.ts';
import type { Value } from './types.ts';
import { canonicalKey, compare } from './values.ts';

// Numbers that come near each other across types: small ones, the edges of the types, decimals of doubles.
const whole = fc.oneof(
  fc.bigInt({ min: -20n, max: 20n }),
  fc.bigInt({ min: 2n ** 53n - 4n, max: 2n ** 53n + 4n }),
  fc.bigInt({ min: 2n ** 63n - 4n, max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 63n) + 4n }),
);
const anyNumber: fc.Arbitrary<Value> = fc.oneof(
  whole.map((value) => (value >= -(2n ** 31n) && value < 2n ** 31n ? int(Number(value)) : long(value))),
  whole.map((value) => long(value)),
  whole.map((value) => double(Number(value))),
  whole.map((value) => decimal(String(value))),
  fc
    .tuple(whole, fc.integer({ min: -3, max: 3 }))
    .map(([value, exponent]) => decimal(`${value}E${exponent}`)),
  fc.double().map((value) => double(value)),
  fc.double({ min: -1000, max: 1000, noNaN: true }).map((value) => decimal(value.toPrecision(17))),
  fc
    .constantFrom('NaN', 'Infinity', '-Infinity', '-0', '0E+10', '0.5', '0.50', '1E-6176', '9E+6144')
    .map(decimal),
);

const decimalText = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 34n - 1n }), fc.integer({ min: -6176, max: 6111 }))
  .map(([negative, coefficient, exponent]) => `${negative ? '-' : ''}${coefficient}E${exponent}`);

describe('numbers of all types', () => {
  test('two numbers have one key exactly when they compare equal', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (a, b) => {
        expect(canonicalKey(a) === canonicalKey(b)).toBe(compare(a, b) === 0);
      }),
      { numRuns: 3000 },
    );
  });

  test('their order is total', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, anyNumber, (a, b, c) => {
        expect(Math.sign(compare(a, b)) + Math.sign(compare(b, a))).toBe(0);
        const [low, middle, high] = [a, b, c].toSorted(compare);
        expect(
          [compare(low, middle), compare(middle, high), compare(low, high)].every((order) => order <= 0),
        ).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('decimals', () => {
  test('are written as they were read', () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        const value = decimal(text);
        expect(encodeDecimal(decodeDecimal(value)).toString()).toBe(value.toString());
        expect(encodeDecimal(parseDecimal(text)!).toString()).toBe(value.toString());
      }),
      { numRuns: 2000 },
    );
  });

  test('add up and multiply like integers of the hundredth', () => {
    const cents = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
    const money = (value: bigint): Decimal128 => decimal(`${value}E-2`);
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(compare(addNumbers(money(a), money(b)), money(a + b))).toBe(0);
        expect(compare(multiplyNumbers(money(a), money(b)), decimal(`${a * b}E-4`))).toBe(0);
      }),
    );
  });
});

describe('integers', () => {
  test('add up exactly in int and long, and give nothing beyond 64 bits', () => {
    fc.assert(
      fc.property(whole, whole, (a, b) => {
        const isLong = BigInt.asIntN(64, a + b) === a + b;
        expect(typed(addNumbers(long(a), long(b)))).toBe(typed(isLong ? long(a + b) : undefined));
      }),
    );
  });

  test('a zero product of ints is no minus zero', () => {
    expect(Object.is(toDouble(multiplyNumbers(int(-5), int(0))), 0)).toBe(true);
  });
});
