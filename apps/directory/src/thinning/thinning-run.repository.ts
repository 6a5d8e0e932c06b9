import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type Page, type Paging } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, readPage, type AggregateDocument, type Stored } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { type ThinningRun } from './thinning-run.ts';
import { thinningRunSchema } from './thinning-run.schema.ts';

@Injectable()
export class ThinningRunRepository extends AggregateRepository<ThinningRun> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    // A part in which nothing was thinned moves a run on without an event.
    super(connection, 'thinning-run', 'thinning-runs', thinningRunSchema, relay, ['position', 'waiting']);
  }

  async page<View>(
    ruleId: string | undefined,
    paging: Paging & { sort: string },
    view: (stored: Stored<ThinningRun>) => View,
  ): Promise<Page<View>> {
    return readPage(
      this.model,
      ruleId === undefined ? {} : { ruleId },
      paging,
      (document) => view(this.toStored(document as unknown as AggregateDocument & ThinningRun)),
      ['outbox', 'keys'],
    );
  }

  /** Ids of the runs that are not done, oldest first. */
  async running(): Promise<string[]> {
    const documents = await this.model
      .find({ state: 'running' } as never, { _id: 1 })
      .sort({ createdAt: 1 })
      .lean();
    return documents.map(({ _id }) => String(_id));
  }
}
