import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type Page, type Paging } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, readPage, type AggregateDocument, type Stored } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { type Application } from './application-record.ts';
import { applicationSchema } from './application.schema.ts';

const arrivedStates = ['submitted', 'completionRequested', 'granted', 'rejected'];

@Injectable()
export class ApplicationRepository extends AggregateRepository<Application> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'application', 'applications', applicationSchema, relay);
  }

  /** `where` is what the caller may see; null: nothing. */
  async page<View>(
    where: Record<string, unknown> | null,
    filter: Record<string, string | undefined>,
    paging: Paging & { sort?: string },
    view: (stored: Stored<Application>) => View,
  ): Promise<Page<View>> {
    const chosen = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
    return readPage(
      this.model,
      where && { $and: [where, chosen] },
      paging,
      (document) => view(this.stored(document)),
      // Who assessed it stays: the access table looks at that.
      ['outbox', 'keys', 'assessments.scores', 'assessments.comment'],
    );
  }

  async findMany(ids: readonly string[]): Promise<Stored<Application>[]> {
    const documents = await this.model.find({ _id: { $in: ids } } as never).lean();
    return documents.map((document) => this.stored(document));
  }

  async ofCall(callId: string, states: readonly string[]): Promise<Stored<Application>[]> {
    const documents = await this.model.find({ callId, state: { $in: states } } as never).lean();
    return documents.map((document) => this.stored(document));
  }

  /** Submitted applications that a crash left without a reference, oldest first. */
  async unregistered(limit: number): Promise<Stored<Application>[]> {
    const documents = await this.model
      .find({ state: { $in: arrivedStates }, reference: null } as never)
      .sort({ submittedAt: 1 })
      .limit(limit)
      .lean();
    return documents.map((document) => this.stored(document));
  }

  private stored(document: unknown): Stored<Application> {
    return this.toStored(document as AggregateDocument & Application);
  }
}
