import { isDocument, typeOf } from './bson-types.ts';
import { isOperatorDocument } from './match.ts';
import { isNaNValue } from './numbers.ts';
import { isIndexPart, splitPath } from './paths.ts';
import type { Condition, Document, Value } from './types.ts';

const rangeTypes = new Set(['int', 'long', 'double', 'decimal', 'string', 'date', 'objectId', 'timestamp']);

/**
 * Conditions that every matching document fulfils (top level and inside `$and`), for choosing an
 * index. Left out is what an index on elements cannot answer: patterns, arrays as operands, paths with
 * numbers, comparisons with null, NaN, MinKey and MaxKey. `$eq` and `$in` may hold null, which also matches
 * missing. The matcher must still be applied to what the index gives.
 */
export function conditionsOf(filter: Document): Condition[] {
  return Object.keys(filter).flatMap((name) => {
    const argument = filter[name];
    if (name === '$and' && Array.isArray(argument)) {
      return (argument as Value[]).flatMap((entry) => (isDocument(entry) ? conditionsOf(entry) : []));
    }
    // A number in a path is a position and a field name to the matcher, a position alone to an index.
    const isAmbiguous = splitPath(name).some(isIndexPart);
    return name.startsWith('$') || isAmbiguous ? [] : conditionsOfField(name, argument);
  });
}

function conditionsOfField(path: string, argument: Value): Condition[] {
  if (!isOperatorDocument(argument)) {
    return isIndexable(argument) && typeOf(argument) !== 'regex'
      ? [{ path, op: '$eq', value: argument }]
      : [];
  }
  return Object.keys(argument).flatMap((op): Condition[] => {
    const value = argument[op];
    switch (op) {
      case '$eq':
        return isIndexable(value) ? [{ path, op, value }] : [];
      case '$in':
        return Array.isArray(value) && value.every((item) => isIndexable(item) && typeOf(item) !== 'regex')
          ? [{ path, op, value }]
          : [];
      case '$gt':
      case '$gte':
      case '$lt':
      case '$lte':
        return rangeTypes.has(typeOf(value)) && !isNaNValue(value) ? [{ path, op, value }] : [];
      case '$exists':
        return [{ path, op, value }];
      default:
        return [];
    }
  });
}

function isIndexable(value: Value): boolean {
  return value !== undefined && !Array.isArray(value);
}
