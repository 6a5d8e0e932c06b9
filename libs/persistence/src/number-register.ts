import { type Collection, type Connection } from 'mongoose';

interface RegisterEntry {
  /** The aggregate that has the number: an aggregate can have one only. */
  _id: string;
  series: string;
  number: number;
}

interface Waiting {
  readonly aggregateId: string;
  resolve(number: number): void;
  reject(error: unknown): void;
}

const duplicateKey = 11000;

/**
 * Numbers without gaps or doubles, such as references per RCC and year: one entry per numbered
 * aggregate, kept for good. Only the number after the highest is ever entered, so none is skipped; both
 * the aggregate and the number are unique in the database, so none is given twice, whoever else enters
 * at the same time. Asking again gives the same number. Ask only for what is irrevocably to be numbered.
 * Requests that arrive together are served by one write.
 */
export class NumberRegister {
  private readonly collection: Collection<RegisterEntry>;
  private readonly waiting = new Map<string, Waiting[]>();
  private readonly busy = new Set<string>();
  private readonly highest = new Map<string, number>();

  constructor(connection: Connection, name: string) {
    this.collection = connection.collection<RegisterEntry>(name);
  }

  async prepare(): Promise<void> {
    await this.collection.createIndex({ series: 1, number: 1 }, { unique: true });
  }

  /** The number of an aggregate in a series, from 1. */
  numberFor(series: string, aggregateId: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const queue = this.waiting.get(series) ?? [];
      queue.push({ aggregateId, resolve, reject });
      this.waiting.set(series, queue);
      if (!this.busy.has(series)) void this.serve(series);
    });
  }

  private async serve(series: string): Promise<void> {
    this.busy.add(series);
    for (let batch = this.take(series); batch.length > 0; batch = this.take(series)) {
      try {
        const numbers = await this.enter(series, [...new Set(batch.map((entry) => entry.aggregateId))]);
        for (const entry of batch) entry.resolve(numbers.get(entry.aggregateId) ?? Number.NaN);
      } catch (error) {
        this.highest.delete(series);
        for (const entry of batch) entry.reject(error);
      }
    }
    this.busy.delete(series);
  }

  private take(series: string): Waiting[] {
    const batch = this.waiting.get(series) ?? [];
    this.waiting.delete(series);
    return batch;
  }

  private async enter(series: string, ids: readonly string[]): Promise<Map<string, number>> {
    const numbers = new Map<string, number>();
    let missing = [...ids];
    while (missing.length > 0) {
      const first = (this.highest.get(series) ?? (await this.readHighest(series))) + 1;
      const entries = missing.map((_id, index) => ({ _id, series, number: first + index }));
      const entered = await this.insert(entries);
      for (const entry of entries.slice(0, entered)) numbers.set(entry._id, entry.number);
      this.highest.set(series, first - 1 + entered);
      missing = missing.slice(entered);
      if (missing.length === 0) break;
      // The next one was refused: it has its number already, or another replica took that number.
      this.highest.delete(series);
      for (const entry of await this.collection.find({ _id: { $in: missing } }).toArray()) {
        numbers.set(entry._id, entry.number);
      }
      missing = missing.filter((id) => !numbers.has(id));
    }
    return numbers;
  }

  /** How many were entered, from the front: in order, so that a refused one leaves no gap behind it. */
  private async insert(entries: readonly RegisterEntry[]): Promise<number> {
    try {
      await this.collection.insertMany([...entries], { ordered: true });
      return entries.length;
    } catch (error) {
      const { code, insertedCount, result } = error as {
        code?: unknown;
        insertedCount?: number;
        result?: { insertedCount?: number };
      };
      if (code === duplicateKey) return insertedCount ?? result?.insertedCount ?? 0;
      throw error;
    }
  }

  private async readHighest(series: string): Promise<number> {
    const [last] = await this.collection.find({ series }).sort({ number: -1 }).limit(1).toArray();
    return last?.number ?? 0;
  }
}
