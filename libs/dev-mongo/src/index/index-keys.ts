import { canonicalKey, MongoError } from '../engine/index.ts';
import type { Collation, Document, Value } from '../engine/index.ts';

/** One key of a document in an index. `undefined` stands for an empty array, null for nothing there. */
export interface IndexKey {
  values: Value[];
  /** Equal for equal keys, for hash maps. */
  hash: string;
}

/** Hash of a complete key; the lengths keep ['a', 'bc'] and ['ab', 'c'] apart. */
export function hashKey(values: readonly Value[], collation?: Collation): string {
  if (values.length === 1) return hashValue(values[0], collation);
  let hash = '';
  for (const value of values) {
    const part = hashValue(value, collation);
    hash += `${part.length}:${part}`;
  }
  return hash;
}

function hashValue(value: Value, collation?: Collation): string {
  return value === undefined ? '[]' : canonicalKey(value, collation);
}

/** True for embedded documents, not for BSON values that happen to be objects. */
export function isEmbeddedDocument(value: Value): value is Document {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array) &&
    (value as { _bsontype?: string })._bsontype === undefined
  );
}

/** Extracts the keys of documents for one index, as MongoDB's BtreeKeyGenerator does. */
export class KeyExtractor {
  readonly #paths: string[][];
  readonly #sparse: boolean;
  readonly #collation: Collation | undefined;

  constructor(paths: readonly string[], sparse: boolean, collation: Collation | undefined) {
    this.#paths = paths.map((path) => path.split('.'));
    this.#sparse = sparse;
    this.#collation = collation;
  }

  /**
   * The distinct keys of a document, and whether an array was opened for them.
   * Throws code 171 when two fields of a compound index hold different arrays.
   */
  extract(doc: Document): { keys: IndexKey[]; multikey: boolean } {
    const tuples: Value[][] = [];
    const first = this.#paths.map((): Value => null);
    const multikey = this.#expand(doc, [...this.#paths], first, 0, tuples);
    const keys = tuples.map((values) => ({ values, hash: hashKey(values, this.#collation) }));
    if (keys.length < 2) return { keys, multikey };
    return { keys: [...new Map(keys.map((key) => [key.hash, key])).values()], multikey };
  }

  // `paths[i]` is what is left to walk of field i, undefined once its value stands in `fixed`.
  #expand(
    doc: Document,
    paths: (string[] | undefined)[],
    fixed: Value[],
    found: number,
    out: Value[][],
  ): boolean {
    let array: Value[] | undefined;
    const throughArray: number[] = [];
    for (let i = 0; i < paths.length; i += 1) {
      const path = paths[i];
      if (!path) continue;
      let value: Value = doc;
      let depth = 0;
      while (depth < path.length && isEmbeddedDocument(value)) {
        value = Object.hasOwn(value, path[depth]!) ? value[path[depth]!] : undefined;
        depth += 1;
      }
      if (Array.isArray(value)) {
        if (array && array !== value) throw parallelArrays(this.#paths[throughArray[0]!]!, this.#paths[i]!);
        array = value;
        throughArray.push(i);
        paths[i] = path.slice(depth);
        continue;
      }
      paths[i] = undefined;
      if (depth === path.length && value !== undefined) {
        fixed[i] = value;
        found += 1;
      } else fixed[i] = null;
    }
    if (!array) {
      if (found > 0 || !this.#sparse) out.push(fixed);
      return false;
    }
    // An empty array is one element without a value: a key of its own where the path ends there.
    const elements = array.length > 0 ? array : [undefined];
    for (const element of elements) {
      const innerPaths = [...paths];
      const innerFixed = [...fixed];
      let innerFound = found;
      for (const i of throughArray) {
        if (paths[i]!.length > 0) continue;
        innerPaths[i] = undefined;
        innerFixed[i] = element;
        innerFound += 1;
      }
      const inner = isEmbeddedDocument(element) ? element : {};
      this.#expand(inner, innerPaths, innerFixed, innerFound, out);
    }
    return true;
  }
}

function parallelArrays(a: string[], b: string[]): MongoError {
  return new MongoError(
    171,
    'CannotIndexParallelArrays',
    `cannot index parallel arrays [${b.join('.')}] [${a.join('.')}]`,
  );
}
