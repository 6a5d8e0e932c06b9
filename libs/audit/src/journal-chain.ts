import type { ActorStamp } from '#libs/contracts';
import { canonical, sha256 } from './canonical.ts';

/** The last link of an aggregate's chain. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string | null;
}

/** What only the owner's journal holds of an event, with the salt that its hash was made with. */
export interface PrivatePart {
  readonly salt: string;
  readonly data: Record<string, unknown>;
}

/** One event as kept in the outbox and the journal: a link of its aggregate's hash chain. */
export interface JournalEvent {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  /** RFC 3339, product time. */
  readonly time: string;
  readonly seq: number;
  readonly prevHash: string | null;
  readonly hash: string;
  readonly aggregate: { readonly type: string; readonly id: string };
  readonly revision: number;
  readonly actor: ActorStamp;
  /** The caller's key, hashed and scoped to the caller. */
  readonly idempotencyKey: string | null;
  readonly traceparent: string | null;
  readonly data: Record<string, unknown>;
  /** Salted hash of the private part: thinning can blank the part and the chain still verifies. */
  readonly privateHash: string | null;
  readonly private: PrivatePart | null;
}

/** The hash of a link: SHA-256 over the canonical JSON of all but the hash itself and the private part. */
export function hashOf(event: Omit<JournalEvent, 'hash' | 'private'>): string {
  const { id, type, version, time, seq, prevHash, aggregate, revision, actor } = event;
  const { idempotencyKey, traceparent, data, privateHash } = event;
  // In the order of the canonical form already, which spares the sorting.
  return sha256(
    canonical({
      actor,
      aggregate,
      data,
      id,
      idempotencyKey,
      prevHash,
      privateHash,
      revision,
      seq,
      time,
      traceparent,
      type,
      version,
    }),
  );
}

/** The salt keeps what was blanked from being guessed by hashing every name there is. */
export function privateHashOf(part: PrivatePart): string {
  return sha256(`${part.salt}.${canonical(part.data)}`);
}

/** Thinned: there was a private part, and it has been taken away. */
export function isBlanked(event: JournalEvent): boolean {
  return event.privateHash !== null && (event.private ?? null) === null;
}

export type LinkFault = 'sequence' | 'previous' | 'hash' | 'private';

/** What is wrong with a link that should follow `previous`; null when nothing is. */
export function checkLink(event: JournalEvent, previous: ChainHead): LinkFault | null {
  if (event.seq !== previous.seq + 1) return 'sequence';
  if (event.prevHash !== previous.hash) return 'previous';
  if (!matches(event.hash, () => hashOf(event))) return 'hash';
  const { private: part } = event;
  // Only null and nothing at all are blanks; what else is there must be what was sealed.
  const blank = part === null || part === undefined;
  return blank || matches(event.privateHash, () => privateHashOf(part)) ? null : 'private';
}

export type ChainFault = {
  readonly at: number;
  readonly fault: LinkFault | 'head';
};

/**
 * Verifies one aggregate's chain in order of `seq`. Null when whole, else the first bad place. With
 * `head` (from the aggregate's document) a cut-off end is found too.
 */
export function verifyChain(events: readonly JournalEvent[], head?: ChainHead): ChainFault | null {
  let last: ChainHead = { seq: 0, hash: null };
  for (const event of events) {
    const fault = checkLink(event, last);
    if (fault !== null) return { at: last.seq + 1, fault };
    last = event;
  }
  if (!head || (head.seq === last.seq && head.hash === last.hash)) return null;
  // Cut off: the first that lacks. Too long: the first too many. As long, but another end: the last.
  const at = Math.min(last.seq, head.seq) + (head.seq === last.seq ? 0 : 1);
  return { at, fault: 'head' };
}

/** False also for what has no canonical form (not-a-number, a missing part): nothing that was sealed lacks one. */
function matches(expected: string | null, compute: () => string): boolean {
  try {
    return compute() === expected;
  } catch {
    return false;
  }
}
