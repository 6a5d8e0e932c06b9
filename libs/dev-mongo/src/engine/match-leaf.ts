import type { TypeName } from './bson-types.ts';
import { getField, isDocument, rankOfType, typeOf, types } from './bson-types.ts';
import { mongoError } from './errors.ts';
import { fitsLong, integerOf, isNaNValue, isNumber, toDouble, truncatedLong } from './numbers.ts';
import { compileRegex } from './regex.ts';
import type { Collation, Document, Value } from './types.ts';
import { binaryParts, canonicalKey, compare, regexParts } from './values.ts';

/** A condition on one value; `undefined` is a missing value. */
export type ValueTest = (value: Value) => boolean;

export type Comparison = '$eq' | '$gt' | '$gte' | '$lt' | '$lte';

/**
 * Comparison within one type bracket: values of other types never match, except that missing counts
 * as null and that MinKey and MaxKey compare with everything. NaN only equals NaN.
 */
export function comparison(op: Comparison, operand: Value, collation?: Collation): ValueTest {
  if (operand === undefined) throw mongoError(2, 'cannot compare to undefined');
  const operandType = typeOf(operand);
  if (op !== '$eq' && operandType === 'regex') {
    throw mongoError(2, `Can't have RegEx as arg to predicate over field`);
  }
  if (op === '$eq' && operandType === 'string' && !collation) {
    return (value) => value === operand || (typeof value === 'object' && compare(value, operand) === 0);
  }
  const rank = rankOfType(operandType);
  const acceptsEqual = op !== '$gt' && op !== '$lt';
  const accepts = acceptor(op);
  if (operandType === 'null') {
    return (value) => (value === undefined || value === null) && acceptsEqual;
  }
  const operandIsNaN = isNaNValue(operand);
  return (value) => {
    const type = typeOf(value);
    if (rankOfType(type) !== rank) {
      if (operandType === 'maxKey') return op === '$lt' || op === '$lte';
      if (operandType === 'minKey') return op === '$gt' || op === '$gte';
      return false;
    }
    if (rank === 10 && op !== '$eq' && (operandIsNaN || isNaNValue(value))) {
      return acceptsEqual && operandIsNaN && isNaNValue(value);
    }
    return accepts(compare(value, operand, collation));
  };
}

function acceptor(op: Comparison): (order: number) => boolean {
  switch (op) {
    case '$eq':
      return (order) => order === 0;
    case '$gt':
      return (order) => order > 0;
    case '$gte':
      return (order) => order >= 0;
    case '$lt':
      return (order) => order < 0;
    default:
      return (order) => order <= 0;
  }
}

/** Matches strings by pattern, and a stored regular expression that is the same. */
export function regexTest(value: Value): ValueTest {
  const [pattern, options] = regexParts(value);
  const regex = compileRegex(pattern, options);
  return (candidate) => {
    if (typeof candidate === 'string') return regex.test(candidate);
    const type = typeOf(candidate);
    if (type === 'symbol') return regex.test((candidate as { value: string }).value);
    if (type !== 'regex') return false;
    const [otherPattern, otherOptions] = regexParts(candidate);
    return otherPattern === pattern && otherOptions === options;
  };
}

/** `$regex` with `$options`: the pattern is a string or a regular expression. */
export function regexOperator(pattern: Value, options: Value): ValueTest {
  if (options !== undefined && typeof options !== 'string')
    throw mongoError(2, '$options has to be a string');
  if (typeof pattern === 'string') return regexTest({ pattern, options: sorted(options ?? '') });
  if (typeOf(pattern) !== 'regex') throw mongoError(2, '$regex has to be a string');
  const [source, own] = regexParts(pattern);
  if (options !== undefined && own !== '') throw mongoError(51075, 'options set in both $regex and $options');
  return regexTest({ pattern: source, options: sorted(options ?? own) });
}

function sorted(options: string): string {
  return [...options].toSorted().join('');
}

export function inTest(operand: Value, collation?: Collation): ValueTest {
  if (!Array.isArray(operand)) throw mongoError(2, '$in needs an array');
  const keys = new Set<string>();
  const patterns: ValueTest[] = [];
  let hasNull = false;
  for (const item of operand as Value[]) {
    if (item === undefined) throw mongoError(2, 'cannot compare to undefined');
    if (isDocument(item) && Object.keys(item)[0]?.startsWith('$') && getField(item, '$ref') === undefined) {
      throw mongoError(2, `cannot nest $ under $in`);
    }
    if (typeOf(item) === 'regex') patterns.push(regexTest(item));
    else keys.add(canonicalKey(item, collation));
    if (item === null) hasNull = true;
  }
  return (value) => {
    if (value === undefined) return hasNull;
    if (keys.size > 0 && keys.has(canonicalKey(value, collation))) return true;
    return patterns.some((pattern) => pattern(value));
  };
}

const typeNumbers = new Map<number, TypeName>(
  Object.entries(types)
    .filter(([name]) => name !== 'missing')
    .map(([name, code]) => [code, name as TypeName]),
);

