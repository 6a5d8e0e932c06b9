import type { Target } from '#libs/contracts';
import { add, compare, fractionOf, multiply, negate } from './exact.ts';
import type { Fraction } from './exact.ts';

/**
 * How far off "about" may be when the target does not say: a fifth of the value. The plans write "ca 5/år"
 * without saying how near is near; a fifth makes that 4 to 6, one more or one fewer, the narrowest reading in
 * which "about" differs from "exactly" at these sizes. Write a tolerance to mean anything else.
 */
const defaultTolerance = fractionOf(0.2);

interface End {
  at: Fraction;
  /** Whether the end itself is good: the difference between >= and >. */
  included: boolean;
}

/** The values that fulfil a target (its `tolerance`, read with 'about' alone, is in its own unit): everything between two ends, where a missing end is no limit. */
export interface GoodSide {
  low?: End;
  high?: End;
}

export function goodSideOf(target: Target): GoodSide {
  const at = fractionOf(target.value);
  switch (target.operator) {
    case '>':
      return { low: { at, included: false } };
    case '>=':
      return { low: { at, included: true } };
    case '<':
      return { high: { at, included: false } };
    case '<=':
      return { high: { at, included: true } };
    case '=':
      return { low: { at, included: true }, high: { at, included: true } };
    case 'about': {
      const tolerance =
        target.tolerance === undefined
          ? magnitude(multiply(at, defaultTolerance))
          : fractionOf(target.tolerance);
      if (tolerance.numerator < 0n) throw new RangeError('A tolerance cannot be negative');
      return {
        low: { at: add(at, negate(tolerance)), included: true },
        high: { at: add(at, tolerance), included: true },
      };
    }
  }
}

/** -1 when the value lies below the good side, 1 when above, 0 when on it. */
export function sideOf(good: GoodSide, value: Fraction): -1 | 0 | 1 {
  if (good.low && isBeyond(compare(good.low.at, value), good.low)) return -1;
  if (good.high && isBeyond(compare(value, good.high.at), good.high)) return 1;
  return 0;
}

function isBeyond(comparison: number, end: End): boolean {
  return comparison > 0 || (comparison === 0 && !end.included);
}

function magnitude(value: Fraction): Fraction {
  return value.numerator < 0n ? negate(value) : value;
}
