import { type Actor, type RccCode } from '#libs/contracts';
import { type Trace } from '#libs/platform';
import { type Request } from './fastify.ts';

/** What the gateway knows of a request from when it comes in. */
export interface Entry {
  readonly trace: Trace;
  /** Monotonic milliseconds by which the caller must have an answer. */
  readonly answerBy: number;
  /** As the token or session names the caller; set before anything else is known of whom it is. */
  subject?: string;
  /** Set once the caller is known. */
  actor?: Actor;
  /** Lets the next request of the caller's tenant go on. */
  endTurn?: (() => void) | undefined;
  /** What was answered instead of what was asked for. */
  problem?: string;
  /** The RCC whose things the answer tells of, as far as it says so. */
  rccs?: readonly RccCode[];
  /** Places in the body with a key that no object may have. */
  poisoned?: readonly string[];
}

const entries = new WeakMap<object, Entry>();

export function setEntry(request: Request, entry: Entry): void {
  entries.set(request.raw, entry);
}

/** Undefined for what never came as far as the hooks: a request that could not be read. */
export function entryOf(request: Request): Entry | undefined {
  return entries.get(request.raw);
}
