import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type CallView, type Page, type Paging } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, readPage, type AggregateDocument, type Stored } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { type Call } from './call.ts';
import { callSchema } from './call.schema.ts';

type Phase = NonNullable<CallView['phase']>;

@Injectable()
export class CallRepository extends AggregateRepository<Call> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'call', 'calls', callSchema, relay);
  }

  async page<View>(
    filter: {
      where: Record<string, unknown> | null;
      rcc?: string | undefined;
      state?: string | undefined;
      phase?: Phase | undefined;
    },
    today: string,
    paging: Paging & { sort?: string },
    view: (stored: Stored<Call>) => View,
  ): Promise<Page<View>> {
    const { where, rcc, state, phase } = filter;
    const conditions = where && {
      $and: [
        where,
        ...(rcc === undefined ? [] : [{ rcc }]),
        ...(state === undefined ? [] : [{ state }]),
        ...(phase === undefined ? [] : [inPhase(phase, today)]),
      ],
    };
    return readPage(this.model, conditions, paging, (document) =>
      view(this.toStored(document as unknown as AggregateDocument & Call)),
    );
  }
}

/** The same cut as phaseOf() in the domain, as a filter. */
function inPhase(phase: Phase, today: string): Record<string, unknown> {
  const over = { $or: [{ state: 'closed' }, { state: 'published', lastClosesOn: { $lt: today } }] };
  switch (phase) {
    case 'upcoming':
      return { state: 'published', opensOn: { $gt: today } };
    case 'open':
      return { state: 'published', opensOn: { $lte: today }, lastClosesOn: { $gte: today } };
    case 'closed':
      return { $and: [over, { hasDecisions: false }] };
    case 'decided':
      return { $and: [over, { hasDecisions: true }] };
  }
}
