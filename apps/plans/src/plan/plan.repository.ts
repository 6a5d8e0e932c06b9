import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type VisibleWhere } from '#libs/access';
import { type Page, type Paging } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, readPage } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { type Plan } from './plan.ts';
import { planSchema } from './plan.schema.ts';

/** A plan as a list carries it: a whole one may be a megabyte. */
export type PlanHead = Omit<Plan, 'goals' | 'activities' | 'source'>;

@Injectable()
export class PlanRepository extends AggregateRepository<Plan> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'plan', 'plans', planSchema, relay);
  }

  /** Those of the plans that `visible` lets through. */
  heads<View>(
    visible: VisibleWhere,
    where: { readonly rcc?: string },
    query: Paging & { readonly sort: string },
    view: (plan: PlanHead, about: { id: string; createdAt: Date; updatedAt: Date }) => View,
  ): Promise<Page<View>> {
    return readPage(
      this.model,
      visible && { $and: [visible, where] },
      query,
      (document) =>
        view(document, { id: document._id, createdAt: document.createdAt, updatedAt: document.updatedAt }),
      ['goals', 'activities', 'source', 'outbox', 'keys'],
    );
  }
}
