import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

/** A numerator of a denominator: how many of those counted. */
export interface Ratio {
  numerator: number;
  denominator: number;
}

/**
 * Wilson's score interval for a proportion, in percent 0–100, unrounded. Chosen before the plain normal
 * ("Wald") interval because groups of 5 to 80 children are the rule here: Wald is far too narrow there, and for
 * 35 of 35 it has no width at all.
 *
 * Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927)
 * 209–212; recommended for small n by Brown, Cai and DasGupta, Statistical Science 16 (2001) 101–133.
 * @param level coverage, between 0 and 1 without its ends
 * @throws RangeError when it is no ratio, the denominator is 0, or the level is none
 */
export function wilsonInterval(
  numerator: number,
  denominator: number,
  level = 0.95,
): { low: number; high: number } {
  assertRatio({ numerator, denominator });
  if (denominator === 0) throw new RangeError('Nobody was counted: an interval needs a denominator');
  if (!(level > 0 && level < 1)) throw new RangeError(`Not a level between 0 and 1: ${level}`);
  const z = normalQuantile((1 + level) / 2, 0, 1);
  const share = numerator / denominator;
  const weight = z ** 2 / denominator;
  const middle = (share + weight / 2) / (1 + weight);
  const half =
    (z / (1 + weight)) * Math.sqrt((share * (1 - share)) / denominator + weight / (4 * denominator));
  return {
    // Nobody and everybody are exact ends of the scale; rounding must not carry the interval past them.
    low: numerator === 0 ? 0 : 100 * (middle - half),
    high: numerator === denominator ? 100 : 100 * (middle + half),
  };
}

/**
 * Several observations as one, by summing numerators and denominators. Averaging percentages would let a year
 * with 3 children weigh as much as one with 30. Nothing to pool is 0 of 0.
 * @throws RangeError when one of them is no ratio
 */
export function pool(values: readonly Ratio[]): Ratio {
  const sum = { numerator: 0, denominator: 0 };
  for (const value of values) {
    assertRatio(value);
    sum.numerator += value.numerator;
    sum.denominator += value.denominator;
  }
  assertRatio(sum);
  return sum;
}

/** Refuses what cannot be a part of a whole; the contract refuses it earlier, with a pointer to the field. */
export function assertRatio({ numerator, denominator }: Ratio): void {
  const whole = Number.isSafeInteger(numerator) && Number.isSafeInteger(denominator);
  if (!whole || numerator < 0 || numerator > denominator) {
    throw new RangeError(`Not a part of a whole: ${numerator} of ${denominator}`);
  }
}
