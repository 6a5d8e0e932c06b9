import { linkKey } from '#libs/persistence';
import { type Chains } from './chains.ts';

export interface Head {
  readonly type: string;
  readonly id: string;
  readonly seq: number;
  readonly hash: string;
}

type Place = { readonly outbox: string; readonly id: string } | { readonly journal: string };

const pageSize = 500;
const waits = { outboxSince: { $gt: new Date(0) } };

/**
 * The ends of the chains that grew since a moment. Events lie in an outbox until the journal has them, which
 * may be long after they were made: so first the documents with an outbox, found by its mark, then the journal
 * by its own order of time. Costs no index and no write. Who moves from one to the other meanwhile is told twice.
 */
export async function headsSince(
  chains: Chains,
  since: number,
  after: string | null,
): Promise<{ heads: Head[]; next: string | null }> {
  const [firstType] = chains.types;
  if (firstType === undefined) return { heads: [], next: null };
  const place = after === null ? { outbox: firstType, id: '' } : (JSON.parse(after) as Place);
  return 'outbox' in place ? fromOutboxes(chains, since, place) : fromJournal(chains, place.journal);
}

async function fromOutboxes(
  chains: Chains,
  since: number,
  { outbox: type, id }: { outbox: string; id: string },
): Promise<{ heads: Head[]; next: string | null }> {
  const ends = await chains.endsAfter(type, id, pageSize, waits);
  const last = ends.length === pageSize ? ends.at(-1) : undefined;
  const nextType = chains.types.find((each) => each > type);
  const next: Place = last
    ? { outbox: type, id: last.id }
    : nextType === undefined
      ? { journal: firstIdOf(since) }
      : { outbox: nextType, id: '' };
  return { heads: ends.flatMap(toHead), next: JSON.stringify(next) };
}

async function fromJournal(chains: Chains, eventId: string): Promise<{ heads: Head[]; next: string | null }> {
  const entries = await chains.journal.aggregatesFrom(eventId, pageSize);
  const idsOf = new Map<string, Set<string>>();
  for (const { aggregate } of entries) {
    // Robbed of its thing: the verification names it, and the log goes on with the others.
    if (!(aggregate as typeof aggregate | undefined)) continue;
    const ids = idsOf.get(aggregate.type) ?? new Set();
    idsOf.set(aggregate.type, ids.add(aggregate.id));
  }
  const heads: Head[] = [];
  for (const [type, ids] of idsOf) heads.push(...(await chains.ends(type, [...ids])).flatMap(toHead));
  const last = entries.length === pageSize ? entries.at(-1) : undefined;
  return { heads, next: last ? JSON.stringify({ journal: last.eventId } satisfies Place) : null };
}

/** Hashes of named links, in order; null where there is none. */
export async function hashesOfLinks(
  chains: Chains,
  links: readonly { readonly type: string; readonly id: string; readonly seq: number }[],
): Promise<(string | null)[]> {
  const known = await chains.journal.hashesOf(links);
  const missing = links.filter((link) => !known.has(linkKey(link)));
  for (const type of new Set(missing.map((link) => link.type))) {
    const ids = new Set(missing.filter((link) => link.type === type).map(({ id }) => id));
    for (const { id, outbox } of await chains.ends(type, [...ids]))
      for (const { seq, hash } of outbox) known.set(linkKey({ id, seq }), hash);
  }
  // Meanwhile it may have gone from the outbox to the journal.
  const still = missing.filter((link) => !known.has(linkKey(link)));
  for (const [key, hash] of await chains.journal.hashesOf(still)) known.set(key, hash);
  return links.map((link) => known.get(linkKey(link)) ?? null);
}

function toHead({
  type,
  id,
  head,
}: {
  type: string;
  id: string;
  head: { seq: number; hash: string | null };
}) {
  return head.seq > 0 && head.hash !== null ? [{ type, id, seq: head.seq, hash: head.hash }] : [];
}

/** Before every id (UUID version 7, RFC 9562) that was made at or after the moment. */
function firstIdOf(milliseconds: number): string {
  const hex = Math.max(0, milliseconds).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-`;
}