/** Reads the argument of `$type`: names, numbers, "number", or an array of these. */
export function typeTest(operand: Value): ValueTest {
  const list = Array.isArray(operand) ? (operand as Value[]) : [operand];
  if (list.length === 0) throw mongoError(9, '$type must match at least one type');
  const wanted = new Set<TypeName>();
  for (const item of list) {
    if (item === 'number') for (const name of ['int', 'long', 'double', 'decimal'] as const) wanted.add(name);
    else wanted.add(readType(item));
  }
  return (value) => value !== undefined && wanted.has(typeOf(value));
}

function readType(item: Value): TypeName {
  if (typeof item === 'string') {
    if (item in types && item !== 'missing') return item as TypeName;
    throw mongoError(2, `Unknown type name alias: ${item}`);
  }
  if (!isNumber(item)) throw mongoError(14, 'type must be represented as a number or a string');
  const name = typeNumbers.get(toDouble(item));
  if (!name) throw mongoError(2, `Invalid numerical type code: ${toDouble(item)}`);
  return name;
}

export function sizeTest(operand: Value): ValueTest {
  const size = isNumber(operand) ? integerOf(operand) : undefined;
  if (size === undefined) throw mongoError(2, `Failed to parse $size. Expected an integer`);
  if (size < 0n) throw mongoError(2, `Failed to parse $size. Expected a non-negative number`);
  const length = Number(size);
  return (value) => Array.isArray(value) && value.length === length;
}

export function modTest(operand: Value): ValueTest {
  if (!Array.isArray(operand)) throw mongoError(2, 'malformed mod, needs to be an array');
  if (operand.length < 2) throw mongoError(2, 'malformed mod, not enough elements');
  if (operand.length > 2) throw mongoError(2, 'malformed mod, too many elements');
  const [divisor = 0n, remainder] = (operand as Value[]).map((item, index) => {
    const integer = isNumber(item) ? truncatedLong(item) : undefined;
    if (integer === undefined)
      throw mongoError(2, `malformed mod, ${index === 0 ? 'divisor' : 'remainder'} not a number`);
    return integer;
  });
  if (divisor === 0n) throw mongoError(2, 'divisor cannot be 0');
  return (value) => {
    const integer = isNumber(value) ? truncatedLong(value) : undefined;
    return integer !== undefined && integer % divisor === remainder;
  };
}

export type BitOperator = '$bitsAllSet' | '$bitsAnySet' | '$bitsAllClear' | '$bitsAnyClear';

export function bitsTest(op: BitOperator, operand: Value): ValueTest {
  const positions = bitPositions(op, operand);
  const wantSet = op === '$bitsAllSet' || op === '$bitsAnySet';
  const all = op === '$bitsAllSet' || op === '$bitsAllClear';
  return (value) => {
    const isSet = bitReader(value);
    if (!isSet) return false;
    const fulfils = (position: number): boolean => isSet(position) === wantSet;
    return all ? positions.every(fulfils) : positions.some(fulfils);
  };
}

function bitReader(value: Value): ((position: number) => boolean) | undefined {
  if (typeOf(value) === 'binData') {
    const { bytes } = binaryParts(value);
    return (position) => ((bytes[position >> 3] ?? 0) & (1 << (position & 7))) !== 0;
  }
  const integer = isNumber(value) ? integerOf(value) : undefined;
  if (integer === undefined || !fitsLong(integer)) return undefined;
  // Numbers are sign-extended: every position from 63 upwards is the sign bit.
  return (position) => ((integer >> BigInt(Math.min(position, 63))) & 1n) === 1n;
}

function bitPositions(op: BitOperator, operand: Value): number[] {
  if (Array.isArray(operand)) {
    return (operand as Value[]).map((item) => {
      const position = isNumber(item) ? integerOf(item) : undefined;
      if (position === undefined || position < 0n || position > 0x7fffffffn) {
        throw mongoError(2, `Failed to parse bit position. Expected a non-negative integer in: ${op}`);
      }
      return Number(position);
    });
  }
  if (typeOf(operand) === 'binData') {
    const { bytes } = binaryParts(operand);
    return [...bytes].flatMap((byte, index) =>
      [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (1 << bit)).map((bit) => index * 8 + bit),
    );
  }
  const mask = isNumber(operand) ? integerOf(operand) : undefined;
  if (mask === undefined)
    throw mongoError(2, `${op} takes an Array, a number, or a BinData but received: ${typeOf(operand)}`);
  if (mask < 0n || !fitsLong(mask)) throw mongoError(9, `Expected a non-negative number in: ${op}`);
  return Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => ((mask >> BigInt(bit)) & 1n) === 1n);
}

/** MongoDB's truth of a value, as `$exists` reads its argument. */
export function isTruthy(value: Value): boolean {
  if (value === undefined || value === null || value === false) return false;
  return !(isNumber(value) && toDouble(value) === 0);
}

/** An array seen as a document of its positions, for `$elemMatch` on arrays within arrays. */
export function arrayAsDocument(array: Value[]): Document {
  return Object.fromEntries(array.entries());
}
