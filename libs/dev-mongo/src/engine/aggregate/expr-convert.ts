import { ObjectId } from 'bson';

import { isDocument, typeOf, types } from '../bson-types.ts';
import { parseDecimal } from '../decimal.ts';
import { MongoError, mongoError } from '../errors.ts';
import { isTruthy } from '../match-leaf.ts';
import {
  integerOf,
  isNumber,
  makeDecimal,
  makeDouble,
  makeInteger,
  makeLong,
  toDecimal,
  toDouble,
  truncatedLong,
} from '../numbers.ts';
import type { Value } from '../types.ts';
import { parseDateText } from './date-text.ts';
import { textForm } from './text-form.ts';
import type { Evaluate, Operator } from './expression-types.ts';
import { fixed, isNullish, named } from './expression-types.ts';

function failed(value: Value, target: string): Error {
  return mongoError(
    241,
    `Unsupported conversion from ${typeOf(value)} to ${target} in $convert with no onError value`,
  );
}

function unparsed(text: string, target: string): Error {
  return mongoError(
    241,
    `Failed to parse number '${text}' in $convert with no onError value: cannot convert to ${target}`,
  );
}

function toInteger(value: Value, target: 'int' | 'long'): Value {
  const type = typeOf(value);
  if (type === 'bool') return makeInteger(value ? 1n : 0n, target)!;
  let integer: bigint | undefined;
  if (type === 'string') {
    if (!/^[+-]?\d+$/.test(value as string)) throw unparsed(value as string, target);
    integer = BigInt((value as string).replace(/^\+/, ''));
  } else if (isNumber(value)) {
    integer = truncatedLong(value);
  } else if (type === 'date' && target === 'long') {
    integer = BigInt((value as Date).getTime());
  } else {
    throw failed(value, target);
  }
  const bits = target === 'int' ? 32 : 64;
  if (integer === undefined || BigInt.asIntN(bits, integer) !== integer) {
    throw mongoError(
      241,
      `Conversion would overflow target type in $convert with no onError value: ${textForm(value)}`,
    );
  }
  return target === 'int' ? makeInteger(integer, 'int') : makeLong(integer);
}

function toReal(value: Value): Value {
  const type = typeOf(value);
  if (type === 'bool') return makeDouble(value ? 1 : 0);
  if (type === 'date') return makeDouble((value as Date).getTime());
  if (isNumber(value)) return makeDouble(toDouble(value));
  if (type !== 'string') throw failed(value, 'double');
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value as string)) {
    const special = parseDecimal(value as string);
    if (!special?.special) throw unparsed(value as string, 'double');
    return makeDouble(special.special === 'nan' ? Number.NaN : special.negative ? -Infinity : Infinity);
  }
  return makeDouble(Number(value));
}

function toDecimalValue(value: Value): Value {
  const type = typeOf(value);
  if (type === 'bool') return makeDecimal(toDecimal(makeInteger(value ? 1n : 0n, 'int')));
  if (type === 'date') return makeDecimal(toDecimal(makeLong(BigInt((value as Date).getTime()))));
  if (isNumber(value)) return makeDecimal(toDecimal(value));
  if (type !== 'string') throw failed(value, 'decimal');
  const decimal = parseDecimal(value as string);
  if (!decimal) throw unparsed(value as string, 'decimal');
  return makeDecimal(decimal);
}

function toBool(value: Value): Value {
  return isTruthy(value);
}

function toDate(value: Value): Value {
  const type = typeOf(value);
  if (type === 'date') return value;
  if (type === 'objectId') return (value as ObjectId).getTimestamp();
  if (type === 'string') return parseDateText(value as string);
  if (type === 'timestamp') return new Date(((value as { high: number }).high >>> 0) * 1000);
  if (type === 'int' || !isNumber(value)) throw failed(value, 'date');
  const date = new Date(Number(truncatedLong(value) ?? Number.NaN));
  if (Number.isNaN(date.getTime()))
    throw mongoError(241, 'Conversion would overflow target type in $convert with no onError value');
  return date;
}

function toObjectId(value: Value): Value {
  if (typeOf(value) === 'objectId') return value;
  if (typeof value !== 'string') throw failed(value, 'objectId');
  if (!/^[0-9a-fA-F]{24}$/.test(value)) {
    throw mongoError(241, `Failed to parse objectId '${value}' in $convert with no onError value`);
  }
  return new ObjectId(value);
}

const conversions: Record<string, (value: Value) => Value> = {
  string: textForm,
  int: (value) => toInteger(value, 'int'),
  long: (value) => toInteger(value, 'long'),
  double: toReal,
  decimal: toDecimalValue,
  bool: toBool,
  date: toDate,
  objectId: toObjectId,
};

function converter(name: string, target: string): [string, Operator] {
  const convert = conversions[target]!;
  return [name, fixed(name, 1, (value) => (isNullish(value) ? null : convert(value)))];
}

function targetOf(to: Value): (value: Value) => Value {
  let name = to;
  if (isNumber(to)) name = Object.entries(types).find(([, code]) => BigInt(code) === integerOf(to))?.[0];
  const convert = typeof name === 'string' ? conversions[name] : undefined;
  if (!convert)
    throw mongoError(2, `Unknown or unsupported type in $convert: ${isDocument(to) ? 'object' : String(to)}`);
  return convert;
}

const convert: Operator = (argument, scope) => {
  const parts = named('$convert', argument, scope, ['input', 'to'], ['onError', 'onNull']);
  const input = parts['input'] as Evaluate;
  const to = parts['to'] as Evaluate;
  return (env) => {
    const value = input(env);
    const target = to(env);
    if (isNullish(value)) return parts['onNull'] ? parts['onNull'](env) : null;
    if (isNullish(target)) return null;
    const run = targetOf(target);
    try {
      return run(value);
    } catch (error) {
      if (parts['onError'] && error instanceof MongoError && error.code === 241) return parts['onError'](env);
      throw error;
    }
  };
};

export const conversionOperators: readonly [string, Operator][] = [
  converter('$toString', 'string'),
  converter('$toInt', 'int'),
  converter('$toLong', 'long'),
  converter('$toDouble', 'double'),
  converter('$toDecimal', 'decimal'),
  converter('$toBool', 'bool'),
  converter('$toDate', 'date'),
  converter('$toObjectId', 'objectId'),
  ['$convert', convert],
  [
    '$type',
    (argument, scope) => {
      const [operand] =
        Array.isArray(argument) && argument.length === 1
          ? [scope.compile(argument[0])]
          : [scope.compile(argument)];
      return (env) => typeOf(operand(env));
    },
  ],
];
