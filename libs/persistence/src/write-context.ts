import { createHash } from 'node:crypto';
import { type ActorStamp, type Idempotency } from '#libs/contracts';

/** Who changes, when, and under which key: recorded with every event. */
export interface WriteContext {
  readonly actor: ActorStamp;
  /** Product time. */
  readonly time: Date;
  /** Name of the command. */
  readonly command: string;
  readonly idempotency?: Idempotency;
  readonly traceparent?: string;
}

/**
 * The key as it is remembered and recorded. It belongs to the caller who chose it: the same word from
 * another caller is another key. Hashed, since a caller may put anything into it. Null without a key.
 */
export function scopedKey({ actor, idempotency }: WriteContext): string | null {
  if (!idempotency) return null;
  return createHash('sha256')
    .update(JSON.stringify([actor.id, idempotency.key]))
    .digest('base64url');
}
