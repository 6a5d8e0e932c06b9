import { Decimal128 } from 'bson';

/** A decimal number: (-1)^negative × coefficient × 10^exponent, or one of the special values. */
export interface Decimal {
  special?: 'nan' | 'inf';
  negative: boolean;
  coefficient: bigint;
  exponent: number;
}

const maxCoefficient = 10n ** 34n - 1n;
const minExponent = -6176;
const maxExponent = 6111;
const bias = 6176;

const decimalNaN: Decimal = { special: 'nan', negative: false, coefficient: 0n, exponent: 0 };

function infinity(negative: boolean): Decimal {
  return { special: 'inf', negative, coefficient: 0n, exponent: 0 };
}

/** Decodes the IEEE 754-2008 binary integer form; non-canonical coefficients are zero, as the standard says. */
export function decodeDecimal(value: Decimal128): Decimal {
  const view = new DataView(value.bytes.buffer, value.bytes.byteOffset, 16);
  const low = view.getBigUint64(0, true);
  const high = view.getBigUint64(8, true);
  const negative = high >> 63n === 1n;
  const combination = Number((high >> 58n) & 0x1fn);
  if (combination === 0x1f) return decimalNaN;
  if (combination === 0x1e) return infinity(negative);
  if (combination >> 3 === 3) {
    return { negative, coefficient: 0n, exponent: Number((high >> 47n) & 0x3fffn) - bias };
  }
  const exponent = Number((high >> 49n) & 0x3fffn) - bias;
  const coefficient = ((high & 0x1ffffffffffffn) << 64n) | low;
  return { negative, coefficient: coefficient > maxCoefficient ? 0n : coefficient, exponent };
}

/** Encodes, rounding half to even to 34 digits; overflow gives infinity as in IEEE 754. */
export function encodeDecimal(value: Decimal): Decimal128 {
  if (value.special === 'nan') return Decimal128.fromString('NaN');
  if (value.special === 'inf') return Decimal128.fromString(value.negative ? '-Infinity' : 'Infinity');
  const { coefficient, exponent, overflow } = fit(value);
  if (overflow) return Decimal128.fromString(value.negative ? '-Infinity' : 'Infinity');
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  const high = (value.negative ? 1n << 63n : 0n) | (BigInt(exponent + bias) << 49n) | (coefficient >> 64n);
  view.setBigUint64(0, coefficient & 0xffffffffffffffffn, true);
  view.setBigUint64(8, high, true);
  return new Decimal128(bytes);
}

function fit(value: Decimal): { coefficient: bigint; exponent: number; overflow: boolean } {
  let { coefficient, exponent } = value;
  const drop = Math.max(coefficient.toString().length - 34, minExponent - exponent, 0);
  if (drop > 0) {
    coefficient = roundedQuotient(coefficient, 10n ** BigInt(drop));
    exponent += drop;
    if (coefficient > maxCoefficient) {
      coefficient /= 10n;
      exponent += 1;
    }
  }
  if (coefficient === 0n) exponent = Math.min(exponent, maxExponent);
  while (exponent > maxExponent && coefficient * 10n <= maxCoefficient) {
    coefficient *= 10n;
    exponent -= 1;
  }
  return { coefficient, exponent, overflow: exponent > maxExponent };
}

/** Quotient of non-negative integers, half to even. */
function roundedQuotient(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) return quotient + 1n;
  return quotient;
}

const decimalPattern = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;

/** Reads a decimal numeral; undefined when the text is none. */
export function parseDecimal(text: string): Decimal | undefined {
  if (/^[+-]?nan$/i.test(text)) return decimalNaN;
  const inf = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (inf) return infinity(inf[1] === '-');
  const match = decimalPattern.exec(text);
  if (!match) return undefined;
  const fraction = match[3] ?? match[4] ?? '';
  return {
    negative: match[1] === '-',
    coefficient: BigInt((match[2] ?? '') + fraction),
    exponent: Number(match[5] ?? 0) - fraction.length,
  };
}

export function decimalFromBigInt(value: bigint): Decimal {
  const negative = value < 0n;
  return { negative, coefficient: negative ? -value : value, exponent: 0 };
}

/** The exact decimal value of a double: every binary fraction is a finite decimal. */
export function decimalFromDouble(value: number): Decimal {
  if (Number.isNaN(value)) return decimalNaN;
  if (!Number.isFinite(value)) return infinity(value < 0);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const negative = bits >> 63n === 1n;
  const rawExponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = rawExponent === 0 ? fraction : fraction | 0x10000000000000n;
  const power = (rawExponent === 0 ? 1 : rawExponent) - 1075;
  if (power >= 0) return { negative, coefficient: mantissa << BigInt(power), exponent: 0 };
  return { negative, coefficient: mantissa * 5n ** BigInt(-power), exponent: power };
}

/** The decimal MongoDB takes for a double in arithmetic: 15 significant digits. */
export function decimalFromDoubleRounded(value: number): Decimal {
  if (value === 0 || !Number.isFinite(value)) return decimalFromDouble(value);
  return parseDecimal(value.toPrecision(15)) ?? decimalNaN;
}

