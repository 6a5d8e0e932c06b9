import { type Money } from './primitives.ts';

/** Whole öre (1/100 krona). Sums stay exact: the largest accepted amount is below 2^53 by far. */
export type Ore = number;

/** Whole öre of a checked amount. No floating-point step on the way. */
export function toOre(money: Money): Ore {
  const [kronor = '0', decimals = ''] = money.amount.split('.');
  return Number(kronor) * 100 + Number(decimals.padEnd(2, '0'));
}

/** The amount as clients read it, always with two decimals. Throws RangeError outside whole, non-negative öre. */
export function toMoney(ore: Ore): Money {
  return { amount: decimalKronor(ore), currency: 'SEK' };
}

/** `12500000` → `"125000.00"`. */
export function decimalKronor(ore: Ore): string {
  if (!Number.isSafeInteger(ore) || ore < 0) throw new RangeError(`not whole, non-negative öre: ${ore}`);
  return `${Math.trunc(ore / 100)}.${String(ore % 100).padStart(2, '0')}`;
}

/** Exact sum in öre. */
export function sumOre(amounts: Iterable<Ore>): Ore {
  let sum = 0;
  for (const amount of amounts) sum += amount;
  if (!Number.isSafeInteger(sum)) throw new RangeError('sum of öre is not exact');
  return sum;
}
