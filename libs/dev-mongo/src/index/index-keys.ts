import { canonicalKey, keyTuples } from '../engine/index.ts';
import type { Collation, Document, Value } from '../engine/index.ts';

/** One key of a document in an index. `undefined` stands for an empty array, null for nothing there. */
export interface IndexKey {
  values: Value[];
  /** Equal for equal keys, for hash maps. */
  hash: string;
}

/** Hash of a complete key; the lengths keep ['a', 'bc'] and ['ab', 'c'] apart. */
export function hashKey(values: readonly Value[], collation?: Collation): string {
  if (values.length === 1) return canonicalKey(values[0], collation);
  let hash = '';
  for (const value of values) {
    const part = canonicalKey(value, collation);
    hash += `${part.length}:${part}`;
  }
  return hash;
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

/** Extracts the keys of documents for one index. */
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
    const { tuples, viaArray: multikey } = keyTuples(doc, this.#paths, this.#sparse);
    const keys = tuples.map((values) => ({ values, hash: hashKey(values, this.#collation) }));
    if (keys.length < 2) return { keys, multikey };
    return { keys: [...new Map(keys.map((key) => [key.hash, key])).values()], multikey };
  }
}
