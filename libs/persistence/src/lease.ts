import { type Collection, type Connection } from 'mongoose';

interface LeaseDocument {
  _id: string;
  holder: string;
  until: Date;
}

const duplicateKey = 11000;

/** Lets one of several replicas do a piece of work, for as long as it renews in time. */
export class Lease {
  private readonly collection: Collection<LeaseDocument>;
  /** Machine time until which this holder need not ask again. */
  private sureUntil = 0;

  constructor(
    connection: Connection,
    private readonly name: string,
    private readonly holder: string,
    private readonly milliseconds: number,
  ) {
    this.collection = connection.collection<LeaseDocument>('leases');
  }

  /** True when this holder has the lease from now on. */
  async take(): Promise<boolean> {
    const now = Date.now();
    if (now < this.sureUntil) return true;
    try {
      const result = await this.collection.updateOne(
        { _id: this.name, $or: [{ holder: this.holder }, { until: { $lt: new Date(now) } }] },
        { $set: { holder: this.holder, until: new Date(now + this.milliseconds) } },
        { upsert: true },
      );
      const isHeld = result.matchedCount + result.upsertedCount === 1;
      // Renewed at half its time, so that holding it costs few writes and never runs out unnoticed.
      if (isHeld) this.sureUntil = now + this.milliseconds / 2;
      return isHeld;
    } catch (error) {
      // Somebody else holds it: the filter found nothing and the insert met the existing document.
      if ((error as { code?: unknown }).code === duplicateKey) return false;
      throw error;
    }
  }

  async release(): Promise<void> {
    this.sureUntil = 0;
    await this.collection.deleteOne({ _id: this.name, holder: this.holder });
  }
}
