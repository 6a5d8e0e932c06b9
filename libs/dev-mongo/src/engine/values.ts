import type { Binary, BSONRegExp, Code, ObjectId, Timestamp } from 'bson';

import { asPlain, rankOfType, typeOf } from './bson-types.ts';
import { compareNumbers, numberKey } from './numbers.ts';
import type { Collation, Document, Value } from './types.ts';

/** Order of two strings by their UTF-8 bytes; UTF-16 order differs for characters beyond the BMP. */
export function compareBinary(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return codeUnitRank(left) < codeUnitRank(right) ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

function codeUnitRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

/**
 * MongoDB's total order: first by type, then by value; numbers by exact value whatever their type,
 * NaN below all numbers, documents field by field in stored order. `undefined` (missing) is below null.
 */
export function compare(a: Value, b: Value, collation?: Collation): number {
  if (a === b) return 0;
  if (typeof a === 'string' && typeof b === 'string') {
    return collation ? collation.compare(a, b) : compareBinary(a, b);
  }
  const typeA = typeOf(a);
  const typeB = typeOf(b);
  const rankA = rankOfType(typeA);
  const rankB = rankOfType(typeB);
  if (rankA !== rankB) return rankA < rankB ? -1 : 1;
  switch (rankA) {
    case 10:
      return compareNumbers(a, b);
    case 15:
      return collation ? collation.compare(textOf(a), textOf(b)) : compareBinary(textOf(a), textOf(b));
    case 20:
      return compareDocuments(a as Document, b as Document, collation);
    case 25:
      return compareArrays(a as Value[], b as Value[], collation);
    case 30:
      return compareBinaries(a, b);
    case 35:
      return compareBytes((a as ObjectId).id, (b as ObjectId).id);
    case 40:
      return Number(a) - Number(b);
    case 45:
      return order((a as Date).getTime(), (b as Date).getTime());
    case 47:
      return compareTimestamps(a as Timestamp, b as Timestamp);
    case 50: {
      const [patternA, flagsA] = regexParts(a);
      const [patternB, flagsB] = regexParts(b);
      return compareBinary(patternA, patternB) || compareBinary(flagsA, flagsB);
    }
    case 60:
      return compareBinary((a as Code).code, (b as Code).code);
    case 65:
      return (
        compareBinary((a as Code).code, (b as Code).code) ||
        compareDocuments((a as Code).scope as Document, (b as Code).scope as Document, collation)
      );
    default:
      return 0;
  }
}

function order(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : String((value as { value: string }).value);
}

/** Pattern and flags of a regular expression, in the form that is stored. */
export function regexParts(value: Value): [string, string] {
  if (value instanceof RegExp) {
    const { source, ignoreCase, multiline, dotAll } = value;
    return [source, `${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}${dotAll ? 's' : ''}`];
  }
  const regex = value as BSONRegExp;
  return [regex.pattern, regex.options];
}

function compareDocuments(a: Document, b: Document, collation?: Collation): number {
  const left = asPlain(a);
  const right = asPlain(b);
  const namesA = Object.keys(left);
  const namesB = Object.keys(right);
  const length = Math.min(namesA.length, namesB.length);
  for (let i = 0; i < length; i += 1) {
    const nameA = namesA[i]!;
    const nameB = namesB[i]!;
    const valueA = left[nameA];
    const valueB = right[nameB];
    // As in MongoDB: the type decides before the name, the name before the value.
    const byType = order(rankOfType(typeOf(valueA)), rankOfType(typeOf(valueB)));
    if (byType) return byType;
    if (nameA !== nameB) return compareBinary(nameA, nameB);
    const byValue = compare(valueA, valueB, collation);
    if (byValue) return byValue;
  }
  return order(namesA.length, namesB.length);
}

function compareArrays(a: Value[], b: Value[], collation?: Collation): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const byValue = compare(a[i], b[i], collation);
    if (byValue) return byValue;
  }
  return order(a.length, b.length);
}

/** Bytes and subtype of binary data. */
export function binaryParts(value: Value): { bytes: Uint8Array; subtype: number } {
  if (ArrayBuffer.isView(value)) {
    return { bytes: new Uint8Array(value.buffer, value.byteOffset, value.byteLength), subtype: 0 };
  }
  const binary = value as Binary;
  return { bytes: binary.buffer.subarray(0, binary.position), subtype: binary.sub_type };
}

function compareBinaries(a: Value, b: Value): number {
  const left = binaryParts(a);
  const right = binaryParts(b);
  return (
    order(left.bytes.length, right.bytes.length) ||
    order(left.subtype, right.subtype) ||
    compareBytes(left.bytes, right.bytes)
  );
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return order(a.high >>> 0, b.high >>> 0) || order(a.low >>> 0, b.low >>> 0);
}

/** True when MongoDB holds the two values equal: `compare` gives 0. */
export function equal(a: Value, b: Value, collation?: Collation): boolean {
  return compare(a, b, collation) === 0;
}

/**
 * A text that two values share exactly when they are equal, for hash maps. Missing (`undefined`)
 * has a key of its own; an index, where missing counts as null, must map it first.
 */
export function canonicalKey(value: Value, collation?: Collation): string {
  if (typeof value === 'string') return `s${JSON.stringify(collation ? collation.key(value) : value)}`;
  const type = typeOf(value);
  switch (type) {
    case 'int':
    case 'long':
    case 'double':
    case 'decimal':
      return `n${numberKey(value)}`;
    case 'symbol':
      return canonicalKey(textOf(value), collation);
    case 'object': {
      const doc = asPlain(value as Document);
      const fields = Object.keys(doc).map(
        (name) => `${JSON.stringify(name)}:${canonicalKey(doc[name], collation)}`,
      );
      return `{${fields.join(',')}}`;
    }
    case 'array':
      return `[${(value as Value[]).map((item) => canonicalKey(item, collation)).join(',')}]`;
    case 'binData': {
      const { bytes, subtype } = binaryParts(value);
      return `b${subtype}:${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')}`;
    }
    case 'objectId':
      return `o${(value as ObjectId).toHexString()}`;
    case 'bool':
      return value ? 't' : 'f';
    case 'date':
      return `d${(value as Date).getTime()}`;
    case 'timestamp':
      return `T${(value as Timestamp).high >>> 0}:${(value as Timestamp).low >>> 0}`;
    case 'regex':
      return `r${JSON.stringify(regexParts(value))}`;
    case 'javascript':
      return `c${JSON.stringify((value as Code).code)}`;
    case 'javascriptWithScope':
      return `C${JSON.stringify((value as Code).code)}${canonicalKey((value as Code).scope, collation)}`;
    default:
      return `:${type}`;
  }
}
