import { Long } from 'bson';
import { encode, maxDocumentBytes } from './bson-codec.ts';
import { mongoError } from './engine/index.ts';
import type { Document } from './engine/index.ts';
import { RawDocument } from './reply.ts';

const idleMs = 10 * 60_000;
const defaultFirstBatch = 101;

interface Cursor {
  namespace: string;
  /** Makes the documents of the reply only when they are asked for. */
  rest: Iterator<Uint8Array>;
  /** Taken from `rest` but too large for the last batch. */
  held: Uint8Array | undefined;
  /** Epoch milliseconds of the last use; Infinity for noCursorTimeout. */
  usedAt: number;
}

/** The cursors that clients have open. A cursor shows the moment its command ran. */
export class Cursors {
  readonly #open = new Map<string, Cursor>();
  #lastId = BigInt(Date.now()) * 1_000_000n;

  get size(): number {
    return this.#open.size;
  }

  /** The `cursor` field of a reply: the first batch, and an id when there is more. */
  start(
    namespace: string,
    documents: Iterable<Uint8Array>,
    options: { batchSize?: number | undefined; singleBatch?: boolean; noTimeout?: boolean } = {},
  ): Document {
    const cursor: Cursor = {
      namespace,
      rest: documents[Symbol.iterator](),
      held: undefined,
      usedAt: options.noTimeout ? Infinity : Date.now(),
    };
    const { batch, done } = take(cursor, options.batchSize ?? defaultFirstBatch);
    const id = done || options.singleBatch ? '0' : String((this.#lastId += 1n));
    if (id !== '0') this.#open.set(id, cursor);
    return { firstBatch: batch, id: Long.fromString(id), ns: namespace };
  }

  /** The next batch; code 43 for a cursor that is not (or no longer) there. */
  more(id: Long, namespace: string, batchSize: number | undefined): Document {
    const cursor = this.#open.get(String(id));
    if (!cursor) throw mongoError(43, `cursor id ${String(id)} not found`);
    if (cursor.namespace !== namespace) {
      throw mongoError(
        13,
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    }
    if (cursor.usedAt !== Infinity) cursor.usedAt = Date.now();
    let taken: { batch: RawDocument[]; done: boolean };
    try {
      taken = take(cursor, batchSize === undefined || batchSize === 0 ? Infinity : batchSize);
    } catch (error) {
      this.#open.delete(String(id));
      throw error;
    }
    if (taken.done) this.#open.delete(String(id));
    return { nextBatch: taken.batch, id: taken.done ? Long.ZERO : id, ns: namespace };
  }

  /** True when there was such a cursor. */
  kill(id: Long): boolean {
    return this.#open.delete(String(id));
  }

  /** Closes the cursors of a dropped collection, or of a whole database. */
  killNamespace(matches: (namespace: string) => boolean): void {
    for (const [id, cursor] of this.#open) if (matches(cursor.namespace)) this.#open.delete(id);
  }

  /** Closes what nobody has asked for in ten minutes, as MongoDB does. */
  sweep(): void {
    const oldest = Date.now() - idleMs;
    for (const [id, cursor] of this.#open) if (cursor.usedAt < oldest) this.#open.delete(id);
  }
}

function take(cursor: Cursor, count: number): { batch: RawDocument[]; done: boolean } {
  const batch: RawDocument[] = [];
  let bytes = 0;
  for (;;) {
    const next = cursor.held ?? nextOf(cursor.rest);
    cursor.held = undefined;
    if (!next) return { batch, done: true };
    // A batch holds at most 16 MB, but always one document.
    if (batch.length >= count || (batch.length > 0 && bytes + next.length > maxDocumentBytes)) {
      cursor.held = next;
      return { batch, done: false };
    }
    batch.push(new RawDocument(next));
    bytes += next.length;
  }
}

function nextOf(iterator: Iterator<Uint8Array>): Uint8Array | undefined {
  const { value, done } = iterator.next() as IteratorResult<Uint8Array, undefined>;
  return done ? undefined : value;
}

/** Documents as BSON, each when it is its turn. */
export function* encoded(documents: Iterable<Document>): Generator<Uint8Array> {
  for (const doc of documents) {
    const bytes = encode(doc);
    if (bytes.length > maxDocumentBytes) {
      throw mongoError(
        10334,
        `BSONObj size: ${bytes.length} is invalid. Size must be between 0 and ${maxDocumentBytes}`,
      );
    }
    yield bytes;
  }
}
