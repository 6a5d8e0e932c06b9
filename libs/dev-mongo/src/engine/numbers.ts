import { Decimal128, Double, Int32, Long } from 'bson';

import type { TypeName } from './bson-types.ts';
import { typeOf } from './bson-types.ts';
import type { Decimal } from './decimal.ts';
import {
  addDecimals,
  compareDecimals,
  decimalFromBigInt,
  decimalFromDouble,
  decimalFromDoubleRounded,
  decimalToDouble,
  decodeDecimal,
  encodeDecimal,
  integerOfDecimal,
  multiplyDecimals,
  normalDecimal,
  truncateDecimal,
} from './decimal.ts';
import type { Value } from './types.ts';

export type NumberType = 'int' | 'long' | 'double' | 'decimal';

const minLong = -(2n ** 63n);
const maxLong = 2n ** 63n - 1n;

export function isNumberType(type: TypeName): type is NumberType {
  return type === 'int' || type === 'long' || type === 'double' || type === 'decimal';
}

export function isNumber(value: Value): boolean {
  return isNumberType(typeOf(value));
}

/** A number without its class: a double, an integer beyond the safe range, or a decimal. */
type Plain = number | bigint | Decimal;

function plainOf(value: Value): Plain {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  const tagged = value as { _bsontype: string; value: number };
  if (tagged._bsontype === 'Int32' || tagged._bsontype === 'Double') return tagged.value;
  if (tagged._bsontype === 'Long') {
    const long = value as Long;
    return long.high >= -0x200000 && long.high < 0x200000 ? long.toNumber() : long.toBigInt();
  }
  return decodeDecimal(value as Decimal128);
}

function exactDecimal(value: Plain): Decimal {
  if (typeof value === 'number') return decimalFromDouble(value);
  if (typeof value === 'bigint') return decimalFromBigInt(value);
  return value;
}

/** Order of two numbers of any BSON type by exact value; NaN first and equal to NaN, -0 equal to 0. */
export function compareNumbers(a: Value, b: Value): number {
  const left = plainOf(a);
  const right = plainOf(b);
  if (typeof left !== 'object' && typeof right !== 'object') {
    // JavaScript compares a bigint with a number by exact value.
    if (left < right) return -1;
    if (left > right) return 1;
    return Number(Number.isNaN(right)) - Number(Number.isNaN(left));
  }
  return compareDecimals(exactDecimal(left), exactDecimal(right));
}

/** A text that is the same for equal numbers of any type. */
export function numberKey(value: Value): string {
  const plain = plainOf(value);
  if (typeof plain === 'number') return plain === 0 ? '0' : String(plain);
  if (typeof plain === 'bigint') {
    const double = Number(plain);
    return BigInt(double) === plain ? String(double) : decimalKey(decimalFromBigInt(plain));
  }
  if (plain.special === 'nan') return 'NaN';
  const double = decimalToDouble(plain);
  if (plain.special) return String(double);
  if (plain.coefficient === 0n) return '0';
  if (Number.isFinite(double) && compareDecimals(decimalFromDouble(double), plain) === 0)
    return String(double);
  return decimalKey(plain);
}

function decimalKey(value: Decimal): string {
  const { negative, coefficient, exponent } = normalDecimal(value);
  return `${negative ? '-' : ''}${coefficient}d${exponent}`;
}

/** The nearest double. */
export function toDouble(value: Value): number {
  const plain = plainOf(value);
  return typeof plain === 'object' ? decimalToDouble(plain) : Number(plain);
}

export function isNaNValue(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return Number.isNaN(value);
  const type = typeOf(value);
  return (type === 'double' || type === 'decimal') && Number.isNaN(toDouble(value));
}

/** The integer a number equals, undefined when it has a fraction or is not finite. */
export function integerOf(value: Value): bigint | undefined {
  const plain = plainOf(value);
  if (typeof plain === 'bigint') return plain;
  if (typeof plain === 'number') return Number.isInteger(plain) ? BigInt(plain) : undefined;
  return integerOfDecimal(plain);
}

/** The integer part towards zero as a 64-bit integer, undefined when there is none. */
export function truncatedLong(value: Value): bigint | undefined {
  const plain = plainOf(value);
  let integer: bigint;
  if (typeof plain === 'bigint') integer = plain;
  else if (typeof plain === 'number') {
    if (!Number.isFinite(plain)) return undefined;
    integer = BigInt(Math.trunc(plain));
  } else {
    if (plain.special) return undefined;
    // A decimal can stand for 10^6144; beyond 64 bits its digits do not matter.
    if (plain.coefficient.toString().length + plain.exponent > 20) return undefined;
    integer = truncateDecimal(plain);
  }
  return fitsLong(integer) ? integer : undefined;
}

export function fitsLong(value: bigint): boolean {
  return value >= minLong && value <= maxLong;
}

export function makeLong(value: bigint): Long {
  return Long.fromBigInt(value);
}

export function makeInt(value: number): Int32 {
  return new Int32(value);
}

export function makeDouble(value: number): Double {
  return new Double(value);
}

/** The decimal that MongoDB computes with: doubles are taken with 15 digits. */
export function toDecimal(value: Value): Decimal {
  const plain = plainOf(value);
  if (typeof plain === 'object') return plain;
  if (typeof plain === 'bigint') return decimalFromBigInt(plain);
  return typeOf(value) === 'double' ? decimalFromDoubleRounded(plain) : decimalFromBigInt(BigInt(plain));
}

export function makeDecimal(value: Decimal): Decimal128 {
  return encodeDecimal(value);
}

const widths: Record<NumberType, number> = { int: 0, long: 1, double: 2, decimal: 3 };

/** The type of a result: the wider of the two in the order int, long, double, decimal. */
export function widerType(a: NumberType, b: NumberType): NumberType {
  return widths[a] >= widths[b] ? a : b;
}

/** An integer result in the narrowest type from `type` upwards; undefined beyond 64 bits. */
export function makeInteger(value: bigint, type: 'int' | 'long'): Int32 | Long | undefined {
  if (type === 'int' && value >= -0x80000000n && value <= 0x7fffffffn) return new Int32(Number(value));
  return fitsLong(value) ? makeLong(value) : undefined;
}

function combine(
  a: Value,
  b: Value,
  onDouble: (x: number, y: number) => number,
  onInteger: (x: bigint, y: bigint) => bigint,
  onDecimal: (x: Decimal, y: Decimal) => Decimal,
): Value {
  const type = widerType(typeOf(a) as NumberType, typeOf(b) as NumberType);
  if (type === 'decimal') return encodeDecimal(onDecimal(toDecimal(a), toDecimal(b)));
  if (type === 'double') return new Double(onDouble(toDouble(a), toDouble(b)));
  if (type === 'int') {
    const result = onDouble(toDouble(a), toDouble(b));
    if (Number.isSafeInteger(result)) {
      const zeroed = result + 0;
      return (zeroed | 0) === zeroed ? new Int32(zeroed) : Long.fromNumber(zeroed);
    }
  }
  return makeInteger(onInteger(integerOf(a)!, integerOf(b)!), type);
}

/** Sum in the wider type; int grows to long; undefined when a long overflows. */
export function addNumbers(a: Value, b: Value): Value {
  return combine(
    a,
    b,
    (x, y) => x + y,
    (x, y) => x + y,
    addDecimals,
  );
}

/** Product in the wider type; int grows to long; undefined when a long overflows. */
export function multiplyNumbers(a: Value, b: Value): Value {
  return combine(
    a,
    b,
    (x, y) => x * y,
    (x, y) => x * y,
    multiplyDecimals,
  );
}
