import { asPlain, getField, isDocument } from './bson-types.ts';
import { MongoError } from './errors.ts';
import type { Document, Value } from './types.ts';

/**
 * The keys that a document has under several paths at once, as MongoDB's BtreeKeyGenerator makes them:
 * an array gives one key for each element, and all paths through it take their values from the same
 * one. In a key `undefined` stands for an empty array, null for nothing there. Positions in a path are
 * not understood.
 */
export interface KeyTuples {
  tuples: Value[][];
  /** True when an array was opened. */
  viaArray: boolean;
}

/**
 * @param sparse leaves out keys without any value
 * @throws MongoError 171 when two paths lead to different arrays
 */
export function keyTuples(doc: Document, paths: readonly (readonly string[])[], sparse: boolean): KeyTuples {
  const tuples: Value[][] = [];
  const expansion = { paths, sparse, tuples };
  const empty = paths.map((): Value => null);
  return { viaArray: expand(expansion, doc, [...paths], empty, 0), tuples };
}

interface Expansion {
  paths: readonly (readonly string[])[];
  sparse: boolean;
  tuples: Value[][];
}

// `left[i]` is what is left to walk of path i, undefined once its value stands in `fixed`.
function expand(
  expansion: Expansion,
  doc: Document,
  left: (readonly string[] | undefined)[],
  fixed: Value[],
  found: number,
): boolean {
  const { paths, sparse, tuples } = expansion;
  let array: Value[] | undefined;
  const throughArray: number[] = [];
  for (let i = 0; i < left.length; i += 1) {
    const path = left[i];
    if (!path) continue;
    let value: Value = doc;
    let depth = 0;
    while (depth < path.length && isDocument(value)) {
      value = getField(asPlain(value), path[depth]!);
      depth += 1;
    }
    if (Array.isArray(value)) {
      if (array && array !== value) throw parallelArrays(paths[throughArray[0]!]!, paths[i]!);
      array = value;
      throughArray.push(i);
      left[i] = path.slice(depth);
      continue;
    }
    left[i] = undefined;
    if (depth === path.length && value !== undefined) {
      fixed[i] = value;
      found += 1;
    } else fixed[i] = null;
  }
  if (!array) {
    if (found > 0 || !sparse) tuples.push(fixed);
    return false;
  }
  // An empty array is one element without a value: a key of its own where the path ends there.
  const elements = array.length > 0 ? array : [undefined];
  for (const element of elements) {
    const innerLeft = [...left];
    const innerFixed = [...fixed];
    let innerFound = found;
    for (const i of throughArray) {
      if (left[i]!.length > 0) continue;
      innerLeft[i] = undefined;
      innerFixed[i] = element;
      innerFound += 1;
    }
    expand(expansion, isDocument(element) ? element : {}, innerLeft, innerFixed, innerFound);
  }
  return true;
}

function parallelArrays(a: readonly string[], b: readonly string[]): MongoError {
  return new MongoError(
    171,
    'CannotIndexParallelArrays',
    `cannot index parallel arrays [${b.join('.')}] [${a.join('.')}]`,
  );
}
