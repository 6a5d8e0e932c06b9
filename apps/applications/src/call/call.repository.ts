import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type CallView, type Page, type Paging } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import {
  AggregateRepository,
  readPage,
  type AggregateDocument,
  type ChangeRequest,
  type Outcome,
  type Stored,
} from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { type Call, type CallTerms } from './call.ts';
import { callSchema } from './call.schema.ts';

type Phase = NonNullable<CallView['phase']>;

/** Milliseconds for which a call's terms may be taken from memory. */
const fresh = 1000;
const remembered = 200;

@Injectable()
export class CallRepository extends AggregateRepository<Call> {
  private readonly recent = new Map<string, { terms: Promise<CallTerms | null>; until: number }>();

  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'call', 'calls', callSchema, relay);
  }

  /**
   * A call's terms as they were at most a second ago: asked with every application, changed a few times in
   * a call's life. What must not be missed, the closing day, is compared with the clock, not remembered.
   */
  terms(id: string): Promise<CallTerms | null> {
    const now = Date.now();
    const known = this.recent.get(id);
    if (known && now < known.until) return known.terms;
    const terms = this.model
      .findOne({ _id: id } as never, { ledger: 0, outbox: 0, keys: 0 })
      .lean()
      .then((document) => document && this.toStored(document as unknown as AggregateDocument & Call).state);
    this.recent.delete(id);
    this.recent.set(id, { terms, until: now + fresh });
    terms.catch(() => this.recent.delete(id));
    const [oldest] = this.recent.keys();
    if (this.recent.size > remembered && oldest !== undefined) this.recent.delete(oldest);
    return terms;
  }

  override async change(id: string, request: ChangeRequest<Call>): Promise<Outcome<Call>> {
    try {
      return await super.change(id, request);
    } finally {
      this.recent.delete(id);
    }
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
    return readPage(this.model, conditions, paging, (document) => view(this.toStored(document)));
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
