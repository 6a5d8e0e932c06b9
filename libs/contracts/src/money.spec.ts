import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decimalKronor, sumOre, toMoney, toOre } from './money.ts';
import { money } from './primitives.ts';
import { faultsOf } from './zod-faults.ts';

const largest = 9_999_999_999_999; // 99 999 999 999.99 kronor, the longest amount the pattern lets through
const ore = fc.integer({ min: 0, max: largest });

describe('amounts', () => {
  test('go from öre to text and back without losing one', () => {
    fc.assert(
      fc.property(ore, (value) => toOre(money.parse(toMoney(value))) === value),
      { numRuns: 2000 },
    );
  });

  test('go from text to öre and back: same amount, always two decimals', () => {
    const decimals = fc.constantFrom('', '.0', '.5', '.00', '.05', '.50', '.99', '.10', '.9');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999_999 }), decimals, (kronor, fraction) => {
        const expected = `${kronor}.${fraction.slice(1).padEnd(2, '0')}`;
        expect(toMoney(toOre(money.parse({ amount: `${kronor}${fraction}`, currency: 'SEK' })))).toEqual({
          amount: expected,
          currency: 'SEK',
        });
      }),
    );
  });

  test('agree with whole-number arithmetic on the digits, which knows no floating point', () => {
    fc.assert(
      fc.property(
        ore,
        (value) =>
          decimalKronor(value) === `${BigInt(value) / 100n}.${String(BigInt(value) % 100n).padStart(2, '0')}`,
      ),
    );
  });

  test('add up to the öre, also those that floating-point kronor would get wrong', () => {
    expect(
      toMoney(sumOre(['0.10', '0.20', '0.30'].map((amount) => toOre({ amount, currency: 'SEK' })))).amount,
    ).toBe('0.60');
    fc.assert(
      fc.property(fc.array(ore, { maxLength: 200 }), (values) => {
        expect(BigInt(sumOre(values))).toBe(values.reduce((sum, value) => sum + BigInt(value), 0n));
      }),
    );
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER + 1])(
    '%p öre is not an amount',
    (value) => {
      expect(() => toMoney(value)).toThrow(RangeError);
    },
  );

  test('a sum beyond what is exact is refused, not rounded', () => {
    expect(() => sumOre([Number.MAX_SAFE_INTEGER, 1])).toThrow(RangeError);
  });
});

describe('a sent amount is accepted', () => {
  test.each(['0', '0.0', '0.00', '0.01', '1', '1.5', '125000.00', '99999999999', '99999999999.99'])(
    '%p',
    (amount) => {
      expect(money.safeParse({ amount, currency: 'SEK' }).success).toBe(true);
    },
  );
});

describe('a sent amount is refused as invalid-amount', () => {
  test.each([
    ...[
      '',
      ' ',
      '1.',
      '.5',
      '01',
      '00',
      '00.50',
      '+1',
      '-1',
      '-0.01',
      '-0',
      '1e3',
      '1E3',
      '0x10',
      '1,50',
      '1 000',
      '1 000',
    ],
    ...[
      ' 1',
      '1 ',
      '1\n',
      '\t1',
      '1.000',
      '0.001',
      '100000000000',
      'NaN',
      'Infinity',
      '१२',
      '１２',
      '1_000',
      "1'000",
      '1.2.3',
      '1.5 kr',
    ],
  ])('%p', (amount) => {
    const result = money.safeParse({ amount, currency: 'SEK' }, { reportInput: true });
    expect(faultsOf(result.error!)).toEqual([{ pointer: '/amount', code: 'invalid-amount' }]);
  });

  test.each([0, 1, 1.5, 1e21, true, null, ['1'], { $gt: '0' }])('%p, which is not text', (amount) => {
    const result = money.safeParse({ amount, currency: 'SEK' }, { reportInput: true });
    expect(faultsOf(result.error!)).toEqual([
      { pointer: '/amount', code: 'wrong-type', params: { expected: 'string' } },
    ]);
  });

  test('whatever is not digits, a point and at most two digits', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0159.,-+eE \u00a0x') }), (amount) => {
        const plain =
          /^(0|[1-9][0-9]*)(\.[0-9]{1,2})?$/.test(amount) && (amount.split('.')[0] ?? '').length <= 11;
        expect(money.safeParse({ amount, currency: 'SEK' }).success).toBe(plain);
      }),
      { numRuns: 2000 },
    );
  });
});

test.each(['EUR', 'sek', 'kr', '', ' SEK', 'SEK '])('currency %p is refused', (currency) => {
  const result = money.safeParse({ amount: '1.00', currency }, { reportInput: true });
  expect(faultsOf(result.error!)).toEqual([{ pointer: '/currency', code: 'invalid-currency' }]);
});

test('a bare number or text in place of an amount is refused', () => {
  for (const value of [125_000, '125000.00', null, []]) expect(money.safeParse(value).success).toBe(false);
});
