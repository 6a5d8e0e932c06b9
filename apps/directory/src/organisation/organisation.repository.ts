import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type Page, type Paging, type RccCode } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { readPage, type AggregateDocument, type Stored } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { type RegionMemberships } from '../belonging/belonging.ts';
import { FollowingRepository } from '../belonging/following.repository.ts';
import { organisationSchema } from './organisation.schema.ts';
import { organisationId, type Organisation } from './organisation.ts';

@Injectable()
export class OrganisationRepository extends FollowingRepository<Organisation> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'organisation', 'organisations', organisationSchema, relay, ['rccs']);
  }

  /**
   * One page of what `where` lets through; `rcc` keeps the RCC itself and what belongs or has belonged to it, with
   * `on` what belongs to it on that day.
   */
  async page<View>(
    where: Record<string, unknown> | null,
    filter: { kind?: Organisation['kind'] | undefined; rcc?: RccCode | undefined; on?: string | undefined },
    paging: Paging & { sort: string },
    view: (stored: Stored<Organisation>) => View,
  ): Promise<Page<View>> {
    const { kind, rcc, on } = filter;
    const then = on !== undefined && { from: { $lte: on }, $or: [{ to: null }, { to: { $gte: on } }] };
    const chosen = {
      ...(kind && { kind }),
      ...(rcc && { $or: [{ kind: 'rcc', code: rcc }, { memberships: { $elemMatch: { rcc, ...then } } }] }),
    };
    return readPage(
      this.model,
      where && { $and: [where, chosen] },
      paging,
      (document) => view(this.toStored(document as unknown as AggregateDocument & Organisation)),
      ['outbox', 'keys'],
    );
  }

  async regionsEverOf(rcc: RccCode): Promise<Organisation[]> {
    return this.model.find({ kind: 'region', 'memberships.rcc': rcc } as never).lean<Organisation[]>();
  }

  /** The memberships of every region: a score of them, so all are read at once. */
  async memberships(): Promise<RegionMemberships> {
    const fields = { _id: 0, code: 1, memberships: 1 };
    const regions = await this.model.find({ kind: 'region' } as never, fields).lean<Organisation[]>();
    return new Map(regions.map(({ code, memberships }) => [code, memberships]));
  }

  async named(units: readonly Pick<Organisation, 'kind' | 'code'>[]): Promise<Organisation[]> {
    return this.model.find({ _id: { $in: units.map(organisationId) } } as never).lean<Organisation[]>();
  }
}
