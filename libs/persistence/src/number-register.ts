import { type Collection, type Connection } from 'mongoose';

interface RegisterDocument {
  _id: string;
  next: number;
  /** Numbers given out but perhaps not yet written on their aggregate. */
  reserved: { for: string; number: number }[];
}

const duplicateKey = 11000;
const keptReservations = 2000;

interface Waiting {
  aggregateId: string;
  resolve(number: number): void;
  reject(error: unknown): void;
}

/**
 * Numbers without gaps or doubles, such as references per RCC and year. A number belongs to an aggregate
 * id from the moment it is reserved: asking again gives the same one. Ask only for what is irrevocably
 * to be numbered. Requests that arrive together are served by one write.
 */
export class NumberRegister {
  private readonly collection: Collection<RegisterDocument>;
  private readonly waiting = new Map<string, Waiting[]>();
  private readonly busy = new Set<string>();

  constructor(connection: Connection, name = 'registers') {
    this.collection = connection.collection<RegisterDocument>(name);
  }

  /** The number of an aggregate in a series, from 1. */
  async numberFor(series: string, aggregateId: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const queue = this.waiting.get(series) ?? [];
      queue.push({ aggregateId, resolve, reject });
      this.waiting.set(series, queue);
      if (!this.busy.has(series)) void this.serve(series);
    });
  }

  /** Forgets reservations that are written on their aggregates, so that the register stays small. */
  async confirm(series: string, aggregateIds: readonly string[]): Promise<void> {
    await this.collection.updateOne({ _id: series }, { $pull: { reserved: { for: { $in: aggregateIds } } } } as never);
  }

  /** Reservations that are not confirmed, by series: what a crash may have left. */
  async reservations(): Promise<Map<string, string[]>> {
    const registers = await this.collection.find({ 'reserved.0': { $exists: true } }).toArray();
    return new Map(registers.map((register) => [register._id, register.reserved.map((entry) => entry.for)]));
  }

  private async serve(series: string): Promise<void> {
    this.busy.add(series);
    try {
      for (;;) {
        const batch = this.waiting.get(series) ?? [];
        if (batch.length === 0) return;
        this.waiting.set(series, []);
        try {
          const numbers = await this.reserve(series, [...new Set(batch.map((entry) => entry.aggregateId))]);
          for (const entry of batch) {
            const number = numbers.get(entry.aggregateId);
            if (number === undefined) entry.reject(new Error('no number was reserved'));
            else entry.resolve(number);
          }
        } catch (error) {
          for (const entry of batch) entry.reject(error);
        }
      }
    } finally {
      this.busy.delete(series);
      this.waiting.delete(series);
    }
  }

  private async reserve(series: string, ids: readonly string[]): Promise<Map<string, number>> {
    for (;;) {
      const register = await this.collection.findOne({ _id: series });
      const numbers = new Map((register?.reserved ?? []).map((entry) => [entry.for, entry.number]));
      const missing = ids.filter((id) => !numbers.has(id));
      if (missing.length === 0) return numbers;
      const first = register?.next ?? 1;
      const added = missing.map((id, index) => ({ for: id, number: first + index }));
      if ((register?.reserved.length ?? 0) + added.length > keptReservations) {
        throw new Error(`register ${series}: too many reservations are not confirmed`);
      }
      if (await this.write(series, register, first + missing.length, added)) {
        for (const entry of added) numbers.set(entry.for, entry.number);
        return numbers;
      }
    }
  }

  /** Under the `next` that was read: of several replicas one wins and the others read again. */
  private async write(
    series: string,
    register: RegisterDocument | null,
    next: number,
    added: RegisterDocument['reserved'],
  ): Promise<boolean> {
    if (register) {
      const result = await this.collection.updateOne(
        { _id: series, next: register.next },
        { $set: { next }, $push: { reserved: { $each: added } } } as never,
      );
      return result.matchedCount === 1;
    }
    try {
      await this.collection.insertOne({ _id: series, next, reserved: added });
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code === duplicateKey) return false;
      throw error;
    }
  }
}
