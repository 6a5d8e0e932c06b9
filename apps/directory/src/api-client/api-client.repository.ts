import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type Page, type Paging, type RccCode, type RegionCode } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { readPage, type AggregateDocument, type Stored } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { FollowingRepository } from '../belonging/following.repository.ts';
import { apiClientSchema } from './api-client.schema.ts';
import { type ApiClient } from './api-client.ts';

interface ClientFilter {
  readonly rcc?: RccCode | undefined;
  readonly region?: RegionCode | undefined;
  readonly state?: ApiClient['state'] | undefined;
}

@Injectable()
export class ApiClientRepository extends FollowingRepository<ApiClient> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'api-client', 'api-clients', apiClientSchema, relay, ['rccs']);
  }

  /** `where` is what the caller may see; null: nothing. */
  async page<View>(
    where: Record<string, unknown> | null,
    { rcc, region, state }: ClientFilter,
    paging: Paging & { sort: string },
    view: (stored: Stored<ApiClient>) => View,
  ): Promise<Page<View>> {
    const chosen = { ...(rcc && { rccs: rcc }), ...(region && { region }), ...(state && { state }) };
    return readPage(
      this.model,
      where && { $and: [where, chosen] },
      paging,
      (document) => view(this.stored(document)),
      ['outbox', 'keys'],
    );
  }

  /** Clients of a region or an RCC that have not ended. */
  async activeIn(place: { region?: string; rcc?: string }): Promise<Stored<ApiClient>[]> {
    const documents = await this.model.find({ ...place, state: 'active' } as never).lean();
    return documents.map((document) => this.stored(document));
  }

  async withIds(ids: readonly string[]): Promise<Stored<ApiClient>[]> {
    const documents = await this.model.find({ _id: { $in: [...ids] } } as never).lean();
    return documents.map((document) => this.stored(document));
  }

  private stored(document: unknown): Stored<ApiClient> {
    return this.toStored(document as AggregateDocument & ApiClient);
  }
}