/** Exact comparison; NaN is below everything and equal to itself. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.special === 'nan' || b.special === 'nan') {
    return Number(b.special === 'nan') - Number(a.special === 'nan');
  }
  const signA = signOf(a);
  const signB = signOf(b);
  if (signA !== signB || signA === 0) return Math.sign(signA - signB);
  return signA > 0 ? compareMagnitudes(a, b) : compareMagnitudes(b, a);
}

function signOf(value: Decimal): number {
  if (!value.special && value.coefficient === 0n) return 0;
  return value.negative ? -1 : 1;
}

function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.special || b.special) return Number(a.special === 'inf') - Number(b.special === 'inf');
  const orderA = a.coefficient.toString().length + a.exponent;
  const orderB = b.coefficient.toString().length + b.exponent;
  if (orderA !== orderB) return orderA < orderB ? -1 : 1;
  const shift = a.exponent - b.exponent;
  const left = shift > 0 ? a.coefficient * 10n ** BigInt(shift) : a.coefficient;
  const right = shift < 0 ? b.coefficient * 10n ** BigInt(-shift) : b.coefficient;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.special === 'nan' || b.special === 'nan') return decimalNaN;
  if (a.special === 'inf') return b.special === 'inf' && a.negative !== b.negative ? decimalNaN : a;
  if (b.special === 'inf') return b;
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = scaled(a, exponent) + scaled(b, exponent);
  const negative = sum < 0n || (sum === 0n && a.negative && b.negative);
  return { negative, coefficient: sum < 0n ? -sum : sum, exponent };
}

function scaled(value: Decimal, exponent: number): bigint {
  const magnitude = value.coefficient * 10n ** BigInt(value.exponent - exponent);
  return value.negative ? -magnitude : magnitude;
}

export function negateDecimal(value: Decimal): Decimal {
  return value.special === 'nan' ? value : { ...value, negative: !value.negative };
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.special === 'nan' || b.special === 'nan') return decimalNaN;
  const negative = a.negative !== b.negative;
  if (a.special || b.special) return signOf(a) === 0 || signOf(b) === 0 ? decimalNaN : infinity(negative);
  return { negative, coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent };
}

/** Quotient to 34 digits, half to even; the divisor must not be zero. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.special === 'nan' || b.special === 'nan') return decimalNaN;
  const negative = a.negative !== b.negative;
  if (a.special) return b.special ? decimalNaN : infinity(negative);
  if (b.special) return { negative, coefficient: 0n, exponent: minExponent };
  const ideal = a.exponent - b.exponent;
  const shift = Math.max(0, 36 + b.coefficient.toString().length - a.coefficient.toString().length);
  const numerator = a.coefficient * 10n ** BigInt(shift);
  let coefficient = numerator / b.coefficient;
  let exponent = ideal - shift;
  if (numerator % b.coefficient !== 0n) {
    // A sticky digit keeps the later rounding to 34 digits right.
    return { negative, coefficient: coefficient * 10n + 1n, exponent: exponent - 1 };
  }
  while (exponent < ideal && coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent += 1;
  }
  return { negative, coefficient, exponent };
}

/** The integer part, towards zero. */
export function truncateDecimal(value: Decimal): bigint {
  const magnitude =
    value.exponent >= 0
      ? value.coefficient * 10n ** BigInt(value.exponent)
      : value.coefficient / 10n ** BigInt(-value.exponent);
  return value.negative ? -magnitude : magnitude;
}

/** The integer a finite decimal equals, undefined when it has a fraction. */
export function integerOfDecimal(value: Decimal): bigint | undefined {
  if (value.special) return undefined;
  if (value.coefficient === 0n) return 0n;
  if (value.exponent < 0 && value.coefficient % 10n ** BigInt(-value.exponent) !== 0n) return undefined;
  return truncateDecimal(value);
}

export function decimalToDouble(value: Decimal): number {
  if (value.special === 'nan') return Number.NaN;
  const sign = value.negative ? '-' : '';
  if (value.special) return Number(`${sign}Infinity`);
  return Number(`${sign}${value.coefficient}e${value.exponent}`);
}

/** Removes trailing zeros of the coefficient, so that equal values look the same. */
export function normalDecimal(value: Decimal): Decimal {
  let { coefficient, exponent } = value;
  if (coefficient === 0n) return { negative: false, coefficient, exponent: 0 };
  while (coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent += 1;
  }
  return { negative: value.negative, coefficient, exponent };
}

/** Rounds to a number of decimal places (negative: tens, hundreds) in the given manner. */
export function roundDecimal(value: Decimal, places: number, mode: 'half-even' | 'truncate'): Decimal {
  if (value.special || value.exponent >= -places) return value;
  const divisor = 10n ** BigInt(-places - value.exponent);
  const coefficient =
    mode === 'truncate' ? value.coefficient / divisor : roundedQuotient(value.coefficient, divisor);
  return { negative: value.negative, coefficient, exponent: -places };
}
