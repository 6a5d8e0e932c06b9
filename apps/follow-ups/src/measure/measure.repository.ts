import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type VisibleWhere } from '#libs/access';
import { type Page, type Paging } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, readPage } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { type Measure } from './measure.ts';
import { measureSchema } from './measure.schema.ts';

@Injectable()
export class MeasureRepository extends AggregateRepository<Measure> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'measure', 'measures', measureSchema, relay);
  }

  /** Those of the measures that `visible` lets through. */
  page<View>(
    visible: VisibleWhere,
    where: { readonly rcc?: string; readonly planId?: string; readonly goalId?: string },
    query: Paging & { readonly sort: string },
    view: (measure: Measure, about: { id: string; createdAt: Date; updatedAt: Date }) => View,
  ): Promise<Page<View>> {
    const filter = {
      ...(where.rcc !== undefined && { rcc: where.rcc }),
      ...(where.planId !== undefined && { 'goal.planId': where.planId }),
      ...(where.goalId !== undefined && { 'goal.goalId': where.goalId }),
    };
    return readPage(this.model, visible && { $and: [visible, filter] }, query, (document) => {
      const { id, state, createdAt, updatedAt } = this.toStored(document);
      return view(state, { id, createdAt, updatedAt });
    });
  }
}
