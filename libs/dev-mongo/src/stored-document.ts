import { decode } from './bson-codec.ts';
import type { Document } from './engine/index.ts';

/**
 * One version of a stored document. It never changes: an update makes a new one, so cursors and
 * indexes may hold on to it. The bytes are kept, the decoded form only while the cache has room.
 */
export class StoredDocument {
  /** Position in natural order, and the key in storage. */
  readonly recordId: number;
  readonly bytes: Uint8Array;
  #decoded: Document | undefined;
  readonly #cache: DecodedCache;

  constructor(recordId: number, bytes: Uint8Array, cache: DecodedCache, decoded?: Document) {
    this.recordId = recordId;
    this.bytes = bytes;
    this.#cache = cache;
    if (decoded) {
      this.#decoded = decoded;
      cache.admit(this);
    }
  }

  /** The typed values; never to be changed by the reader. */
  get doc(): Document {
    if (this.#decoded) return this.#decoded;
    const doc = decode(this.bytes);
    this.#decoded = doc;
    this.#cache.admit(this);
    return doc;
  }

  /** Frees the decoded form; the bytes stay. */
  forget(): void {
    this.#decoded = undefined;
  }
}

/**
 * Bounds how much is held decoded, since objects take about four times the room of their bytes.
 * Two generations: when the young one has filled half the budget, the old one is let go.
 */
export class DecodedCache {
  #young: StoredDocument[] = [];
  #old: StoredDocument[] = [];
  #youngBytes = 0;
  readonly #half: number;

  /** @param budgetBytes BSON bytes of the documents that may be held decoded */
  constructor(budgetBytes: number) {
    this.#half = budgetBytes / 2;
  }

  admit(stored: StoredDocument): void {
    this.#young.push(stored);
    this.#youngBytes += stored.bytes.length;
    if (this.#youngBytes <= this.#half) return;
    for (const old of this.#old) old.forget();
    this.#old = this.#young;
    this.#young = [];
    this.#youngBytes = 0;
  }
}
