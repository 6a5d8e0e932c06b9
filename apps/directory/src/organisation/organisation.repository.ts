import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type OrganisationView, type Page, type Paging, type RccCode } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, readPage, type WriteContext } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { recordAll } from '../record-all.repository.ts';
import { organisationSchema } from './organisation.schema.ts';
import {
  organisationId,
  organisationWasRecorded,
  toOrganisationView,
  type Organisation,
} from './organisation.ts';

@Injectable()
export class OrganisationRepository extends AggregateRepository<Organisation> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'organisation', 'organisations', organisationSchema, relay);
  }

  /** One page of organisations; `rcc` keeps the RCC itself and what belongs or has belonged to it. */
  async page(
    filter: { kind?: Organisation['kind'] | undefined; rcc?: RccCode | undefined },
    paging: Paging & { sort: string },
  ): Promise<Page<OrganisationView>> {
    const where = {
      ...(filter.kind && { kind: filter.kind }),
      ...(filter.rcc && {
        $or: [{ kind: 'rcc', code: filter.rcc }, { 'memberships.rcc': filter.rcc }],
      }),
    };
    return readPage(this.model, where, paging, (document) =>
      toOrganisationView(document._id, document as unknown as Organisation),
    );
  }

  async regionsEverOf(rcc: RccCode): Promise<Organisation[]> {
    return this.model.find({ kind: 'region', 'memberships.rcc': rcc } as never).lean<Organisation[]>();
  }

  async named(units: readonly Pick<Organisation, 'kind' | 'code'>[]): Promise<Organisation[]> {
    return this.model.find({ _id: { $in: units.map(organisationId) } } as never).lean<Organisation[]>();
  }

  /** Makes the stored organisations like these; those that already are stay untouched. */
  async recordAll(organisations: readonly Organisation[], context: WriteContext): Promise<void> {
    await recordAll(this, organisations, organisationId, organisationWasRecorded, context);
  }
}
