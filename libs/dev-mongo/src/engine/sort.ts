import { asPlain, getField, isDocument } from './bson-types.ts';
import { MongoError, mongoError, notSupported } from './errors.ts';
import { keyTuples } from './key-tuples.ts';
import { integerOf, isNumber } from './numbers.ts';
import { isIndexPart, splitPath, valuesAtPath } from './paths.ts';
import { show } from './show.ts';
import type { Collation, Document, Value } from './types.ts';
import { compare } from './values.ts';

type Order = (a: Document, b: Document) => number;

interface SortField {
  path: string;
  parts: readonly string[];
  direction: 1 | -1;
}

/**
 * Compiles a sort specification. Ascending takes the smallest element of an array, descending the
 * largest; missing counts as null, an empty array is below null. Fields within one array take their
 * values from the same element.
 *
 * @throws MongoError 15974 and 15975 for a wrong direction, 238 for `$meta`, when sorting 2 for a
 *   document with two arrays side by side
 */
export function compileSort(spec: Document, collation?: Collation): Order {
  const fields = Object.keys(spec).map((path) => readField(path, spec[path]));
  // The key of a document is asked for at each comparison of a sort; it is made once.
  const keys = new WeakMap<Document, Value[]>();
  const keyOf = (doc: Document, index: number): Value => {
    const { path, parts } = fields[index]!;
    if (parts.length === 1) {
      const value = getField(doc, path);
      if (!Array.isArray(value)) return value ?? null;
    }
    let key = keys.get(doc);
    if (!key) {
      key = sortKey(doc, fields, collation);
      keys.set(doc, key);
    }
    return key[index];
  };
  return (a, b) => {
    for (let i = 0; i < fields.length; i += 1) {
      const result = fields[i]!.direction * compare(keyOf(a, i), keyOf(b, i), collation);
      if (result) return result;
    }
    return 0;
  };
}

/**
 * Compiles the sort of the elements of an array, as `$push` and `$sortArray` do it: unlike in a sort of
 * documents, an array in an element is compared whole and its documents are not looked into.
 */
export function compileElementSort(spec: Document, collation?: Collation): (a: Value, b: Value) => number {
  const fields = Object.keys(spec).map((path) => readField(path, spec[path]));
  return (a, b) => {
    for (const { parts, direction } of fields) {
      const result = direction * compare(partOf(a, parts), partOf(b, parts), collation);
      if (result) return result;
    }
    return 0;
  };
}

function partOf(element: Value, parts: readonly string[]): Value {
  let value: Value = isDocument(element) ? element : undefined;
  for (const part of parts) {
    if (isDocument(value)) value = getField(asPlain(value), part);
    else if (Array.isArray(value) && isIndexPart(part)) value = value[Number(part)];
    else return null;
  }
  return value ?? null;
}

function readField(path: string, value: Value): SortField {
  const direction = directionOf(path, value);
  const parts = splitPath(path);
  if (parts.includes('')) throw mongoError(15998, 'FieldPath field names may not be empty strings.');
  return { path, parts, direction };
}

function directionOf(path: string, value: Value): 1 | -1 {
  if (isDocument(value) && Object.hasOwn(value, '$meta')) throw notSupported('the sort by $meta');
  const direction = isNumber(value) ? integerOf(value) : undefined;
  if (direction === 1n) return 1;
  if (direction === -1n) return -1;
  if (!isNumber(value))
    throw mongoError(15974, `Illegal key in $sort specification: ${path}: ${show(value)}`);
  throw mongoError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
}

function sortKey(doc: Document, fields: readonly SortField[], collation: Collation | undefined): Value[] {
  const found = fields.map(({ path }) => valuesAtPath(doc, path));
  if (found.filter(({ viaArray }) => viaArray).length > 1) return jointKey(doc, fields, collation);
  return found.map(({ values, missing }, index) => {
    const candidates = missing ? [...values, null] : values;
    let best = candidates[0];
    for (const value of candidates)
      if (fields[index]!.direction * compare(value, best, collation) < 0) best = value;
    return best;
  });
}

/** The first of the keys that an index over these fields would have. */
function jointKey(doc: Document, fields: readonly SortField[], collation: Collation | undefined): Value[] {
  if (fields.some(({ parts }) => parts.some(isIndexPart)))
    throw notSupported('a sort by the position in an array and by another array');
  const before = (a: Value[], b: Value[]): boolean => {
    for (const [index, { direction }] of fields.entries()) {
      const order = direction * compare(a[index], b[index], collation);
      if (order) return order < 0;
    }
    return false;
  };
  return tuplesOf(doc, fields).reduce((best, tuple) => (before(tuple, best) ? tuple : best));
}

function tuplesOf(doc: Document, fields: readonly SortField[]): Value[][] {
  try {
    return keyTuples(
      doc,
      fields.map(({ parts }) => parts),
      false,
    ).tuples;
  } catch (error) {
    if (!(error instanceof MongoError) || error.code !== 171) throw error;
    throw mongoError(2, 'cannot sort with keys that are parallel arrays');
  }
}
