import { type ExportRecord, type JournalEvent } from '#libs/audit';
import { visibleWhere } from '#libs/access';
import { type Actor, type ServiceName } from '#libs/contracts';
import { type RecordKind } from '../records.ts';
import { type ChainEnd, type Chains } from './chains.ts';

/** Behind the things of a kind up to `id`; of the next one, `begun`, the links up to `seq` have been told. */
interface Place {
  readonly kind: number;
  readonly id: string;
  readonly begun?: { readonly end: Omit<ChainEnd, 'outbox'>; readonly seq: number };
}

export interface Selection {
  readonly actor: Actor;
  readonly resource?: string | undefined;
  readonly rcc?: string | undefined;
  readonly after: string | null;
}

const thingsAtOnce = 20;
const linksAtOnce = 400;
/** Characters of JSON after which a page ends; a message on the bus bears four times as much. */
const pageSize = 1_000_000;

/**
 * One page of an export: chain after chain up to the end that the thing's document had, and then that end, so
 * that what happens meanwhile breaks nothing. Only of what the actor may see the history of, in a role that
 * reads the audit.
 */
export async function exportChains(
  chains: Chains,
  service: ServiceName,
  kinds: readonly RecordKind[],
  { actor, resource, rcc, after }: Selection,
): Promise<{ records: ExportRecord[]; next: string | null }> {
  const page = new Page(service);
  let place: Place = after === null ? { kind: 0, id: '' } : (JSON.parse(after) as Place);
  const chosen = kindsFor(chains, kinds, actor, resource);
  for (;;) {
    const kind = chosen[place.kind];
    if (!kind) return { records: page.records, next: null };
    const { type, where } = kind;
    if (place.begun) {
      const { end, seq } = place.begun;
      const [now] = await chains.ends(type, [end.id]);
      const told = await tellChain(chains, page, { ...end, outbox: now?.outbox ?? [] }, seq);
      if (told !== null) return { records: page.records, next: JSON.stringify(begin(place, end, told)) };
      place = { kind: place.kind, id: end.id };
      continue;
    }
    const filter = { $and: [where, ofRcc(rcc), { 'journalHead.seq': { $gt: 0 } }] };
    const ends = await chains.endsAfter(type, place.id, thingsAtOnce, filter);
    const entries = await chains.journal.chainsOf(
      ends.map(({ id }) => id),
      linksAtOnce,
    );
    for (const end of ends) {
      if (page.isFull) return { records: page.records, next: JSON.stringify(place) };
      const chain = entries?.filter(({ aggregate }) => aggregate.id === end.id);
      const told = chain ? tellWhole(page, end, chain) : await tellChain(chains, page, end, 0);
      if (told !== null) return { records: page.records, next: JSON.stringify(begin(place, end, told)) };
      place = { kind: place.kind, id: end.id };
    }
    if (ends.length < thingsAtOnce) place = { kind: place.kind + 1, id: '' };
    if (page.isFull) return { records: page.records, next: JSON.stringify(place) };
  }
}

function begin({ kind, id }: Place, { type, id: thing, head }: Omit<ChainEnd, 'outbox'>, seq: number): Place {
  return { kind, id, begun: { end: { type, id: thing, head }, seq } };
}

/** The kinds of things of which the actor may see the audit, with the condition for each. */
function kindsFor(
  chains: Chains,
  kinds: readonly RecordKind[],
  actor: Actor,
  resource: string | undefined,
): { type: string; where: Record<string, unknown> }[] {
  const audit = visibleWhere(actor, 'audit');
  const isWhole = audit !== null && Object.keys(audit).length === 0;
  // Who reads the whole audit reads all of it: the log can be verified only with every chain it holds.
  if (isWhole && resource === undefined) return chains.types.map((type) => ({ type, where: {} }));
  // Only the roles that read the audit count; another role may reach further, but for other purposes.
  const assignments = actor.assignments.filter(
    (held) => visibleWhere({ ...actor, assignments: [held] }, 'audit') !== null,
  );
  const reader = { ...actor, assignments };
  return kinds
    .filter((kind) => resource === undefined || kind.resource === resource)
    .flatMap((kind) => {
      const command = kind.resource === 'audit' ? 'read' : 'history';
      const where = isWhole ? {} : visibleWhere(reader, kind.resource, command);
      return where === null ? [] : [{ type: kind.repository.type, where }];
    });
}

/** Things of one RCC or of several carry it in one field or the other. */
function ofRcc(rcc: string | undefined): Record<string, unknown> {
  return rcc === undefined ? {} : { $or: [{ rcc }, { rccs: rcc }] };
}

function tellWhole(page: Page, end: ChainEnd, chain: readonly JournalEvent[]): number | null {
  const inJournal = chain.filter(({ seq }) => seq <= end.head.seq);
  for (const event of [...inJournal, ...waiting(end, inJournal.at(-1)?.seq ?? 0)]) page.event(event);
  page.head(end);
  return null;
}

/** A long chain, from `from` on; the link up to which it was told when the page was full before its end. */
async function tellChain(chains: Chains, page: Page, end: ChainEnd, from: number): Promise<number | null> {
  let told = from;
  for (;;) {
    const part = await chains.journal.part(end.id, told, end.head.seq, linksAtOnce);
    for (const event of part) {
      if (page.isFull) return told;
      page.event(event);
      told = event.seq;
    }
    if (part.length < linksAtOnce) break;
  }
  for (const event of waiting(end, told)) page.event(event);
  page.head(end);
  return null;
}

/** What the journal does not have yet. */
function waiting({ head, outbox }: ChainEnd, behind: number): JournalEvent[] {
  return outbox.filter(({ seq }) => seq > behind && seq <= head.seq);
}

class Page {
  readonly records: ExportRecord[] = [];
  private size = 0;

  constructor(private readonly service: ServiceName) {}

  get isFull(): boolean {
    return this.size > pageSize;
  }

  event(event: JournalEvent): void {
    this.add({ kind: 'event', service: this.service, event });
  }

  head({ type, id, head }: ChainEnd): void {
    this.add({
      kind: 'head',
      service: this.service,
      aggregate: { type, id },
      seq: head.seq,
      hash: head.hash,
    });
  }

  private add(record: ExportRecord): void {
    this.records.push(record);
    this.size += JSON.stringify(record).length;
  }
}
