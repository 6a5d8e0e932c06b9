import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { DomainError, type AccessRecord } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, type WriteContext } from '#libs/persistence';
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
}
