import { type Collection, type Connection } from 'mongoose';
import { type JournalEvent } from '#libs/audit';

type Entry = Omit<JournalEvent, 'id'> & { _id: string };

/** A link by its place. */
export interface LinkPlace {
  /** Id of the aggregate. */
  readonly id: string;
  readonly seq: number;
}

/** What is asked of single links. */
export type Link = Pick<JournalEvent, 'hash' | 'document'>;

/** Reads a service's journal in bulk, always along an index, for those who verify it and hand it out. */
export class JournalReader {
  private readonly collection: Collection<Entry>;

  constructor(connection: Connection) {
    this.collection = connection.collection<Entry>('journal');
  }

  /** Of which aggregates the entries from `eventId` on are, in the order in which they were made. */
  async aggregatesFrom(
    eventId: string,
    limit: number,
  ): Promise<{ eventId: string; aggregate: JournalEvent['aggregate'] }[]> {
    const entries = await this.collection
      .find({ _id: { $gt: eventId } }, { projection: { aggregate: 1 } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return entries.map(({ _id, aggregate }) => ({ eventId: _id, aggregate }));
  }

  /** Hashes of links, by {@link linkKey}; those that are not there are left out. */
  async hashesOf(places: readonly LinkPlace[]): Promise<Map<string, string>> {
    const links = await this.linksAt(places);
    return new Map([...links].map(([key, { hash }]) => [key, hash]));
  }

  /** Links, by {@link linkKey}; those that are not there are left out. */
  async linksAt(places: readonly LinkPlace[]): Promise<Map<string, Link>> {
    if (places.length === 0) return new Map();
    const wanted = new Set(places.map(linkKey));
    const entries = await this.collection
      .find(
        {
          'aggregate.id': { $in: [...new Set(places.map(({ id }) => id))] },
          seq: { $in: [...new Set(places.map(({ seq }) => seq))] },
        } as never,
        { projection: { _id: 0, 'aggregate.id': 1, seq: 1, hash: 1, document: 1 } },
      )
      .toArray();
    return new Map(
      entries
        .map(
          ({ aggregate, seq, hash, document }) =>
            [linkKey({ id: aggregate.id, seq }), { hash, ...(document && { document }) }] as const,
        )
        .filter(([key]) => wanted.has(key)),
    );
  }

  /** How far each chain goes in the journal; 0 where it has none. */
  async lengthOf(aggregateId: string): Promise<number> {
    const [last] = await this.collection
      .find({ 'aggregate.id': aggregateId } as never, { projection: { _id: 0, seq: 1 } })
      .sort({ seq: -1 })
      .limit(1)
      .toArray();
    return last?.seq ?? 0;
  }

  /** Chain after chain, each from its first link: the next entries behind a place. */
  async inChainOrder(after: LinkPlace | null, limit: number): Promise<JournalEvent[]> {
    const order = { 'aggregate.id': 1, seq: 1 } as const;
    const rest = after
      ? await this.collection
          .find({ 'aggregate.id': after.id, seq: { $gt: after.seq } } as never)
          .sort(order)
          .limit(limit)
          .toArray()
      : [];
    const more =
      rest.length < limit
        ? await this.collection
            .find((after ? { 'aggregate.id': { $gt: after.id } } : {}) as never)
            .sort(order)
            .limit(limit - rest.length)
            .toArray()
        : [];
    return [...rest, ...more].map(({ _id, ...entry }) => ({ id: _id, ...entry }));
  }

  /** A part of one chain: the links behind `from` up to `to`. */
  async part(aggregateId: string, from: number, to: number, limit: number): Promise<JournalEvent[]> {
    const entries = await this.collection
      .find({ 'aggregate.id': aggregateId, seq: { $gt: from, $lte: to } } as never)
      .sort({ seq: 1 })
      .limit(limit)
      .toArray();
    return entries.map(({ _id, ...entry }) => ({ id: _id, ...entry }));
  }

  /** Whole chains of several aggregates, in order, or null when they are more than `limit` links. */
  async chainsOf(aggregateIds: readonly string[], limit: number): Promise<JournalEvent[] | null> {
    const entries = await this.collection
      .find({ 'aggregate.id': { $in: [...aggregateIds] } } as never)
      .sort({ 'aggregate.id': 1, seq: 1 })
      .limit(limit + 1)
      .toArray();
    if (entries.length > limit) return null;
    return entries.map(({ _id, ...entry }) => ({ id: _id, ...entry }));
  }
}

/** One text per link. */
export function linkKey({ id, seq }: LinkPlace): string {
  return `${id} ${seq}`;
}
