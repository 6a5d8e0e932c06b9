import { typeOf } from '../bson-types.ts';
import {
  decimalFromBigInt,
  decimalFromDouble,
  decimalToDouble,
  divideDecimals,
  integerOfDecimal,
  negateDecimal,
  addDecimals,
  roundDecimal,
  truncateDecimal,
} from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { mongoError, notSupported } from '../errors.ts';
import type { NumberType } from '../numbers.ts';
import {
  fitsLong,
  integerOf,
  isNumber,
  makeDecimal,
  makeDouble,
  makeInteger,
  makeLong,
  multiplyNumbers,
  toDecimal,
  toDouble,
  truncatedLong,
  widerType,
} from '../numbers.ts';
import type { Value } from '../types.ts';
import type { Operator } from './expression-types.ts';
import { fixed, integerOperand, isNullish, operands, variadic } from './expression-types.ts';
import { NumberSum } from './number-sum.ts';

function numeric(name: string, value: Value, code = 28765): NumberType {
  if (!isNumber(value)) throw mongoError(code, `${name} only supports numeric types, not ${typeOf(value)}`);
  return typeOf(value) as NumberType;
}

/** A date moved by a number of milliseconds; fractions are rounded. */
function moveDate(date: Date, amount: Value): Date {
  const by =
    isNumber(amount) && typeOf(amount) !== 'long'
      ? Math.round(toDouble(amount))
      : Number(truncatedLong(amount) ?? Number.NaN);
  const moved = new Date(date.getTime() + by);
  if (Number.isNaN(moved.getTime())) throw mongoError(15, 'date overflow');
  return moved;
}

const add = variadic('$add', (values) => {
  if (values.some(isNullish)) return null;
  const sum = new NumberSum();
  let date: Date | undefined;
  for (const value of values) {
    if (typeOf(value) === 'date') {
      if (date) throw mongoError(16612, 'only one date allowed in an $add expression');
      date = value as Date;
    } else {
      if (!isNumber(value))
        throw mongoError(14, `$add only supports numeric or date types, not ${typeOf(value)}`);
      sum.add(value);
    }
  }
  return date ? moveDate(date, sum.total()) : sum.total();
});

function negated(value: Value): Value {
  const type = typeOf(value);
  if (type === 'decimal') return makeDecimal(negateDecimal(toDecimal(value)));
  if (type === 'double') return makeDouble(-toDouble(value));
  return makeInteger(-integerOf(value)!, type as 'int' | 'long') ?? makeDouble(-toDouble(value));
}

function subtract(left: Value, right: Value): Value {
  if (isNullish(left) || isNullish(right)) return null;
  if (typeOf(left) === 'date') {
    if (typeOf(right) === 'date')
      return makeLong(BigInt((left as Date).getTime() - (right as Date).getTime()));
    if (isNumber(right)) return moveDate(left as Date, negated(right));
  }
  if (!isNumber(left) || !isNumber(right)) {
    throw mongoError(14, `can't $subtract ${typeOf(right)} from ${typeOf(left)}`);
  }
  const type = widerType(typeOf(left) as NumberType, typeOf(right) as NumberType);
  if (type === 'int' || type === 'long') {
    const difference = integerOf(left)! - integerOf(right)!;
    return makeInteger(difference, type) ?? makeDouble(Number(difference));
  }
  if (type === 'double') return makeDouble(toDouble(left) - toDouble(right));
  return makeDecimal(addDecimals(toDecimal(left), negateDecimal(toDecimal(right))));
}

const multiply = variadic('$multiply', (values) => {
  if (values.some(isNullish)) return null;
  let product: Value = makeInteger(1n, 'int');
  for (const value of values) {
    if (!isNumber(value)) throw mongoError(14, `$multiply only supports numeric types, not ${typeOf(value)}`);
    product = multiplyNumbers(product, value) ?? makeDouble(toDouble(product) * toDouble(value));
  }
  return product;
});

function divide(left: Value, right: Value): Value {
  if (isNullish(left) || isNullish(right)) return null;
  if (!isNumber(left) || !isNumber(right)) {
    throw mongoError(14, `$divide only supports numeric types, not ${typeOf(left)} and ${typeOf(right)}`);
  }
  if (toDouble(right) === 0) throw mongoError(2, "can't $divide by zero");
  if (typeOf(left) === 'decimal' || typeOf(right) === 'decimal') {
    return makeDecimal(divideDecimals(toDecimal(left), toDecimal(right)));
  }
  return makeDouble(toDouble(left) / toDouble(right));
}

function modulo(left: Value, right: Value): Value {
  if (isNullish(left) || isNullish(right)) return null;
  if (!isNumber(left) || !isNumber(right)) {
    throw mongoError(16611, `$mod only supports numeric types, not ${typeOf(left)} and ${typeOf(right)}`);
  }
  if (toDouble(right) === 0) throw mongoError(16610, "can't $mod by zero");
  const type = widerType(typeOf(left) as NumberType, typeOf(right) as NumberType);
  if (type === 'decimal') return makeDecimal(decimalRemainder(toDecimal(left), toDecimal(right)));
  if (type === 'double') return makeDouble(toDouble(left) % toDouble(right));
  return makeInteger(integerOf(left)! % integerOf(right)!, type)!;
}

