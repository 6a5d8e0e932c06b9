import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type Page, type Paging } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, readPage, type AggregateDocument, type Stored } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { type ThinningRule } from './thinning-rule.ts';
import { thinningRuleSchema } from './thinning-rule.schema.ts';

@Injectable()
export class ThinningRuleRepository extends AggregateRepository<ThinningRule> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'thinning-rule', 'thinning-rules', thinningRuleSchema, relay);
  }

  async page<View>(
    documentType: string | undefined,
    paging: Paging & { sort: string },
    view: (stored: Stored<ThinningRule>) => View,
  ): Promise<Page<View>> {
    const where = documentType === undefined ? {} : { documentType };
    return readPage(
      this.model,
      where,
      paging,
      (document) => view(this.toStored(document as unknown as AggregateDocument & ThinningRule)),
      ['outbox', 'keys'],
    );
  }
}
