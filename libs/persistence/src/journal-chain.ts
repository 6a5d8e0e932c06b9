import { createHash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import { uuidv7 } from 'uuidv7';
import { type ActorStamp, type NewEvent } from '#libs/contracts';
import { scopedKey, type WriteContext } from './write-context.ts';

/** The last link of an aggregate's chain. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string | null;
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
  /** See {@link scopedKey}. */
  readonly idempotencyKey: string | null;
  readonly traceparent: string | null;
  readonly data: Record<string, unknown>;
  /** Salted hash of the private part: thinning can blank the part and the chain still verifies. */
  readonly privateHash: string | null;
  readonly private: { readonly salt: string; readonly data: Record<string, unknown> } | null;
}

/** RFC 8785 form, the same in every implementation that verifies a chain. */
function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('an event must be a JSON value');
  return text;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function hashOf(event: Omit<JournalEvent, 'hash' | 'private'>): string {
  const { id, type, version, time, seq, prevHash, aggregate, revision, actor } = event;
  const { idempotencyKey, traceparent, data, privateHash } = event;
  return sha256(
    canonical({
      id,
      type,
      version,
      time,
      seq,
      prevHash,
      aggregate,
      revision,
      actor,
      idempotencyKey,
      traceparent,
      data,
      privateHash,
    }),
  );
}

function privateHashOf(part: { salt: string; data: Record<string, unknown> }): string {
  return sha256(`${part.salt}.${canonical(part.data)}`);
}

/** Through JSON once, so that what is hashed is what any reader gets back (undefined left out). */
function asStored<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Links new events onto a chain. `revision` is the one the aggregate has after the change. */
export function sealEvents(
  head: ChainHead,
  aggregate: { type: string; id: string },
  revision: number,
  events: readonly NewEvent[],
  context: WriteContext,
): JournalEvent[] {
  let { seq, hash: prevHash } = head;
  const actor = asStored(context.actor);
  return events.map((event) => {
    const data = asStored(event.data) as Record<string, unknown>;
    const privatePart = event.private
      ? {
          salt: randomBytes(16).toString('hex'),
          data: asStored(event.private),
        }
      : null;
    seq += 1;
    const link = {
      id: uuidv7(),
      type: event.type,
      version: event.version,
      time: context.time.toISOString(),
      seq,
      prevHash,
      aggregate,
      revision,
      actor,
      idempotencyKey: scopedKey(context),
      traceparent: context.traceparent ?? null,
      data,
      privateHash: privatePart && privateHashOf(privatePart),
    };
    const hash = hashOf(link);
    prevHash = hash;
    return { ...link, hash, private: privatePart };
  });
}

export type ChainFault = {
  readonly at: number;
  readonly fault: 'sequence' | 'previous' | 'hash' | 'private' | 'head';
};

/**
 * Verifies one aggregate's chain in order of `seq`. Null when whole, else the first bad place. With
 * `head` (from the aggregate's document) a cut-off end is found too.
 */
export function verifyChain(events: readonly JournalEvent[], head?: ChainHead): ChainFault | null {
  let prevHash: string | null = null;
  for (const [index, event] of events.entries()) {
    const at = index + 1;
    if (event.seq !== at) return { at, fault: 'sequence' };
    if (event.prevHash !== prevHash) return { at, fault: 'previous' };
    if (!matches(event.hash, () => hashOf(event))) return { at, fault: 'hash' };
    const { private: part } = event;
    // Only null and nothing at all are blanks; what else is there must be what was sealed.
    const blank = part === null || part === undefined;
    if (!blank && !matches(event.privateHash, () => privateHashOf(part))) return { at, fault: 'private' };
    prevHash = event.hash;
  }
  if (!head || (head.seq === events.length && head.hash === prevHash)) return null;
  // Cut off: the first that lacks. Too long: the first too many. As long, but another end: the last.
  const at = Math.min(events.length, head.seq) + (head.seq === events.length ? 0 : 1);
  return { at, fault: 'head' };
}

/** False also for what has no canonical form (not-a-number, a missing part): nothing that was sealed lacks one. */
function matches(hash: string | null, compute: () => string): boolean {
  try {
    return compute() === hash;
  } catch {
    return false;
  }
}
