import { type Collection, type Connection } from 'mongoose';
import { type JournalEvent } from '#libs/audit';

type Entry = Omit<JournalEvent, 'id'> & { _id: string };

const duplicateKey = 11000;

/** A service's journal: every event of its aggregates, in chains. Entries are added, never changed. */
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
}
