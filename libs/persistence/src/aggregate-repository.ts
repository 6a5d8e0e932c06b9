import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, type Model, type Schema } from 'mongoose';
import { type JournalEvent } from '#libs/audit';
import { DomainError, type NewEvent } from '#libs/contracts';
import { failPoint, KeyedQueue } from '#libs/platform';
import { AggregateCollection, type ConditionalUpdate } from './aggregate-collection.ts';
import {
  aggregateFields,
  type AggregateDocument,
  type DocumentHead,
  type RememberedKey,
} from './aggregate-schema.ts';
import { documentHashes, hashOfState } from './document-hash.ts';
import { sealEvents } from './journal-chain.ts';
import { scopedKey, type WriteContext } from './write-context.ts';

/** An aggregate as read: its state, and what the repository needs to change it. */
export interface Stored<State> {
  readonly id: string;
  readonly revision: number;
  readonly state: State;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly document: AggregateDocument;
}

/** What a domain function decided. */
export interface Change<State> {
  readonly state: State;
  readonly events: readonly NewEvent[];
}

export interface Outcome<State> {
  readonly stored: Stored<State>;
  /** The same request had been carried out before under its key. */
  readonly replayed: boolean;
}

export interface ChangeRequest<State> {
  /** Revision from If-Match; a stale one is refused with 412. */
  readonly ifMatch?: number;
  /** The aggregate as a moment ago: spares the first reading; the write finds out when it has moved on. */
  readonly from?: Stored<State>;
  /** Throws when the caller may not. Asked before anything is revealed. */
  authorize(stored: Stored<State>): WriteContext;
  decide(stored: Stored<State>, context: WriteContext): Change<State> | Promise<Change<State>>;
}

/** Where a relay finds what a crash left, and where it strikes out what is on its way. */
export interface OutboxSource {
  readonly type: string;
  /** Makes collection and indexes. */
  prepare(): Promise<void>;
  /** Aggregates with events in the outbox since before the given machine time. */
  left(before: Date, limit: number): Promise<{ id: string; events: JournalEvent[] }[]>;
  /** Strikes published events out of the outboxes. */
  strike(done: readonly { id: string; events: readonly JournalEvent[] }[]): Promise<void>;
}

/** Takes events on their way once they are stored. */
export interface OutboxReader {
  add(source: OutboxSource): void;
  /** `before`: what was in the outbox already, so that nothing overtakes what an outage left behind. */
  enqueue(
    aggregate: { type: string; id: string },
    events: readonly JournalEvent[],
    before: readonly JournalEvent[],
  ): void;
}

/** What a creation finds. */
const unborn = { head: { seq: 0, hash: null }, state: {} };
const duplicateKey = 11000;
// An optional field that is empty is left out, as the domain means it; the driver would store null.
const rememberedKeys = 100;
const attempts = 60;

/**
 * The only writer of one collection of aggregates. Every change is one conditional write of one
 * document that carries the new state, the new revision and the events; nothing else is needed for
 * atomicity, so it holds on any server that updates one document atomically.
 */
export class AggregateRepository<State extends object> implements OutboxSource {
  readonly model: Model<AggregateDocument & State>;
  private readonly documents: AggregateCollection<AggregateDocument & State>;
  private readonly queue = new KeyedQueue();

  constructor(
    connection: Connection,
    readonly type: string,
    collection: string,
    schema: Schema,
    private readonly outbox: OutboxReader,
    /** Fields that follow from others and may change without an event: no chain says what they hold. */
    private readonly derived: readonly (keyof State & string)[] = [],
  ) {
    this.model = connection.model<AggregateDocument & State>(type, schema as never, collection);
    // The driver's own collections: mongoose's wrappers cost more than they give on this path.
    const raw = connection.getClient().db(connection.name);
    this.documents = new AggregateCollection(raw.collection(collection), raw.collection('journal'));
    outbox.add(this);
  }

  /** Makes the collection and its indexes. */
  async prepare(): Promise<void> {
    await this.model.createCollection();
    await this.model.createIndexes();
  }

  async find(id: string): Promise<Stored<State> | null> {
    const document = await this.documents.find(id);
    return document ? this.toStored(document) : null;
  }

  /**
   * Creates under a given id. With an idempotency key the id follows from the key, so a repeat finds
   * the document: same content → the document as it is now, other content → 422. Errors:
   * `idempotency-key-reused`, `already-exists`.
   */
  async create(id: string, change: Change<State>, context: WriteContext): Promise<Outcome<State>> {
    const aggregate = { type: this.type, id };
    const { events, salt } = this.sealed(unborn, aggregate, 1, change, context);
    const last = events.at(-1);
    const document = {
      ...change.state,
      _id: id,
      revision: 1,
      outbox: events,
      // Without events there is nothing for the sweep to find.
      ...(events.length > 0 && { outboxSince: new Date() }),
      journalHead: last ? { seq: last.seq, hash: last.hash, salt } : { seq: 0, hash: null },
      keys: this.keysAfter([], context),
      createdAt: context.time,
      updatedAt: context.time,
    };
    try {
      await this.documents.insert(document);
    } catch (error) {
      if ((error as { code?: unknown }).code !== duplicateKey) throw error;
      const existing = await this.find(id);
      if (!existing || !context.idempotency) throw new DomainError('already-exists');
      // Where the id follows from something else than the key, it may be another request's document.
      if (!this.requireSameRequest(existing.document.keys, context)) throw new DomainError('already-exists');
      return { stored: existing, replayed: true };
    }
    failPoint('aggregate.after-write');
    this.outbox.enqueue(aggregate, events, []);
    return { stored: this.toStored(document), replayed: false };
  }

