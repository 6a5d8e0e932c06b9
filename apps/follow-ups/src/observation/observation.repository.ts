import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type VisibleWhere } from '#libs/access';
import { DomainError, type Page, type Paging } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, readPage, type Outcome, type WriteContext } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { type Observation, type ObservationChange } from './observation.ts';
import { observationSchema } from './observation.schema.ts';

export interface DescribedObservation {
  readonly id: string;
  readonly state: Observation;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

@Injectable()
export class ObservationRepository extends AggregateRepository<Observation> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'observation', 'observations', observationSchema, relay);
  }

  /**
   * Creates the observation of a slot. The id follows from the slot, so a slot has one observation whoever
   * reports it; that a key goes with one request only is kept by the unique `createdUnder`. Errors:
   * `already-exists`, `idempotency-key-reused`.
   */
  async record(id: string, change: ObservationChange, context: WriteContext): Promise<Outcome<Observation>> {
    try {
      return await this.create(id, change, context);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'already-exists') throw error;
      const { createdUnder } = change.state;
      if (createdUnder !== undefined && (await this.model.exists({ createdUnder } as never))) {
        throw new DomainError('idempotency-key-reused');
      }
      throw new DomainError('already-exists', { extra: { observationId: id, allowed: ['correction'] } });
    }
  }

  /** Those of the observations that `visible` lets through. */
  page<View>(
    visible: VisibleWhere,
    where: { readonly measureId?: string; readonly unit?: string },
    query: Paging,
    order: 'oldest' | 'newest',
    view: (observation: DescribedObservation) => View,
  ): Promise<Page<View>> {
    const filter = {
      ...(where.measureId !== undefined && { measureId: where.measureId }),
      ...(where.unit !== undefined && { unit: where.unit }),
    };
    const sort = order === 'oldest' ? 'period.from' : '-period.from';
    return readPage(this.model, visible && { $and: [visible, filter] }, { ...query, sort }, (document) =>
      view(this.toStored(document)),
    );
  }
}
