/**
 * Exact arithmetic for comparing with a target. In floating point 0.07 × 100 is 7.000000000000001, so
 * "7 of 100 against ≤7 %" could fail for no reason anyone can see; a fraction of integers cannot.
 */
export interface Fraction {
  numerator: bigint;
  /** Always positive. */
  denominator: bigint;
}

/**
 * The fraction that a number's shortest decimal form stands for: 92.5 is 925/10, and 0.1 is one tenth, which is
 * what the person who wrote the target meant.
 * @throws RangeError when it is not finite
 */
export function fractionOf(value: number): Fraction {
  if (!Number.isFinite(value)) throw new RangeError(`Not a finite number: ${value}`);
  const [digits = '', exponent = '0'] = String(value).split('e');
  const [whole = '', decimals = ''] = digits.split('.');
  const power = Number(exponent) - decimals.length;
  const units = BigInt(whole + decimals);
  return power >= 0
    ? { numerator: units * 10n ** BigInt(power), denominator: 1n }
    : { numerator: units, denominator: 10n ** BigInt(-power) };
}

export function ratio(numerator: number, denominator: number): Fraction {
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

export function add(a: Fraction, b: Fraction): Fraction {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

export function negate(a: Fraction): Fraction {
  return { numerator: -a.numerator, denominator: a.denominator };
}

/** Negative, 0 or positive as `a` is less than, equal to or greater than `b`. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The nearest floating-point number, for showing; never for deciding. */
export function toNumber(a: Fraction): number {
  return Number(a.numerator) / Number(a.denominator);
}