  /**
   * What an earlier, equal request created under the same key; null when there was none. For creations
   * whose conditions may have changed since. Errors: `idempotency-key-reused`.
   */
  async created(id: string, context: WriteContext): Promise<Outcome<State> | null> {
    const stored = context.idempotency ? await this.find(id) : null;
    if (!stored) return null;
    this.requireSameRequest(stored.document.keys, context);
    return { stored, replayed: true };
  }

  /**
   * Reads, decides and writes under the revision read; on a lost race reads and decides anew. Errors:
   * `not-found`, `precondition-failed`, `idempotency-key-reused` and whatever `decide` throws.
   */
  async change(id: string, request: ChangeRequest<State>): Promise<Outcome<State>> {
    return this.queue.run(id, async () => {
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const stored = attempt === 1 && request.from ? request.from : await this.find(id);
        if (!stored) throw new DomainError('not-found');
        const context = request.authorize(stored);
        if (this.requireSameRequest(stored.document.keys, context)) return { stored, replayed: true };
        if (request.ifMatch !== undefined && request.ifMatch !== stored.revision) {
          throw new DomainError('precondition-failed', { params: { etag: `"${stored.revision}"` } });
        }
        const change = await request.decide(stored, context);
        if (change.state === stored.state && change.events.length === 0) return { stored, replayed: false };
        const written = await this.write(stored, change, context);
        if (written) return { stored: written, replayed: false };
        // Only another process can have been faster; spread the tries so that somebody wins.
        await delay(Math.random() * 5 * Math.min(attempt, 10));
      }
      throw new DomainError('unavailable', { params: { seconds: 1 } });
    });
  }

  private async write(
    stored: Stored<State>,
    change: Change<State>,
    context: WriteContext,
  ): Promise<Stored<State> | null> {
    const { document } = stored;
    const revision = stored.revision + 1;
    const aggregate = { type: this.type, id: stored.id };
    const found = { head: document.journalHead, state: stored.state };
    const { events, salt } = this.sealed(found, aggregate, revision, change, context);
    const last = events.at(-1);
    const set: Record<string, unknown> = { updatedAt: context.time };
    const unset: Record<string, 1> = {};
    const names = new Set([...Object.keys(stored.state), ...Object.keys(change.state)]);
    for (const name of names) {
      const before = (stored.state as Record<string, unknown>)[name];
      const after = (change.state as Record<string, unknown>)[name];
      if (before === after) continue;
      if (after === undefined) unset[name] = 1;
      else set[name] = after;
    }
    if (last) {
      set['journalHead'] = { seq: last.seq, hash: last.hash, salt };
    }
    if (context.idempotency) set['keys'] = this.keysAfter(document.keys, context);
    const isWritten = await this.isUpdated({
      id: stored.id,
      revision: stored.revision,
      eventId: events[0]?.id,
      update: {
        $set: set,
        ...(Object.keys(unset).length > 0 && { $unset: unset }),
        $inc: { revision: 1 },
        // The least: the oldest wait counts, and a strike since the reading may have taken the mark away.
        ...(events.length > 0 && { $push: { outbox: { $each: events } }, $min: { outboxSince: new Date() } }),
      },
    });
    if (!isWritten) return null;
    failPoint('aggregate.after-write');
    this.outbox.enqueue(aggregate, events, document.outbox);
    return this.toStored({
      ...document,
      ...change.state,
      ...(set as object),
      outbox: [...document.outbox, ...events],
      revision,
    });
  }

  /** False when the document, or the place that it wants among others (a unique index), was taken meanwhile. */
  private async isUpdated(update: ConditionalUpdate): Promise<boolean> {
    try {
      return await this.documents.update(update);
    } catch (error) {
      if ((error as { code?: unknown }).code === duplicateKey) return false;
      throw error;
    }
  }

  async left(before: Date, limit: number): Promise<{ id: string; events: JournalEvent[] }[]> {
    const documents = await this.model.collection
      .find({ outboxSince: { $lt: before } } as never, { projection: { outbox: 1 }, limit })
      .toArray();
    return documents.map((document) => ({
      id: String(document._id),
      events: (document as unknown as AggregateDocument).outbox,
    }));
  }

  async strike(done: readonly { id: string; events: readonly JournalEvent[] }[]): Promise<void> {
    const emptying = done.map(({ id, events }) => {
      const ids = events.map((event) => event.id);
      return {
        updateOne: {
          // Only when the box holds nothing but what was published: neither older events that an outage
          // left behind nor newer ones. Then the document also comes off the sweep's list.
          filter: { _id: id, outbox: { $not: { $elemMatch: { id: { $nin: ids } } } } },
          update: { $set: { outbox: [] }, $unset: { outboxSince: 1 } },
        },
      };
    });
    const result = await this.model.collection.bulkWrite(emptying as never, { ordered: false });
    if (result.matchedCount === emptying.length) return;
    const pulling = done
      .filter(({ events }) => events.length > 0)
      .map(({ id, events }) => {
        const ids = events.map((event) => event.id);
        return {
          updateOne: {
            filter: { _id: id, 'outbox.id': { $in: ids } },
            update: { $pull: { outbox: { id: { $in: ids } } } },
          },
        };
      });
    if (pulling.length > 0) await this.model.collection.bulkWrite(pulling as never, { ordered: false });
  }

  /** Everything that `where` lets through, in order of id behind `after` (null: from the first). */
  async following(
    after: string | null,
    limit: number,
    where: Readonly<Record<string, unknown>> = {},
  ): Promise<Stored<State>[]> {
    const documents = await this.model
      .find({ ...where, ...(after !== null && { _id: { $gt: after } }) } as never)
      .sort({ _id: 1 })
      .limit(limit)
      .lean();
    return documents.map((document) => this.toStored(document as AggregateDocument & State));
  }

  /**
   * For thinning: takes away what the document holds beside its state, namely private parts of events that
   * wait in the outbox, and digests of requests, by which a known text could be recognised. A request that is
   * sent again under an old key is refused afterwards. Neither revision nor chain move.
   */
  async blankRemains(id: string, eventIds: readonly string[]): Promise<void> {
    await this.model.collection.updateOne({ _id: id } as never, {
      $set: { 'keys.$[].fingerprint': 'thinned' },
    });
    if (eventIds.length === 0) return;
    await this.model.collection.updateOne(
      { _id: id, 'outbox.id': { $in: [...eventIds] } } as never,
      { $set: { 'outbox.$[event].private': null } },
      { arrayFilters: [{ 'event.id': { $in: [...eventIds] } }] },
    );
  }

  /** True when this very request was carried out before; throws when its key went with another one. */
  private requireSameRequest(keys: readonly RememberedKey[], context: WriteContext): boolean {
    const key = scopedKey(context);
    if (key === null || !context.idempotency) return false;
    const remembered = keys.find((entry) => entry.key === key);
    if (!remembered) return false;
    if (remembered.fingerprint !== context.idempotency.fingerprint)
      throw new DomainError('idempotency-key-reused');
    return true;
  }

  private keysAfter(keys: readonly RememberedKey[], context: WriteContext): RememberedKey[] {
    const key = scopedKey(context);
    if (key === null || !context.idempotency) return [...keys];
    const entry = { key, fingerprint: context.idempotency.fingerprint };
    // The first is the one the document was created under: it must be known for as long as the id is.
    const [first = entry, ...rest] = keys;
    return keys.length === 0 ? [entry] : [first, ...rest.slice(2 - rememberedKeys), entry];
  }

  /**
   * Salted hash of the document's content, as its chain's last event should have it; null when no event has one.
   */
  contentHashOf(document: AggregateDocument & State): string | null {
    const { state } = this.toStored(document);
    return hashOfState({ salt: document.journalHead?.salt, state }, this.derived);
  }

  /** The events of a change as links of the chain, and the salt of what they say of the document. */
  private sealed(
    { head, state }: { readonly head: DocumentHead; readonly state: object },
    aggregate: { type: string; id: string },
    revision: number,
    change: Change<State>,
    context: WriteContext,
  ): { events: JournalEvent[]; salt?: string } {
    const found = { salt: head.salt, state };
    if (change.events.length > 0) {
      const { salt, hashes } = documentHashes(found, change.state, this.derived);
      return { events: sealEvents(head, aggregate, revision, change.events, context, hashes), salt };
    }
    // Without an event it would look like a change that was made past the service.
    const left = { salt: head.salt, state: change.state };
    if (hashOfState(found, this.derived) !== hashOfState(left, this.derived))
      throw new Error(`${this.type}: a change of what the journal covers needs an event`);
    return { events: [] };
  }

  /** Splits a document into the aggregate's own state and what belongs to the repository. */
  toStored(document: AggregateDocument & State): Stored<State> {
    const state = { ...document } as Record<string, unknown>;
    for (const field of aggregateFields) delete state[field];
    return {
      id: document._id,
      revision: document.revision,
      state: state as State,
      createdAt: document.createdAt,
      updatedAt: document.updatedAt,
      document,
    };
  }
}
