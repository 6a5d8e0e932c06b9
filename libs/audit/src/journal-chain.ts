import type { ActorStamp } from '#libs/contracts';
import { canonical, sha256 } from './canonical.ts';

/** The last link of an aggregate's chain. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string | null;
}

/** A place in a chain: its last link so far, and what is known there of the aggregate's document. */
export interface ChainPlace extends ChainHead {
  /** What the last change left the document as; null or left out: no link so far says. */
  readonly document?: string | null;
}

/**
 * What a change found in the aggregate's document and what it left there, each as a salted hash. The salts are
 * the document's and are made anew with each change, so that what was thinned cannot be guessed from the hashes.
 */
export interface DocumentHashes {
  /** Null: the document had no salt, as before its first change of this kind. */
  readonly before: string | null;
  readonly after: string;
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
  /** In the last event of each change. Left out also in what was journaled before there were such hashes. */
  readonly document?: DocumentHashes;
}

/** The hash of a link: SHA-256 over the canonical JSON of all but the hash itself and the private part. */
export function hashOf(event: Omit<JournalEvent, 'hash' | 'private'>): string {
  const { id, type, version, time, seq, prevHash, aggregate, revision, actor } = event;
  const { idempotencyKey, traceparent, data, document, privateHash } = event;
  // In the order of the canonical form already, which spares the sorting.
  return sha256(
    canonical({
      actor,
      aggregate,
      data,
      ...(document !== undefined && { document }),
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

/** The hash of a document's content, `content` being a JSON value. Salted for the same reason. */
export function documentHashOf(salt: string, content: unknown): string {
  return sha256(`${salt}.${canonical(content)}`);
}

/** Thinned: there was a private part, and it has been taken away. */
export function isBlanked(event: JournalEvent): boolean {
  return event.privateHash !== null && (event.private ?? null) === null;
}

export type LinkFault = 'sequence' | 'previous' | 'hash' | 'private' | 'document-before';

/** What is wrong with a link that should follow `previous`; null when nothing is. */
export function checkLink(event: JournalEvent, previous: ChainPlace): LinkFault | null {
  if (event.seq !== previous.seq + 1) return 'sequence';
  if (event.prevHash !== previous.hash) return 'previous';
  if (!matches(event.hash, () => hashOf(event))) return 'hash';
  const { private: part, document } = event;
  // Only null and nothing at all are blanks; what else is there must be what was sealed.
  const blank = part === null || part === undefined;
  if (!blank && !matches(event.privateHash, () => privateHashOf(part))) return 'private';
  const left = previous.document ?? null;
  return document && left !== null && document.before !== left ? 'document-before' : null;
}

/** The place behind a link that follows `previous`. */
export function placeBehind({ seq, hash, document }: JournalEvent, previous: ChainPlace): ChainPlace {
  return { seq, hash, document: document?.after ?? previous.document ?? null };
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
  let last: ChainPlace = { seq: 0, hash: null };
  for (const event of events) {
    const fault = checkLink(event, last);
    if (fault !== null) return { at: last.seq + 1, fault };
    last = placeBehind(event, last);
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
