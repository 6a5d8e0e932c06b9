import { bsonTypeName, mongoError } from './engine/index.ts';
import type { Document, Value } from './engine/index.ts';
import { isEmbeddedDocument } from './index/index-keys.ts';

// Reading the typed values of a command. Every reader names the field in its error, as MongoDB does.

function wrongType(where: string, value: Value, expected: string) {
  return mongoError(
    14,
    `BSON field '${where}' is the wrong type '${bsonTypeName(value)}', expected type '${expected}'`,
  );
}

/** The number behind any BSON number, undefined for everything else. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return undefined;
  const typed = value as { _bsontype?: string; value?: number; toNumber?(): number };
  switch (typed._bsontype) {
    case 'Int32':
    case 'Double':
      return typed.value;
    case 'Long':
      return typed.toNumber?.();
    case 'Decimal128':
      return Number(String(value));
    default:
      return undefined;
  }
}

/** A whole number that is not negative, `fallback` when the field is absent. */
export function countArgument(value: Value, where: string, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  const number = numberOf(value);
  if (number === undefined) throw wrongType(where, value, 'long');
  if (!Number.isInteger(number)) throw mongoError(9, `BSON field '${where}' must be a whole number`);
  if (number < 0) {
    throw mongoError(51024, `BSON field '${where}' value must be >= 0, actual value '${number}'`);
  }
  return number;
}

/** A boolean; numbers count as in MongoDB (0 is false). */
export function booleanArgument(value: Value, where: string, fallback = false): boolean {
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'boolean') return value;
  const number = numberOf(value);
  if (number === undefined) throw wrongType(where, value, 'bool');
  return number !== 0;
}

export function stringArgument(value: Value, where: string): string {
  if (typeof value !== 'string') throw wrongType(where, value, 'string');
  return value;
}

/** An embedded document, `undefined` when the field is absent. */
export function documentArgument(value: Value, where: string): Document | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isEmbeddedDocument(value)) throw wrongType(where, value, 'object');
  return value;
}

export function requiredDocument(value: Value, where: string): Document {
  const document = documentArgument(value, where);
  if (!document) throw mongoError(40414, `BSON field '${where}' is missing but a required field`);
  return document;
}

/** An array of embedded documents, `undefined` when the field is absent. */
export function documentsArgument(value: Value, where: string): Document[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw wrongType(where, value, 'array');
  return value.map((item, i) => requiredDocument(item, `${where}.${i}`));
}

export function requiredDocuments(value: Value, where: string): Document[] {
  const documents = documentsArgument(value, where);
  if (!documents) throw mongoError(40414, `BSON field '${where}' is missing but a required field`);
  return documents;
}

/** Refuses fields that are not in the list: an option that is not understood must not be ignored. */
export function refuseUnknownFields(doc: Document, known: ReadonlySet<string>, where: string): void {
  for (const name of Object.keys(doc)) {
    if (!known.has(name)) throw mongoError(40415, `BSON field '${where}.${name}' is an unknown field.`);
  }
}

/** Refuses options that MongoDB knows and dev-mongo does not, when they ask for anything. */
export function refuseOptions(doc: Document, names: readonly string[], where: string): void {
  for (const name of names) {
    const value = doc[name];
    if (value === undefined || value === null || value === false) continue;
    throw mongoError(238, `option '${name}' of ${where} is not supported by dev-mongo`);
  }
}