function decimalRemainder(left: Decimal, right: Decimal): Decimal {
  if (left.special || right.special) throw notSupported('$mod of NaN or Infinity as decimal');
  const exponent = Math.min(left.exponent, right.exponent);
  const a = left.coefficient * 10n ** BigInt(left.exponent - exponent);
  const b = right.coefficient * 10n ** BigInt(right.exponent - exponent);
  return { negative: left.negative, coefficient: a % b, exponent };
}

function absolute(value: Value): Value {
  if (isNullish(value)) return null;
  const type = numeric('$abs', value);
  if (type === 'decimal') return makeDecimal({ ...toDecimal(value), negative: false });
  if (type === 'double') return makeDouble(Math.abs(toDouble(value)));
  const integer = integerOf(value)!;
  const result = makeInteger(integer < 0n ? -integer : integer, type);
  if (result === undefined) throw mongoError(28680, "can't take $abs of long long min");
  return result;
}

function towards(name: string, onDouble: (x: number) => number): Operator {
  return fixed(name, 1, (value) => {
    if (isNullish(value)) return null;
    const type = numeric(name, value);
    if (type === 'int' || type === 'long') return value;
    if (type === 'double') return makeDouble(onDouble(toDouble(value)));
    const decimal = toDecimal(value);
    if (decimal.special) return value;
    const whole = truncateDecimal(decimal);
    const exact = integerOfDecimal(decimal) !== undefined;
    const step = name === '$ceil' ? 1n : -1n;
    const moves = !exact && (name === '$ceil') !== decimal.negative;
    return makeDecimal(decimalFromBigInt(moves ? whole + step : whole));
  });
}

function rounding(name: '$round' | '$trunc'): Operator {
  const mode = name === '$round' ? 'half-even' : 'truncate';
  return (argument, scope) => {
    const [number, places] = operands(name, argument, scope, 1, 2);
    return (env) => {
      const value = number!(env);
      const digits = places ? places(env) : makeInteger(0n, 'int');
      if (isNullish(value) || isNullish(digits)) return null;
      const type = numeric(name, value, 51081);
      const place = integerOperand(name, digits, 51082);
      if (place < -20 || place > 100)
        throw mongoError(
          51083,
          `cannot apply ${name} with precision value ${place} value must be in [-20, 100]`,
        );
      if (type === 'decimal') return makeDecimal(roundDecimal(toDecimal(value), place, mode));
      if (type === 'double') {
        const double = toDouble(value);
        if (!Number.isFinite(double)) return value;
        return makeDouble(decimalToDouble(roundDecimal(decimalFromDouble(double), place, mode)));
      }
      if (place >= 0) return value;
      const result = integerOfDecimal(roundDecimal(toDecimal(value), place, mode))!;
      const rounded = makeInteger(result, type);
      if (rounded === undefined)
        throw mongoError(51080, `invalid conversion from Decimal128 result in ${name}`);
      return rounded;
    };
  };
}

function realFunction(name: string, run: (x: number) => number, check?: (x: number) => void): Operator {
  return fixed(name, 1, (value) => {
    if (isNullish(value)) return null;
    if (numeric(name, value) === 'decimal') throw notSupported(`${name} of a decimal`);
    const x = toDouble(value);
    check?.(x);
    return makeDouble(run(x));
  });
}

function power(base: Value, exponent: Value): Value {
  if (isNullish(base) || isNullish(exponent)) return null;
  const type = widerType(numeric('$pow', base, 28762), numeric('$pow', exponent, 28763));
  if (type === 'decimal') throw notSupported('$pow of a decimal');
  const x = toDouble(base);
  const y = toDouble(exponent);
  if (x === 0 && y < 0) throw mongoError(28764, '$pow cannot take a base of 0 and a negative exponent');
  if (type === 'double' || y < 0) return makeDouble(x ** y);
  // Beyond 64 bits the answer is a double; small bases with huge exponents are settled first.
  if (Math.abs(x) > 1 && y > 63) return makeDouble(x ** y);
  const exact = Math.abs(x) <= 1 ? BigInt(x ** (y % 2 === 0 ? 2 : 1)) : integerOf(base)! ** BigInt(y);
  const result = y === 0 ? 1n : exact;
  return fitsLong(result) ? makeInteger(result, type)! : makeDouble(x ** y);
}

function positive(name: string, code: number): (x: number) => void {
  return (x) => {
    if (x <= 0) throw mongoError(code, `${name}'s argument must be a positive number, but is ${x}`);
  };
}

export const numberOperators: readonly [string, Operator][] = [
  ['$add', add],
  ['$subtract', fixed('$subtract', 2, subtract)],
  ['$multiply', multiply],
  ['$divide', fixed('$divide', 2, divide)],
  ['$mod', fixed('$mod', 2, modulo)],
  ['$abs', fixed('$abs', 1, absolute)],
  ['$ceil', towards('$ceil', Math.ceil)],
  ['$floor', towards('$floor', Math.floor)],
  ['$round', rounding('$round')],
  ['$trunc', rounding('$trunc')],
  ['$pow', fixed('$pow', 2, power)],
  [
    '$sqrt',
    realFunction('$sqrt', Math.sqrt, (x) => {
      if (x < 0) throw mongoError(28714, "$sqrt's argument must be greater than or equal to 0");
    }),
  ],
  ['$exp', realFunction('$exp', Math.exp)],
  ['$ln', realFunction('$ln', Math.log, positive('$ln', 28766))],
  ['$log10', realFunction('$log10', Math.log10, positive('$log10', 28761))],
  ['$isNumber', fixed('$isNumber', 1, isNumber)],
];
