import { type JournalEvent } from '#libs/audit';
import { may, require, requireVisible, type Place } from '#libs/access';
import { DomainError, type Actor, type AuditPage, type Resource } from '#libs/contracts';
import { type JournalReader } from '#libs/persistence';
import { type RecordKind } from '../records.ts';
import { toAuditEntries } from './changes.ts';

/**
 * The journal of one thing as those who may read its history see it. Errors: `not-found` for who may not know
 * of it, `forbidden` for who may, but has no part in its history.
 */
export async function historyOf(
  journal: JournalReader,
  kinds: readonly RecordKind[],
  wanted: { readonly resource: Resource; readonly id: string; readonly limit: number; readonly page: number },
  actor: Actor,
): Promise<AuditPage> {
  const { resource, id, limit, page } = wanted;
  for (const kind of kinds.filter((each) => each.resource === resource)) {
    const stored = await kind.repository.find(id);
    if (!stored) continue;
    const place = kind.place(stored.state);
    requireVisible(actor, resource, place);
    if (kind.mayKnow && !kind.mayKnow(actor, stored.state)) throw new DomainError('not-found');
    require(actor, 'history', resource, place);
    const { journalHead, outbox } = stored.document;
    const chain = await journal.part(id, 0, journalHead.seq, 0);
    const events = shownTo(actor, kind, place, withWaiting(chain, outbox));
    return {
      items: toAuditEntries(events).slice((page - 1) * limit, page * limit),
      page: { number: page, limit, total: events.length },
    };
  }
  throw new DomainError('not-found');
}

function withWaiting(chain: readonly JournalEvent[], outbox: readonly JournalEvent[]): JournalEvent[] {
  const last = chain.at(-1)?.seq ?? 0;
  return [...chain, ...outbox.filter(({ seq }) => seq > last)];
}

/** Of working papers, one's own and those that one may read where they stand. */
function shownTo(
  actor: Actor,
  { internal }: RecordKind,
  place: Place,
  events: readonly JournalEvent[],
): readonly JournalEvent[] {
  if (!internal || may(actor, 'read', internal.resource, place)) return events;
  return events.filter((event) => !internal.types.has(event.type) || event.actor.id === actor.id);
}
