import { compileMatch, isOperatorDocument } from './engine/index.ts';
import type { Collation, Condition, Document, Value } from './engine/index.ts';
import type { Collection } from './collection.ts';
import type { CollectionIndex } from './index/collection-index.ts';
import { hashKey } from './index/index-keys.ts';
import { comparesAlike, coversFilter, indexableConditions } from './plan.ts';

/** What an index alone says about the number of matches. */
export interface IndexCount {
  n: number;
  /** Absent when every document matches. */
  index?: CollectionIndex;
}

// So many combinations of the values of several `$in` are looked up one by one.
const maxKeys = 1000;

/**
 * Counts the matches of a filter without looking at a document. That works for equality and `$in`
 * alone, on the first fields of an index without arrays, where each document has exactly one key.
 * Undefined when the documents have to be looked at.
 *
 * @throws MongoError for a malformed filter
 */
export function countInIndex(
  collection: Collection,
  filter: Document,
  collation: Collation | undefined,
): IndexCount | undefined {
  compileMatch(filter, { collation });
  const conditions = equalitiesOf(filter);
  if (!conditions) return undefined;
  if (conditions.length === 0) return { n: collection.records.size };
  for (const index of collection.indexes.values()) {
    const keys = keysIn(index, conditions, collation);
    if (!keys || !coversFilter(index, { filter, collation }, conditions)) continue;
    return { n: keys.reduce((sum, key) => sum + countKey(collection, index, key), 0), index };
  }
  return undefined;
}

/** The conditions of a filter that holds nothing but equality and `$in`, one for each path. */
function equalitiesOf(filter: Document): Condition[] | undefined {
  const conditions = indexableConditions(filter);
  const paths = new Set(conditions.map(({ path }) => path));
  const isWhole =
    conditions.length === countClauses(filter) &&
    paths.size === conditions.length &&
    conditions.every(({ op }) => op === '$eq' || op === '$in');
  return isWhole ? conditions : undefined;
}

function countClauses(filter: Document): number {
  let clauses = 0;
  for (const [name, argument] of Object.entries(filter)) {
    if (name === '$and') {
      for (const entry of argument as Document[]) clauses += countClauses(entry);
    } else clauses += isOperatorDocument(argument) ? Object.keys(argument).length : 1;
  }
  return clauses;
}

/** The keys to look up, each as long as there are conditions; undefined when the index is not fit for it. */
function keysIn(
  index: CollectionIndex,
  conditions: Condition[],
  collation: Collation | undefined,
): Value[][] | undefined {
  const { fields, hidden } = index.spec;
  if (hidden || index.multikey) return undefined;
  let keys: Value[][] = [[]];
  for (const { path } of fields.slice(0, conditions.length)) {
    const condition = conditions.find((one) => one.path === path);
    if (!condition) return undefined;
    const choices = condition.op === '$in' ? distinct(index, condition.value as Value[]) : [condition.value];
    if (!choices.every((value) => comparesAlike(index, value, collation))) return undefined;
    keys = keys.flatMap((key) => choices.map((value) => [...key, value]));
    if (keys.length > maxKeys) return undefined;
  }
  return conditions.length <= fields.length ? keys : undefined;
}

function distinct(index: CollectionIndex, values: Value[]): Value[] {
  return [...new Map(values.map((value) => [hashKey([value], index.spec.collation), value])).values()];
}

function countKey(collection: Collection, index: CollectionIndex, key: Value[]): number {
  const { fields, collation } = index.spec;
  if (key.length === fields.length) return index.count(hashKey(key, collation));
  return index.ordered(() => collection.partialDocuments([index])).count(key);
}
