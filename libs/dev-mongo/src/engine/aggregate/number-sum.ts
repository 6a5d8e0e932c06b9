import { typeOf } from '../bson-types.ts';
import type { Decimal } from '../decimal.ts';
import { addDecimals, decimalFromBigInt, decimalFromDouble, divideDecimals } from '../decimal.ts';
import type { NumberType } from '../numbers.ts';
import {
  integerOf,
  isNumberType,
  makeDecimal,
  makeDouble,
  makeInteger,
  toDecimal,
  toDouble,
  widerType,
} from '../numbers.ts';
import type { Value } from '../types.ts';

/**
 * A running sum as MongoDB keeps it: integers exactly, doubles with their rounding errors carried
 * along (so that ten times 0.1 is 1), decimals by decimal arithmetic. What is no number is passed over.
 */
export class NumberSum {
  private type: NumberType = 'int';
  private integers = 0n;
  private doubles = 0;
  private correction = 0;
  private plainDoubles = 0;
  private decimals: Decimal | undefined;
  count = 0;

  add(value: Value): void {
    const type = typeOf(value);
    if (!isNumberType(type)) return;
    this.count += 1;
    this.type = widerType(this.type, type);
    if (type === 'decimal')
      this.decimals = addDecimals(this.decimals ?? toDecimal(makeInteger(0n, 'int')), toDecimal(value));
    else if (type === 'double') this.addDouble(toDouble(value));
    else this.integers += integerOf(value)!;
  }

  private addDouble(value: number): void {
    const sum = this.doubles + value;
    const shadow = sum - value;
    this.correction += this.doubles - shadow + (value - (sum - shadow));
    this.doubles = sum;
    this.plainDoubles += value;
  }

  private asDouble(): number {
    const high = Number(this.integers);
    const copy = new NumberSum();
    copy.doubles = this.doubles;
    copy.correction = this.correction;
    copy.plainDoubles = this.plainDoubles;
    copy.addDouble(high);
    copy.addDouble(Number(this.integers - BigInt(high)));
    const result = copy.doubles + copy.correction;
    // With infinities the correction is NaN; the plain sum has the right answer.
    return Number.isNaN(result) ? copy.plainDoubles : result;
  }

  private asDecimal(): Decimal {
    const doubles = addDecimals(decimalFromDouble(this.doubles), decimalFromDouble(this.correction));
    const others = addDecimals(
      decimalFromBigInt(this.integers),
      doubles.coefficient === 0n && !doubles.special ? decimalFromBigInt(0n) : doubles,
    );
    return addDecimals(this.decimals!, others);
  }

  /** The sum: int grows to long and long to double when it does not fit. */
  total(): Value {
    if (this.type === 'decimal') return makeDecimal(this.asDecimal());
    if (this.type === 'double') return makeDouble(this.asDouble());
    return makeInteger(this.integers, this.type) ?? makeDouble(Number(this.integers));
  }

  /** The mean as a double, or a decimal when one took part; null without numbers. */
  mean(): Value {
    if (this.count === 0) return null;
    if (this.type === 'decimal')
      return makeDecimal(divideDecimals(this.asDecimal(), decimalFromBigInt(BigInt(this.count))));
    return makeDouble(this.asDouble() / this.count);
  }
}
