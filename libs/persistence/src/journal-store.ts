import { type Collection, type Connection } from 'mongoose';
import { type JournalEvent } from '#libs/audit';

type Entry = Omit<JournalEvent, 'id'> & { _id: string };

/** What is read of an entry when the whole journal is gone through. */
type FollowingEntry = Pick<JournalEvent, 'id' | 'seq' | 'type' | 'time' | 'aggregate' | 'actor' | 'private'>;

const duplicateKey = 11000;

/**
 * A service's journal: every event of its aggregates, in chains. Entries are added, never changed, but for
 * private parts, which a thinning takes away.
 */
export class JournalStore {
  private readonly collection: Collection<Entry>;

  constructor(connection: Connection) {
    this.collection = connection.collection<Entry>('journal');
  }

  async prepare(): Promise<void> {
    // Unique: a second link in the same place would be a forked chain.
    await this.collection.createIndex({ 'aggregate.id': 1, seq: 1 }, { unique: true });
  }

  /** Adds events; those already there are left as they are, so a repeat does no harm. */
  async append(events: readonly JournalEvent[]): Promise<void> {
    if (events.length === 0) return;
    try {
      await this.collection.insertMany(events.map(({ id, ...rest }) => ({ _id: id, ...rest })) as never, {
        ordered: false,
      });
    } catch (error) {
      const faults = (error as { writeErrors?: { code?: number }[] }).writeErrors;
      const list = Array.isArray(faults) ? faults : faults ? [faults] : [];
      if (list.length === 0 || list.some((fault) => fault.code !== duplicateKey)) throw error;
      // Double may be the id, which is a repeat, or the place in the chain, which is a fork.
      const ids = events.map((event) => event.id);
      if ((await this.collection.countDocuments({ _id: { $in: ids } })) < new Set(ids).size) throw error;
    }
  }

  /** One aggregate's chain in order, from the journal alone. */
  async chainOf(aggregateId: string): Promise<JournalEvent[]> {
    const entries = await this.collection.find({ 'aggregate.id': aggregateId }).sort({ seq: 1 }).toArray();
    return entries.map(({ _id, ...rest }) => ({ id: _id, ...rest }));
  }

  /**
   * Takes the private parts of entries away. The chain covers their salted hashes alone, so it stays whole.
   * Doing it again changes nothing.
   */
  async blank(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.collection.updateMany({ _id: { $in: [...ids] } }, { $set: { private: null } });
  }

  /** Entries in the order in which they were made, behind `eventId` (null: from the first): who did what, and private parts. */
  async following(eventId: string | null, limit: number): Promise<FollowingEntry[]> {
    const entries = await this.collection
      .find(eventId === null ? {} : { _id: { $gt: eventId } }, {
        projection: { seq: 1, type: 1, time: 1, aggregate: 1, actor: 1, private: 1 },
      })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return entries.map(({ _id, ...rest }) => ({ id: _id, ...rest }));
  }
}
