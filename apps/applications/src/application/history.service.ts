import { Injectable } from '@nestjs/common';
import { type EndpointReply, type getApplicationHistory } from '#libs/contracts';
import { type Asked } from '#libs/messaging';
import { JournalStore, type JournalEvent } from '#libs/persistence';
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
    const known = new Set(chain.map((event) => event.id));
    // What was stored a moment ago may still be on its way from the outbox to the journal.
    const all = [...chain, ...stored.document.outbox.filter((event) => !known.has(event.id))];
    // Assessors' names and words are the RCC's working papers until it publishes them.
    const outsider = !caller.actor.assignments.some(
      (held) => held.rcc === stored.state.rcc || held.role === 'auditor',
    );
    const shown = all.filter((event) => !(outsider && internalTypes.has(event.type)));
    const { limit, page } = request.query;
    return {
      body: {
        items: shown.slice((page - 1) * limit, page * limit).map(toEntry),
        page: { number: page, limit, total: shown.length },
      },
    };
  }
}

const internalTypes = new Set(['application.assessed', 'application.conflict-declared']);

function toEntry(event: JournalEvent) {
  return {
    seq: event.seq,
    type: event.type,
    time: event.time,
    actor: event.actor,
    revision: event.revision,
    data: event.data,
    private: event.private?.data ?? null,
    hash: event.hash,
    prevHash: event.prevHash,
  };
}
