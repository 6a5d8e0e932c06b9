import { randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { hashOf, privateHashOf, type ChainHead, type DocumentHashes, type JournalEvent } from '#libs/audit';
import { type NewEvent } from '#libs/contracts';
import { scopedKey, type WriteContext } from './write-context.ts';

/** Through JSON once, so that what is hashed is what any reader gets back (undefined left out). */
function asStored<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/**
 * Links new events onto a chain. `revision` is the one the aggregate has after the change; `document` goes into
 * the last of them: what the change found and left.
 */
export function sealEvents(
  head: ChainHead,
  aggregate: { type: string; id: string },
  revision: number,
  events: readonly NewEvent[],
  context: WriteContext,
  document?: DocumentHashes,
): JournalEvent[] {
  let { seq, hash: prevHash } = head;
  const actor = asStored(context.actor);
  return events.map((event, index) => {
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
      ...(document && index === events.length - 1 && { document }),
    };
    const hash = hashOf(link);
    prevHash = hash;
    return { ...link, hash, private: privatePart };
  });
}
