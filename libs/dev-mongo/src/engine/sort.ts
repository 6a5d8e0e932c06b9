import { getField, isDocument } from './bson-types.ts';
import { mongoError, notSupported } from './errors.ts';
import { integerOf, isNumber } from './numbers.ts';
import { splitPath, valuesAtPath } from './paths.ts';
import { show } from './show.ts';
import type { Collation, Document, Value } from './types.ts';
import { compare } from './values.ts';

type Order = (a: Document, b: Document) => number;

/**
 * Compiles a sort specification. Ascending takes the smallest element of an array, descending the
 * largest; missing counts as null, an empty array is below null.
 *
 * @throws MongoError 15974 and 15975 for a wrong direction, 238 for `$meta`
 */
export function compileSort(spec: Document, collation?: Collation): Order {
  const orders = Object.keys(spec).map((path) => orderBy(path, directionOf(path, spec[path]), collation));
  if (orders.length === 1) return orders[0]!;
  return (a, b) => {
    for (const order of orders) {
      const result = order(a, b);
      if (result) return result;
    }
    return 0;
  };
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

function orderBy(path: string, direction: 1 | -1, collation: Collation | undefined): Order {
  const parts = splitPath(path);
  if (parts.includes('')) throw mongoError(15998, 'FieldPath field names may not be empty strings.');
  // The key of a document is asked for at each comparison of a sort; it is made once.
  const keys = new WeakMap<Document, { value: Value }>();
  const keyOf = (doc: Document): Value => {
    if (parts.length === 1) {
      const value = getField(doc, path);
      if (!Array.isArray(value)) return value ?? null;
    }
    let key = keys.get(doc);
    if (!key) {
      key = { value: sortKey(doc, path, direction, collation) };
      keys.set(doc, key);
    }
    return key.value;
  };
  return (a, b) => direction * compare(keyOf(a), keyOf(b), collation);
}

function sortKey(doc: Document, path: string, direction: 1 | -1, collation: Collation | undefined): Value {
  const { values, missing } = valuesAtPath(doc, path);
  const candidates = missing ? [...values, null] : values;
  let best = candidates[0];
  for (const value of candidates) if (direction * compare(value, best, collation) < 0) best = value;
  return best;
}
