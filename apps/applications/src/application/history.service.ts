import { Injectable } from '@nestjs/common';
import { type EndpointReply, type getApplicationHistory } from '#libs/contracts';
import { type Asked } from '#libs/messaging';
import { JournalStore } from '#libs/persistence';
import { internalEvents } from '../applications.records.ts';
import { toHistoryPage, wholeHistory } from '../history/history.view.ts';
import { ApplicationService } from './application.service.ts';

/** The journal of one application, as those who may see the application may read it. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly applications: ApplicationService,
    private readonly journal: JournalStore,
  ) {}

  async page({
    request,
    caller,
  }: Asked<typeof getApplicationHistory>): Promise<EndpointReply<typeof getApplicationHistory>> {
    const stored = await this.applications.visible(request.params.id, caller);
    const chain = await this.journal.chainOf(stored.id);
    const all = wholeHistory(chain, stored.document.outbox);
    const outsider = !caller.actor.assignments.some(
      (held) => held.rcc === stored.state.rcc || held.role === 'auditor',
    );
    const shown = all.filter((event) => !(outsider && internalEvents.has(event.type)));
    return { body: toHistoryPage(shown, request.query) };
  }
}
