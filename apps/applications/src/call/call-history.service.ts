import { Injectable } from '@nestjs/common';
import { require } from '#libs/access';
import { type EndpointReply, type getCallHistory } from '#libs/contracts';
import { type Asked } from '#libs/messaging';
import { JournalStore } from '#libs/persistence';
import { toHistoryPage, wholeHistory } from '../history/history.view.ts';
import { CallService } from './call.service.ts';
import { placeOfCall } from './call.view.ts';

/** The journal of one call, for its office, its deciders and auditors. */
@Injectable()
export class CallHistoryService {
  constructor(
    private readonly calls: CallService,
    private readonly journal: JournalStore,
  ) {}

  /** Errors: `not-found` for who may not know of the call, `forbidden` for who may but has no part in it. */
  async page({
    request,
    caller,
  }: Asked<typeof getCallHistory>): Promise<EndpointReply<typeof getCallHistory>> {
    const stored = await this.calls.visible(request.params.id, caller);
    require(caller.actor, 'history', 'call', placeOfCall(stored.state));
    const chain = await this.journal.chainOf(stored.id);
    return { body: toHistoryPage(wholeHistory(chain, stored.document.outbox), request.query) };
  }
}
