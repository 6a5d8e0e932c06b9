import { setTimeout as delay } from 'node:timers/promises';
import {
  checkLink,
  placeBehind,
  toExportFault,
  type ChainPlace,
  type Finding,
  type JournalEvent,
} from '#libs/audit';
import { type BrokenPlace, type ServiceName } from '#libs/contracts';
import { linkKey, type Link } from '#libs/persistence';
import { type Chains, type WholeEnd } from './chains.ts';

/** Where a verification stands: in the journal, behind a link; or among the documents of a type. */
type Place =
  | ({ readonly in: 'journal'; readonly id: string } & ChainPlace)
  | { readonly in: 'documents'; readonly type: string; readonly id: string };

export interface Verified {
  readonly events: number;
  readonly chains: number;
  /** Whose content is what their chains say. */
  readonly documents: number;
  /** Of whose content their chains say nothing. */
  readonly uncovered: number;
  readonly fault: BrokenPlace | null;
  readonly next: string | null;
}

const pageSize = 500;
/** They are read whole, and may be large. */
const documentsAtOnce = 100;
type Counts = Pick<Verified, 'events' | 'chains' | 'documents' | 'uncovered'>;

const beginning: Place = { in: 'journal', id: '', seq: 0, hash: null };

interface Step {
  readonly counts: Partial<Counts>;
  readonly finding: Finding | null;
  readonly next: Place | null;
}

/**
 * Verifies a service's chains for about `budget` milliseconds from a place on: first the journal, chain after
 * chain, then every document against the end of its chain. One chain is in memory at a time, so it does not
 * matter how many there are. What is added meanwhile is no fault.
 */
export async function verifyChains(
  chains: Chains,
  service: ServiceName,
  after: string | null,
  budget: number,
): Promise<Verified> {
  const until = performance.now() + budget;
  let place: Place | null = after === null ? beginning : (JSON.parse(after) as Place);
  const counts = { events: 0, chains: 0, documents: 0, uncovered: 0 };
  while (place !== null) {
    const step: Step =
      place.in === 'journal'
        ? await verifyJournal(chains, service, place)
        : await verifyDocuments(chains, service, place);
    for (const name of Object.keys(counts) as (keyof Counts)[]) counts[name] += step.counts[name] ?? 0;
    if (step.finding) return { ...counts, fault: toBrokenPlace(step.finding), next: null };
    place = step.next;
    if (performance.now() >= until) break;
  }
  return { ...counts, fault: null, next: place && JSON.stringify(place) };
}

export function toBrokenPlace(finding: Finding): BrokenPlace {
  const { code, place, sv, en } = toExportFault(finding);
  const { line: _line, aggregate, service, ...rest } = place;
  return {
    code,
    ...rest,
    ...(service !== undefined && { service: service as ServiceName }),
    ...(aggregate && { aggregate: { ...aggregate } }),
    sv,
    en,
  };
}

async function verifyJournal(
  chains: Chains,
  service: ServiceName,
  place: Extract<Place, { in: 'journal' }>,
): Promise<Step> {
  const entries = await chains.journal.inChainOrder(place.id === '' ? null : place, pageSize);
  let { id } = place;
  let previous: ChainPlace = place;
  let count = 0;
  const begun: JournalEvent[] = [];
  for (const [index, event] of entries.entries()) {
    const { aggregate } = event;
    // A link that has been robbed of its thing stands before all chains, and in none.
    if (!(aggregate as Partial<typeof aggregate> | undefined)?.id) {
      const finding = {
        code: 'form',
        place: { service, eventId: event.id },
        params: { field: 'aggregate' },
      } as const;
      return { counts: { events: index, chains: count }, finding, next: null };
    }
    if (aggregate.id !== id) {
      id = aggregate.id;
      previous = { seq: 0, hash: null };
      count += 1;
      begun.push(event);
    }
    const code = checkLink(event, previous);
    if (code !== null) {
      const expected = previous.seq + 1;
      const at = { service, aggregate, seq: expected, eventId: event.id };
      const finding = { code, place: at, params: { expected, found: event.seq } };
      return { counts: { events: index, chains: count }, finding, next: null };
    }
    previous = placeBehind(event, previous);
  }
  const finding = await withoutDocument(chains, service, begun);
  const done = { counts: { events: entries.length, chains: count }, finding };
  if (entries.length === pageSize) {
    const { seq, hash, document = null } = previous;
    return { ...done, next: { in: 'journal', id, seq, hash, document } };
  }
  const [type] = chains.types;
  return { ...done, next: type === undefined ? null : { in: 'documents', type, id: '' } };
}

