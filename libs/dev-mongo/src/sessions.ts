import { mongoError, MongoError } from './engine/index.ts';
import type { Storage } from './storage.ts';

/** How long a session that nobody uses is kept, in minutes; hello says so to the drivers. */
export const sessionTimeoutMinutes = 30;

interface Retry {
  slot: number;
  txnNumber: bigint;
  reply: Uint8Array;
  at: number;
}

/**
 * The last retryable write of each session. The reply is stored in the commit of the write itself, so
 * a client that lost the reply (also to a crash) gets it again and nothing is done twice.
 */
export class RetryableWrites {
  readonly #storage: Storage;
  readonly #retries = new Map<string, Retry>();
  #lastSlot = 0;

  constructor(storage: Storage) {
    this.#storage = storage;
    for (const { slot, session, txnNumber, reply, at } of storage.retries()) {
      this.#retries.set(session, { slot, txnNumber, reply, at });
      this.#lastSlot = Math.max(this.#lastSlot, slot);
    }
  }

  /** The reply of this very write when it was done before. Code 225 for an older transaction number. */
  replyOf(session: string, txnNumber: bigint): Uint8Array | undefined {
    const last = this.#retries.get(session);
    if (!last || txnNumber > last.txnNumber) return undefined;
    if (txnNumber === last.txnNumber) return last.reply;
    throw new MongoError(
      225,
      'TransactionTooOld',
      `Retryable write with txnNumber ${txnNumber} is prohibited on session because a newer retryable write with txnNumber ${last.txnNumber} has already started on this session.`,
    );
  }

  remember(session: string, txnNumber: bigint, reply: Uint8Array): void {
    const slot = this.#retries.get(session)?.slot ?? (this.#lastSlot += 1);
    const retry = { slot, txnNumber, reply, at: Date.now() };
    this.#retries.set(session, retry);
    this.#storage.saveRetry({ ...retry, session });
  }

  /** Forgets a session that has ended. */
  forget(session: string): void {
    const retry = this.#retries.get(session);
    if (!retry) return;
    this.#retries.delete(session);
    this.#storage.dropRetry(retry.slot);
  }

  /** Forgets sessions that have timed out. */
  sweep(): void {
    const oldest = Date.now() - sessionTimeoutMinutes * 60_000;
    for (const [session, retry] of this.#retries) if (retry.at < oldest) this.forget(session);
  }
}

/** The key of a logical session; code 14 when it is none. */
export function sessionKey(lsid: unknown): string {
  const id = (lsid as { id?: { _bsontype?: string; buffer?: Uint8Array; position?: number } } | null)?.id;
  if (id?._bsontype !== 'Binary' || !id.buffer) throw mongoError(14, "BSON field 'lsid.id' must be a UUID");
  return Buffer.from(id.buffer.subarray(0, id.position)).toString('hex');
}
