import { asPlain, getField, isDocument } from './bson-types.ts';
import { mongoError } from './errors.ts';
import type { Document, PathValues, Value } from './types.ts';

/** Whether an array at the end of a path is opened (elements first, then the whole) or taken whole. */
type LeafArrays = 'open' | 'whole';

/**
 * Called for each value a path leads to; `undefined` is a missing value. `offset` is the outermost
 * array index that was gone through implicitly. Returning true ends the walk.
 */
type Visit = (value: Value, offset: number | undefined) => boolean;

const splitCache = new Map<string, readonly string[]>();

/** The parts of a dotted path. */
export function splitPath(path: string): readonly string[] {
  let parts = splitCache.get(path);
  if (!parts) {
    parts = path.split('.');
    // Paths come from queries; the bound keeps a client with generated names from filling memory.
    if (splitCache.size > 10_000) splitCache.clear();
    splitCache.set(path, parts);
  }
  return parts;
}

/** True for a part that can be an array index as MongoDB reads it ("0", "17", not "01"). */
export function isIndexPart(part: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(part);
}

/**
 * Walks a path as MongoDB's matcher does: arrays on the way are opened, an index part is both a
 * field of the elements and a position; arrays directly inside arrays are only reached by position.
 * An array without documents yields nothing for a longer path, not even a missing value.
 */
export function walkPath(doc: Document, parts: readonly string[], leaf: LeafArrays, visit: Visit): boolean {
  return walkDocument(doc, parts, 0, leaf, visit, undefined);
}

function walkDocument(
  doc: Document,
  parts: readonly string[],
  start: number,
  leaf: LeafArrays,
  visit: Visit,
  offset: number | undefined,
): boolean {
  let current = getField(asPlain(doc), parts[start]!);
  for (let next = start + 1; ; next += 1) {
    if (Array.isArray(current)) return walkArray(current, parts, next, leaf, visit, offset);
    if (next === parts.length) return visit(current, offset);
    if (!isDocument(current)) return visit(undefined, offset);
    current = getField(asPlain(current), parts[next]!);
  }
}

function walkArray(
  array: Value[],
  parts: readonly string[],
  next: number,
  leaf: LeafArrays,
  visit: Visit,
  offset: number | undefined,
): boolean {
  if (next === parts.length) {
    if (leaf === 'open') {
      for (let i = 0; i < array.length; i += 1) if (visit(array[i], offset ?? i)) return true;
    }
    return visit(array, offset);
  }
  const part = parts[next]!;
  const position = isIndexPart(part) ? Number(part) : -1;
  for (let i = 0; i < array.length; i += 1) {
    const item = array[i];
    if (isDocument(item) && walkDocument(item, parts, next, leaf, visit, offset ?? i)) return true;
    if (i === position && walkPosition(item, parts, next + 1, leaf, visit, offset)) return true;
  }
  return false;
}

function walkPosition(
  item: Value,
  parts: readonly string[],
  next: number,
  leaf: LeafArrays,
  visit: Visit,
  offset: number | undefined,
): boolean {
  if (next === parts.length) return visit(item, offset);
  if (Array.isArray(item)) return walkArray(item, parts, next, leaf, visit, offset);
  return isDocument(item) && walkDocument(item, parts, next, leaf, visit, offset);
}

/**
 * The index keys of a document for one path, as MongoDB makes them: each element of an array is a
 * key, an element that is no document has no sub-field (missing), an empty array at the end is the
 * key `undefined`, which differs from null.
 *
 * @throws MongoError 16746 when a part names both an array position and a field of its elements
 */
export function valuesAtPath(doc: Document, path: string): PathValues {
  const found: PathValues = { values: [], missing: false, viaArray: false };
  collectKeys(doc, splitPath(path), 0, found);
  return found;
}

function collectKeys(value: Value, parts: readonly string[], index: number, found: PathValues): void {
  if (index === parts.length) {
    collectLeaf(value, found);
    return;
  }
  const part = parts[index]!;
  if (Array.isArray(value)) {
    if (isIndexPart(part)) {
      if (value.some((item) => isDocument(item) && getField(item, part) !== undefined)) {
        throw mongoError(
          16746,
          `Ambiguous field name found in array (do not use numeric field names in embedded elements in an array), field: '${part}'`,
        );
      }
      if (Number(part) < value.length) {
        collectKeys(value[Number(part)], parts, index + 1, found);
        return;
      }
    }
    found.viaArray = true;
    if (value.length === 0) found.missing = true;
    for (const item of value) {
      if (isDocument(item)) collectKeys(item, parts, index, found);
      else found.missing = true;
    }
  } else if (isDocument(value)) {
    collectKeys(getField(asPlain(value), part), parts, index + 1, found);
  } else {
    found.missing = true;
  }
}

function collectLeaf(value: Value, found: PathValues): void {
  if (Array.isArray(value)) {
    found.viaArray = true;
    if (value.length === 0) found.values.push(undefined);
    else found.values.push(...(value as Value[]));
  } else if (value === undefined) {
    found.missing = true;
  } else {
    found.values.push(value);
  }
}
