import { type ActorStamp, type Idempotency } from '#libs/contracts';

/** Who changes, when, and under which key: recorded with every event. */
export interface WriteContext {
  readonly actor: ActorStamp;
  /** Product time. */
  readonly time: Date;
  /** Name of the command, which scopes the idempotency key. */
  readonly command: string;
  readonly idempotency?: Idempotency;
  readonly traceparent?: string;
}
