import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { DomainError, type AccessRecord } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, type Stored, type WriteContext } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { accessBatchSchema } from './access-batch.schema.ts';
import { accessesWereKept, toBatch, type AccessBatch } from './access-batch.ts';

@Injectable()
export class AccessBatchRepository extends AggregateRepository<AccessBatch> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'access-batch', 'access-batches', accessBatchSchema, relay);
  }

  /** Keeps a batch; one that is there is left as it is. */
  async keep(batchId: string, records: readonly AccessRecord[], context: WriteContext): Promise<void> {
    const state = toBatch(records);
    try {
      await this.create(batchId, { state, events: [accessesWereKept(batchId, state, records)] }, context);
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'already-exists')) throw error;
    }
  }

  /**
   * The earliest batch whose last record is of `from` on (RFC 3339; null: of all) that no thinning has reached, or
   * only the run.
   */
  async firstToThin(from: string | null, runId: string | null): Promise<AccessBatch | null> {
    const open = { thinnedBy: { $in: runId === null ? [null] : [null, runId] } };
    const [first] = await this.model
      .find({ ...open, ...(from !== null && { to: { $gte: from } }) } as never)
      .sort({ to: 1 })
      .limit(1)
      .lean();
    return first ? (first as unknown as AccessBatch) : null;
  }

  /** Batches of a time that no thinning has reached. */
  async leftOf(from: string, to: string, limit: number): Promise<Stored<AccessBatch>[]> {
    const where = { thinnedBy: null, to: { $gte: from, $lt: to } };
    const documents = await this.model
      .find(where as never)
      .limit(limit)
      .lean();
    return documents.map((document) => this.toStored(document as never));
  }

  /** How many batches of a time the run has thinned; null: how many none has. */
  async countOf(from: string, to: string, runId: string | null): Promise<number> {
    return this.model.countDocuments({ thinnedBy: runId, to: { $gte: from, $lt: to } } as never);
  }
}
