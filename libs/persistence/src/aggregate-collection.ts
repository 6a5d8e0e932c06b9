import { type mongo } from 'mongoose';
import { type AggregateDocument } from './aggregate-schema.ts';
import { Batches } from './batches.ts';

/** A change of one document under the revision that was read. */
export interface ConditionalUpdate {
  readonly id: string;
  readonly revision: number;
  readonly update: Record<string, unknown>;
  /** First of the events that the update puts into the outbox, by which it is known again. Without one it goes alone. */
  readonly eventId: string | undefined;
}

interface WriteFault {
  readonly index?: number;
  readonly code?: number;
  readonly errmsg?: string;
}

const storing = { ignoreUndefined: true } as const;

/**
 * Single-document operations of an aggregate's collection, gathered into batches under load. Each document
 * is still written on its own and atomically; a batch only shares the round trip.
 */
export class AggregateCollection<Document extends AggregateDocument> {
  private readonly reads: Batches<string, Document | null>;
  private readonly inserts: Batches<Document, undefined>;
  private readonly updates: Batches<ConditionalUpdate, boolean>;

  constructor(
    private readonly collection: mongo.Collection,
    /** Where events lie that have left the outbox. */
    private readonly journal: mongo.Collection,
  ) {
    this.reads = new Batches((ids) => this.readAll(ids));
    this.inserts = new Batches((documents) => this.insertAll(documents));
    this.updates = new Batches((updates) => this.updateAll(updates));
  }

  find(id: string): Promise<Document | null> {
    return this.reads.add(id);
  }

  /** Errors: the server's duplicate key error (code 11000). */
  async insert(document: Document): Promise<void> {
    await this.inserts.add(document);
  }

  /** False when the document is no longer at that revision. */
  async update(update: ConditionalUpdate): Promise<boolean> {
    if (update.eventId !== undefined) return this.updates.add(update);
    return (await this.updateAll([update]))[0] === true;
  }

  private async readAll(ids: readonly string[]): Promise<(Document | null)[]> {
    const [only] = ids;
    if (ids.length === 1) return [(await this.collection.findOne({ _id: only as never })) as Document | null];
    const documents = await this.collection.find({ _id: { $in: [...new Set(ids)] } as never }).toArray();
    const byId = new Map(
      documents.map((document) => [String(document._id), document as unknown as Document]),
    );
    return ids.map((id) => byId.get(id) ?? null);
  }

  private async insertAll(documents: readonly Document[]): Promise<(undefined | Error)[]> {
    const [only] = documents;
    if (documents.length === 1) {
      await this.collection.insertOne(only as never, storing);
      return [undefined];
    }
    try {
      await this.collection.insertMany(documents as never, { ...storing, ordered: false });
      return documents.map(() => undefined);
    } catch (error) {
      return faultsByIndex(error, documents.length);
    }
  }

  private async updateAll(updates: readonly ConditionalUpdate[]): Promise<(boolean | Error)[]> {
    const [only] = updates;
    if (updates.length === 1 && only) {
      const { matchedCount } = await this.collection.updateOne(filterOf(only), only.update, storing);
      return [matchedCount === 1];
    }
    const operations = updates.map((update) => ({
      updateOne: { filter: filterOf(update), update: update.update },
    }));
    let faults: (undefined | Error)[] = updates.map(() => undefined);
    try {
      const { matchedCount } = await this.collection.bulkWrite(operations, {
        ...storing,
        ordered: false,
      });
      if (matchedCount === updates.length) return updates.map(() => true);
    } catch (error) {
      faults = faultsByIndex(error, updates.length);
    }
    // Some document had moved on; the server only counts, so each is asked whether it took its events.
    return Promise.all(updates.map(async (update, index) => faults[index] ?? (await this.wasTaken(update))));
  }

  private async wasTaken({ id, eventId }: ConditionalUpdate): Promise<boolean> {
    const inOutbox = await this.collection.findOne(
      { _id: id as never, 'outbox.id': eventId },
      { projection: { _id: 1 } },
    );
    return inOutbox !== null || (await this.journal.findOne({ _id: eventId as never })) !== null;
  }
}

function filterOf({ id, revision }: ConditionalUpdate): Record<string, never> {
  return { _id: id, revision } as never;
}

/** The faults of a bulk write in the places of their operations; anything else than write faults is thrown. */
function faultsByIndex(error: unknown, count: number): (undefined | Error)[] {
  const { writeErrors } = error as { writeErrors?: WriteFault | WriteFault[] };
  const list = Array.isArray(writeErrors) ? writeErrors : writeErrors ? [writeErrors] : [];
  if (list.length === 0) throw error;
  const faults: (undefined | Error)[] = Array.from({ length: count }, () => undefined);
  for (const { index, code, errmsg } of list) {
    if (index !== undefined) faults[index] = Object.assign(new Error(errmsg ?? 'write refused'), { code });
  }
  return faults;
}
