import { compare } from '../engine/index.ts';
import type { Collation, Value } from '../engine/index.ts';

interface Entry {
  values: Value[];
  recordId: number;
}

// Inserting into one long array moves half of it each time; with chunks only half of a chunk.
const chunkSize = 512;

/** The keys of an index in its order, for ranges and sorts. Entries are unique by key and record. */
export class OrderedKeys {
  readonly #directions: readonly number[];
  readonly #collation: Collation | undefined;
  #chunks: Entry[][] = [];

  /** @param directions 1 or -1 for each field */
  constructor(directions: readonly number[], collation: Collation | undefined) {
    this.#directions = directions;
    this.#collation = collation;
  }

  /** Fills an empty list, much faster than one insert after the other. */
  load(entries: Entry[]): void {
    entries.sort((a, b) => this.#compareEntries(a, b));
    this.#chunks = [];
    for (let at = 0; at < entries.length; at += chunkSize / 2) {
      this.#chunks.push(entries.slice(at, at + chunkSize / 2));
    }
  }

  add(values: Value[], recordId: number): void {
    const entry = { values, recordId };
    const at = this.#chunkFor(entry);
    const chunk = this.#chunks[at];
    if (!chunk) {
      this.#chunks.push([entry]);
      return;
    }
    chunk.splice(this.#placeIn(chunk, entry), 0, entry);
    if (chunk.length > chunkSize) this.#chunks.splice(at + 1, 0, chunk.splice(chunkSize / 2));
  }

  remove(values: Value[], recordId: number): void {
    const entry = { values, recordId };
    const at = this.#chunkFor(entry);
    const chunk = this.#chunks[at];
    if (!chunk) return;
    const place = this.#placeIn(chunk, entry);
    if (chunk[place]?.recordId !== recordId) return;
    chunk.splice(place, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /**
   * Record ids from the first key that does not lie before `from` to the last that does not lie after
   * `to`; both are leading values of a key, in the order of the index, and inclusive.
   */
  *range(from: readonly Value[], to: readonly Value[], backwards = false): Generator<number> {
    if (backwards) {
      let at = this.#firstChunkWhere((entry) => this.#comparePrefix(entry.values, to) > 0);
      if (at === this.#chunks.length) at -= 1;
      for (; at >= 0; at -= 1) {
        const chunk = this.#chunks[at]!;
        for (let i = chunk.length - 1; i >= 0; i -= 1) {
          const entry = chunk[i]!;
          if (this.#comparePrefix(entry.values, to) > 0) continue;
          if (this.#comparePrefix(entry.values, from) < 0) return;
          yield entry.recordId;
        }
      }
      return;
    }
    const start = this.#firstChunkWhere((entry) => this.#comparePrefix(entry.values, from) >= 0);
    for (let at = start; at < this.#chunks.length; at += 1) {
      for (const entry of this.#chunks[at]!) {
        if (this.#comparePrefix(entry.values, from) < 0) continue;
        if (this.#comparePrefix(entry.values, to) > 0) return;
        yield entry.recordId;
      }
    }
  }

  /** How many keys begin with these values. */
  count(prefix: readonly Value[]): number {
    let total = 0;
    const start = this.#firstChunkWhere((entry) => this.#comparePrefix(entry.values, prefix) >= 0);
    for (let at = start; at < this.#chunks.length; at += 1) {
      const chunk = this.#chunks[at]!;
      const first = this.#comparePrefix(chunk[0]!.values, prefix);
      if (first > 0) break;
      if (first === 0 && this.#comparePrefix(chunk.at(-1)!.values, prefix) === 0) total += chunk.length;
      else total += chunk.filter((entry) => this.#comparePrefix(entry.values, prefix) === 0).length;
    }
    return total;
  }

  // The chunk whose last entry is the first not before the given one; the last chunk for what comes
  // after everything.
  #chunkFor(entry: Entry): number {
    const at = this.#firstChunkWhere((last) => this.#compareEntries(last, entry) >= 0);
    return at === this.#chunks.length ? Math.max(0, at - 1) : at;
  }

  #firstChunkWhere(lastEntryHolds: (last: Entry) => boolean): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (lastEntryHolds(this.#chunks[middle]!.at(-1)!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #placeIn(chunk: Entry[], entry: Entry): number {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compareEntries(chunk[middle]!, entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compareEntries(a: Entry, b: Entry): number {
    return this.#comparePrefix(a.values, b.values) || a.recordId - b.recordId;
  }

  #comparePrefix(values: readonly Value[], prefix: readonly Value[]): number {
    for (let i = 0; i < prefix.length; i += 1) {
      const order = compareKeyValues(values[i], prefix[i], this.#collation);
      if (order !== 0) return order * this.#directions[i]!;
    }
    return 0;
  }
}

function compareKeyValues(a: Value, b: Value, collation: Collation | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return compare(a, b, collation);
}
