import { Injectable } from '@nestjs/common';
import { may, require } from '#libs/access';
import { type EndpointReply, type getApplicationHistory } from '#libs/contracts';
import { type Asked } from '#libs/messaging';
import { JournalStore } from '#libs/persistence';
import { internalEvents } from '../applications.records.ts';
import { toHistoryPage, wholeHistory } from '../history/history.view.ts';
import { ApplicationService } from './application.service.ts';
import { placeOfApplication } from './application.view.ts';

/** The journal of one application, for those who have a part in it, and auditors. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly applications: ApplicationService,
    private readonly journal: JournalStore,
  ) {}

  /** Errors: `not-found` for who may not know of the application, `forbidden` for who may only read it. */
  async page({
    request,
    caller,
  }: Asked<typeof getApplicationHistory>): Promise<EndpointReply<typeof getApplicationHistory>> {
    const stored = await this.applications.visible(request.params.id, caller);
    const { actor } = caller;
    const place = placeOfApplication(stored.state);
    require(actor, 'history', 'application', place);
    const chain = await this.journal.chainOf(stored.id);
    const all = wholeHistory(chain, stored.document.outbox);
    const seesAssessments = may(actor, 'read', 'assessment', place);
    const shown = all.filter(
      (event) => seesAssessments || !internalEvents.has(event.type) || event.actor.id === actor.id,
    );
    return { body: toHistoryPage(shown, request.query) };
  }
}
