import type { Document, Value } from '../engine/index.ts';
import { KeyExtractor } from './index-keys.ts';
import type { IndexKey } from './index-keys.ts';
import type { IndexSpec } from './index-spec.ts';
import { OrderedKeys } from './ordered-keys.ts';

/** One index in memory: a hash map for equality and uniqueness, an ordered list once someone needs it. */
export class CollectionIndex {
  spec: IndexSpec;
  /** True once a document had an array on an indexed path; never false again, as in MongoDB. */
  multikey = false;
  /** Top-level fields that decide about the keys of a document. */
  readonly topFields: ReadonlySet<string>;
  readonly #extractor: KeyExtractor;
  readonly #records = new Map<string, number | Set<number>>();
  #ordered: OrderedKeys | undefined;

  constructor(spec: IndexSpec) {
    this.spec = spec;
    const paths = spec.fields.map((field) => field.path);
    this.#extractor = new KeyExtractor(paths, spec.sparse, spec.collation);
    this.topFields = new Set(
      [...paths, ...(spec.partialFilter ? filterPaths(spec.partialFilter) : [])].map(
        (path) => path.split('.')[0]!,
      ),
    );
  }

  /** The keys a document has in this index, none when it is left out. Throws 171 for parallel arrays. */
  keysOf(doc: Document): IndexKey[] {
    if (this.spec.partialMatcher && !this.spec.partialMatcher.test(doc)) return [];
    const { keys, multikey } = this.#extractor.extract(doc);
    if (multikey) this.multikey = true;
    return keys;
  }

  /** The key of a unique index that another record has already. */
  conflict(keys: readonly IndexKey[], recordId: number): IndexKey | undefined {
    if (!this.spec.unique) return undefined;
    return keys.find((key) => {
      const holder = this.#records.get(key.hash);
      return holder !== undefined && holder !== recordId;
    });
  }

  add(keys: readonly IndexKey[], recordId: number): void {
    for (const key of keys) {
      const holder = this.#records.get(key.hash);
      if (holder === undefined) this.#records.set(key.hash, recordId);
      else if (typeof holder === 'number') this.#records.set(key.hash, new Set([holder, recordId]));
      else holder.add(recordId);
      this.#ordered?.add(key.values, recordId);
    }
  }

  remove(keys: readonly IndexKey[], recordId: number): void {
    for (const key of keys) {
      const holder = this.#records.get(key.hash);
      if (typeof holder === 'number') this.#records.delete(key.hash);
      else if (holder) {
        holder.delete(recordId);
        if (holder.size === 0) this.#records.delete(key.hash);
      }
      this.#ordered?.remove(key.values, recordId);
    }
  }

  /** The records with exactly this key, in natural order. */
  equal(hash: string): number[] {
    const holder = this.#records.get(hash);
    if (holder === undefined) return [];
    return typeof holder === 'number' ? [holder] : [...holder].toSorted((a, b) => a - b);
  }

  /** How many records have this key. */
  count(hash: string): number {
    const holder = this.#records.get(hash);
    if (holder === undefined) return 0;
    return typeof holder === 'number' ? 1 : holder.size;
  }

  /**
   * The ordered list; built from all documents at the first use, kept up to date from then on.
   * @param documents every document of the collection, with at least {@link topFields}
   */
  ordered(documents: () => Iterable<{ recordId: number; doc: Document }>): OrderedKeys {
    if (!this.#ordered) {
      const entries: { values: Value[]; recordId: number }[] = [];
      for (const { recordId, doc } of documents()) {
        for (const { values } of this.keysOf(doc)) entries.push({ values, recordId });
      }
      const ordered = new OrderedKeys(
        this.spec.fields.map((field) => field.direction),
        this.spec.collation,
      );
      ordered.load(entries);
      this.#ordered = ordered;
    }
    return this.#ordered;
  }
}

function filterPaths(filter: Document): string[] {
  return Object.entries(filter).flatMap(([name, value]) =>
    name.startsWith('$') ? (value as Document[]).flatMap(filterPaths) : [name],
  );
}