/** The first chain whose document is gone. */
async function withoutDocument(
  chains: Chains,
  service: ServiceName,
  begun: readonly JournalEvent[],
): Promise<Finding | null> {
  for (const type of new Set(begun.map(({ aggregate }) => aggregate.type))) {
    const ids = begun.filter(({ aggregate }) => aggregate.type === type).map(({ aggregate }) => aggregate.id);
    const there = new Set((await chains.ends(type, ids)).map(({ id }) => id));
    const gone = ids.find((id) => !there.has(id));
    if (gone === undefined) continue;
    const seq = await chains.journal.lengthOf(gone);
    return { code: 'head-missing', place: { service, aggregate: { type, id: gone }, seq } };
  }
  return null;
}

async function verifyDocuments(
  chains: Chains,
  service: ServiceName,
  { type, id }: Extract<Place, { in: 'documents' }>,
): Promise<Step> {
  const ends = await chains.wholeAfter(type, id, documentsAtOnce);
  const links = await lastLinksOf(chains, ends);
  for (const end of ends.filter((each) => isUnlikeItsChain(each, links))) {
    const finding = await confirmed(chains, service, end);
    if (finding) return { counts: {}, finding, next: null };
  }
  const uncovered = ends.filter((end) => !lastLink(end, links)?.document).length;
  const counts = { documents: ends.length - uncovered, uncovered };
  const last = ends.length === documentsAtOnce ? ends.at(-1) : undefined;
  const nextType = chains.types.find((each) => each > type);
  const next: Place | null = last
    ? { in: 'documents', type, id: last.id }
    : nextType === undefined
      ? null
      : { in: 'documents', type: nextType, id: '' };
  return { counts, finding: null, next };
}

type Links = ReadonlyMap<string, Link>;

/** The last link of each chain, and one behind it, which must not be there; as far as the journal has them. */
function lastLinksOf(chains: Chains, ends: readonly WholeEnd[]): Promise<Links> {
  return chains.journal.linksAt(
    ends.flatMap(({ id, head: { seq } }) => [
      { id, seq },
      { id, seq: seq + 1 },
    ]),
  );
}

function lastLink({ id, head, outbox }: WholeEnd, links: Links): Link | undefined {
  return links.get(linkKey({ id, seq: head.seq })) ?? outbox.at(-1);
}

/** As far as one look tells. */
function isUnlikeItsChain(end: WholeEnd, links: Links): boolean {
  const { id, head, outbox } = end;
  const last = lastLink(end, links);
  return (
    (last?.hash ?? null) !== head.hash ||
    links.has(linkKey({ id, seq: head.seq + 1 })) ||
    !isLinked(outbox) ||
    isChanged(end, last)
  );
}

/** The document says something else than its last change left. */
function isChanged({ content }: WholeEnd, last: Link | undefined): boolean {
  return last?.document !== undefined && last.document.after !== content;
}

/** Looks again: between the two readings the chain may have grown. */
async function confirmed(chains: Chains, service: ServiceName, first: WholeEnd): Promise<Finding | null> {
  let finding: Finding | null = null;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const [end] = await chains.whole(first.type, [first.id]);
    if (!end) return null;
    finding = await findingOf(chains, service, end);
    if (!finding) return null;
    await delay(20);
  }
  return finding;
}

async function findingOf(chains: Chains, service: ServiceName, end: WholeEnd): Promise<Finding | null> {
  const { type, id, head, outbox } = end;
  const aggregate = { type, id };
  const inJournal = await chains.journal.lengthOf(id);
  const ahead = outbox.filter(({ seq }) => seq > inJournal);
  const length = inJournal + ahead.length;
  const place = (seq: number) => ({ service, aggregate, seq });
  if (length < head.seq) return { code: 'cut-off', place: place(length + 1), params: { head: head.seq } };
  if (length > head.seq) return { code: 'too-long', place: place(head.seq + 1), params: { head: head.seq } };
  if (head.seq === 0) return null;
  const links = await chains.journal.linksAt([{ id, seq: inJournal }]);
  const inJournalLast = links.get(linkKey({ id, seq: inJournal }));
  let previous: ChainPlace = {
    seq: inJournal,
    hash: inJournalLast?.hash ?? null,
    document: inJournalLast?.document?.after ?? null,
  };
  for (const event of ahead) {
    const code = checkLink(event, previous);
    const expected = previous.seq + 1;
    const at = { ...place(expected), eventId: event.id };
    if (code !== null) return { code, place: at, params: { expected, found: event.seq } };
    previous = placeBehind(event, previous);
  }
  if (previous.hash !== head.hash) return { code: 'head-hash', place: place(head.seq) };
  return isChanged(end, ahead.at(-1) ?? inJournalLast) ? { code: 'document', place: place(head.seq) } : null;
}

function isLinked(outbox: readonly JournalEvent[]): boolean {
  return outbox.every((event, index) => {
    const before = outbox[index - 1];
    const { prevHash, seq } = event;
    const start: ChainPlace = { seq: seq - 1, hash: prevHash };
    return checkLink(event, before ? placeBehind(before, start) : start) === null;
  });
}
