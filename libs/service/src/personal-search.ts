import { may, type Place } from '#libs/access';
import { type Actor, type PersonalItem, type Resource, type ServiceName } from '#libs/contracts';
import { type JournalStore } from '#libs/persistence';
import { findingsIn, matchOf, mentionsIn, type Match, type Sought } from '#libs/privacy';
import { type PersonalStore } from './personal-store.ts';

/** Documents, and journal entries, that one part looks through: what one question may cost is bounded. */
const documentsAtOnce = 1000;
const entriesAtOnce = 2000;
/** One answer must fit on the bus, and several of them in the directory's: what an assessor has written is long. */
const itemsAtOnce = 200;
const bytesAtOnce = 500_000;

interface SearchRequest extends Sought {
  /** Only what this one may read; null: everything. */
  readonly reader: Actor | null;
  /** Where the part before ended; null: from the beginning. */
  readonly after: string | null;
}

interface SearchPart {
  readonly items: readonly PersonalItem[];
  readonly next: string | null;
}

/**
 * Looks for what a service holds about somebody: in every document that may hold personal data, and in its
 * whole journal (entries that the person made, and private parts in which the person stands). Both are read
 * through in order of id, part by part: this is asked for rarely, and an index on every path would cost with
 * every write.
 */
export class PersonalSearch {
  constructor(
    private readonly service: ServiceName,
    private readonly stores: readonly PersonalStore[],
    private readonly journal: JournalStore,
  ) {}

  async part({ reader, after, ...sought }: SearchRequest): Promise<SearchPart> {
    const matches = matchOf(sought);
    const { room, from } = readPosition(after);
    const store = this.stores[room];
    if (store) return this.inDocuments(store, room, from, matches, reader);
    return this.inJournal(room, from, matches, reader);
  }

  private async inDocuments(
    store: PersonalStore,
    room: number,
    from: string | null,
    matches: Match,
    reader: Actor | null,
  ): Promise<SearchPart> {
    if (store.personal.length === 0) return { items: [], next: position(room + 1, null) };
    const documents = await store.following(from, documentsAtOnce);
    const items: PersonalItem[] = [];
    let bytes = 0;
    for (const { id, state, place } of documents) {
      if (isFull(items, bytes)) return { items, next: position(room, lastIdBefore(documents, id)) };
      if (!mayBeShown(store.resource, place, reader)) continue;
      const found = findingsIn(state, store.personal, matches);
      if (found.length === 0) continue;
      const isOwner = store.owner !== undefined && findingsIn(state, [store.owner], matches).length > 0;
      const fields = isOwner ? [{ path: '', value: state }] : found;
      items.push({
        source: { service: this.service, store: 'document', type: store.type, id },
        entry: null,
        fields,
      });
      bytes += bytesOf(fields);
    }
    const last = documents.length < documentsAtOnce ? undefined : documents.at(-1);
    return { items, next: last ? position(room, last.id) : position(room + 1, null) };
  }

  /** An entry may be shown where the thing itself may. */
  private async mayBeShownOf(
    aggregate: { type: string; id: string },
    reader: Actor | null,
  ): Promise<boolean> {
    if (reader === null) return true;
    const store = this.stores.find(({ type }) => type === aggregate.type);
    const place = await store?.placeOf(aggregate.id);
    return (
      store !== undefined &&
      place !== null &&
      place !== undefined &&
      mayBeShown(store.resource, place, reader)
    );
  }

  private async inJournal(
    room: number,
    from: string | null,
    matches: Match,
    reader: Actor | null,
  ): Promise<SearchPart> {
    const entries = await this.journal.following(from, entriesAtOnce);
    const items: PersonalItem[] = [];
    let bytes = 0;
    for (const entry of entries) {
      if (isFull(items, bytes)) return { items, next: position(room, lastIdBefore(entries, entry.id)) };
      const isOwnAct = matches(entry.actor.id);
      const fields = entry.private ? mentionsIn(entry.private.data, matches) : [];
      if (!isOwnAct && fields.length === 0) continue;
      const { seq, type, time, actor, aggregate } = entry;
      if (!(await this.mayBeShownOf(aggregate, reader))) continue;
      items.push({
        source: { service: this.service, store: 'journal', ...aggregate },
        // Who else acted is that person's affair.
        entry: { seq, type, time, actor: isOwnAct ? actor : null },
        fields,
      });
      bytes += bytesOf(fields);
    }
    const last = entries.length < entriesAtOnce ? undefined : entries.at(-1);
    return { items, next: last ? position(room, last.id) : null };
  }
}

/** Only where the reader may read both the thing itself and personal data, which goes by RCC. */
function mayBeShown(resource: Resource, place: Place, reader: Actor | null): boolean {
  if (reader === null) return true;
  const rccs = [...(place.rcc === undefined ? [] : [place.rcc]), ...(place.rccs ?? [])];
  return (
    may(reader, 'read', resource, place) && rccs.some((rcc) => may(reader, 'read', 'personal-data', { rcc }))
  );
}

function isFull(items: readonly PersonalItem[], bytes: number): boolean {
  return items.length === itemsAtOnce || bytes >= bytesAtOnce;
}

function bytesOf(fields: PersonalItem['fields']): number {
  return Buffer.byteLength(JSON.stringify(fields));
}

function lastIdBefore(rows: readonly { readonly id: string }[], id: string): string | null {
  return rows[rows.findIndex((row) => row.id === id) - 1]?.id ?? null;
}

/** Which of the stores (the one behind the last: the journal), and the last id in it that was looked at. */
function position(room: number, from: string | null): string {
  return `${room}.${from ?? ''}`;
}

function readPosition(after: string | null): { room: number; from: string | null } {
  const [, room = '0', from = ''] = /^(\d{1,3})\.(.*)$/s.exec(after ?? '0.') ?? [];
  return { room: Number(room), from: from === '' ? null : from };
}
