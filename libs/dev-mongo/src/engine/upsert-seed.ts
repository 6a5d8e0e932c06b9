import { getField, isDocument, setField, typeOf } from './bson-types.ts';
import { mongoError } from './errors.ts';
import { isOperatorDocument } from './match.ts';
import { splitPath } from './paths.ts';
import type { Document, Value } from './types.ts';

/**
 * The document an upsert starts from: the fields that the filter fixes by equality, also inside
 * `$and`, a `$or` with one branch, `$all` and `$in` with one value.
 *
 * @throws MongoError 54 when two conditions fix the same field or a field and its parent
 */
export function upsertSeed(filter: Document): Document {
  const fixed = new Map<string, Value>();
  collect(filter, fixed);
  const seed: Document = {};
  for (const [path, value] of fixed) place(seed, path, value);
  return seed;
}

function collect(filter: Document, fixed: Map<string, Value>): void {
  for (const name of Object.keys(filter)) {
    const argument = filter[name];
    if (name === '$and' || (name === '$or' && Array.isArray(argument) && argument.length === 1)) {
      for (const entry of argument as Value[]) if (isDocument(entry)) collect(entry, fixed);
    } else if (!name.startsWith('$')) {
      for (const value of equalities(argument)) add(fixed, name, value);
    }
  }
}

function equalities(argument: Value): Value[] {
  if (!isOperatorDocument(argument)) return typeOf(argument) === 'regex' ? [] : [argument];
  const values: Value[] = [];
  if (Object.hasOwn(argument, '$eq')) values.push(argument['$eq']);
  for (const operator of ['$all', '$in']) {
    const list = argument[operator];
    if (
      Array.isArray(list) &&
      list.length === 1 &&
      typeOf(list[0]) !== 'regex' &&
      !isOperatorDocument(list[0])
    ) {
      values.push(list[0]);
    }
  }
  return values;
}

function add(fixed: Map<string, Value>, path: string, value: Value): void {
  for (const other of fixed.keys()) {
    if (other === path)
      throw mongoError(54, `cannot infer query fields to set, path '${path}' is matched twice`);
    if (other.startsWith(`${path}.`) || path.startsWith(`${other}.`)) {
      throw mongoError(
        54,
        `cannot infer query fields to set, both paths '${path}' and '${other}' are matched`,
      );
    }
  }
  fixed.set(path, value);
}

function place(doc: Document, path: string, value: Value): void {
  const parts = splitPath(path);
  let current = doc;
  for (const part of parts.slice(0, -1)) {
    const existing = getField(current, part);
    if (isDocument(existing)) {
      current = existing;
    } else {
      const next: Document = {};
      setField(current, part, next);
      current = next;
    }
  }
  setField(current, parts.at(-1)!, value);
}
