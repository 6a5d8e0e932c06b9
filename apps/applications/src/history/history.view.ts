import { type JournalEvent } from '#libs/audit';
import { type HistoryPage, type Paging } from '#libs/contracts';

/** Everything that happened to an aggregate, in order: its journal, and what is still on its way there. */
export function wholeHistory(
  chain: readonly JournalEvent[],
  outbox: readonly JournalEvent[],
): JournalEvent[] {
  const known = new Set(chain.map((event) => event.id));
  return [...chain, ...outbox.filter((event) => !known.has(event.id))];
}

export function toHistoryPage(events: readonly JournalEvent[], { limit, page }: Paging): HistoryPage {
  return {
    items: events.slice((page - 1) * limit, page * limit).map(toEntry),
    page: { number: page, limit, total: events.length },
  };
}

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
