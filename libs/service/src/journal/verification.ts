import { setTimeout as delay } from 'node:timers/promises';
import { checkLink, toExportFault, type ChainHead, type Finding, type JournalEvent } from '#libs/audit';
import { type BrokenPlace, type ServiceName } from '#libs/contracts';
import { linkKey } from '#libs/persistence';
import { type ChainEnd, type Chains } from './chains.ts';

/** Where a verification stands: in the journal, behind a link; or among the documents of a type. */
type Place =
  | { readonly in: 'journal'; readonly id: string; readonly seq: number; readonly hash: string | null }
  | { readonly in: 'documents'; readonly type: string; readonly id: string };

export interface Verified {
  readonly events: number;
  readonly chains: number;
  readonly fault: BrokenPlace | null;
  readonly next: string | null;
}

const pageSize = 500;
const beginning: Place = { in: 'journal', id: '', seq: 0, hash: null };

interface Step {
  readonly events: number;
  readonly chains: number;
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
  let [events, count] = [0, 0];
  while (place !== null) {
    const step: Step =
      place.in === 'journal'
        ? await verifyJournal(chains, service, place)
        : await verifyDocuments(chains, service, place);
    events += step.events;
    count += step.chains;
    if (step.finding) return { events, chains: count, fault: toBrokenPlace(step.finding), next: null };
    place = step.next;
    if (performance.now() >= until) break;
  }
  return { events, chains: count, fault: null, next: place && JSON.stringify(place) };
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
  let previous: ChainHead = place;
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
      return { events: index, chains: count, finding, next: null };
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
      return { events: index, chains: count, finding, next: null };
    }
    previous = event;
  }
  const finding = await withoutDocument(chains, service, begun);
  const done = { events: entries.length, chains: count, finding };
  if (entries.length === pageSize) {
    const { seq, hash } = previous;
    return { ...done, next: { in: 'journal', id, seq, hash } };
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
  const ends = await chains.endsAfter(type, id, pageSize);
  const doubtful = await unlikeTheirChains(chains, ends);
  for (const end of doubtful) {
    const finding = await confirmed(chains, service, end);
    if (finding) return { events: 0, chains: 0, finding, next: null };
  }
  const last = ends.length === pageSize ? ends.at(-1) : undefined;
  const nextType = chains.types.find((each) => each > type);
  const next: Place | null = last
    ? { in: 'documents', type, id: last.id }
    : nextType === undefined
      ? null
      : { in: 'documents', type: nextType, id: '' };
  return { events: 0, chains: 0, finding: null, next };
}

/** Documents whose chain does not end as they say, as far as one look tells. */
async function unlikeTheirChains(chains: Chains, ends: readonly ChainEnd[]): Promise<ChainEnd[]> {
  const hashes = await chains.journal.hashesOf(
    ends.flatMap(({ id, head }) => [
      { id, seq: head.seq },
      { id, seq: head.seq + 1 },
    ]),
  );
  return ends.filter((end) => {
    const { id, head, outbox } = end;
    const found = hashes.get(linkKey({ id, seq: head.seq })) ?? outbox.at(-1)?.hash ?? null;
    return found !== head.hash || hashes.has(linkKey({ id, seq: head.seq + 1 })) || !isLinked(outbox);
  });
}

/** Looks again: between the two readings the chain may have grown. */
async function confirmed(chains: Chains, service: ServiceName, first: ChainEnd): Promise<Finding | null> {
  let finding: Finding | null = null;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const [end] = await chains.ends(first.type, [first.id]);
    if (!end) return null;
    finding = await findingOf(chains, service, end);
    if (!finding) return null;
    await delay(20);
  }
  return finding;
}

async function findingOf(chains: Chains, service: ServiceName, end: ChainEnd): Promise<Finding | null> {
  const { type, id, head, outbox } = end;
  const aggregate = { type, id };
  const inJournal = await chains.journal.lengthOf(id);
  const ahead = outbox.filter(({ seq }) => seq > inJournal);
  const length = inJournal + ahead.length;
  const place = (seq: number) => ({ service, aggregate, seq });
  if (length < head.seq) return { code: 'cut-off', place: place(length + 1), params: { head: head.seq } };
  if (length > head.seq) return { code: 'too-long', place: place(head.seq + 1), params: { head: head.seq } };
  if (head.seq === 0) return null;
  const hashes = await chains.journal.hashesOf([
    { id, seq: head.seq },
    { id, seq: inJournal },
  ]);
  let previous: ChainHead = { seq: inJournal, hash: hashes.get(linkKey({ id, seq: inJournal })) ?? null };
  for (const event of ahead) {
    const code = checkLink(event, previous);
    const expected = previous.seq + 1;
    const at = { ...place(expected), eventId: event.id };
    if (code !== null) return { code, place: at, params: { expected, found: event.seq } };
    previous = event;
  }
  return previous.hash === head.hash ? null : { code: 'head-hash', place: place(head.seq) };
}

function isLinked(outbox: readonly JournalEvent[]): boolean {
  return outbox.every((event, index) => {
    const { prevHash, seq } = event;
    return checkLink(event, outbox[index - 1] ?? { seq: seq - 1, hash: prevHash }) === null;
  });
}
