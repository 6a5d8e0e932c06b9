import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that a refusal is held at least. */
const shortest = 100;
/** Refusals told in a second, as long as not too many are held. */
const pace = 640;
/** As many as are told in a second, so that none is held for longer. */
const heldAtMost = pace;

/**
 * Milliseconds for which a refusal is held.
 *
 * @param held how many are, with this one
 */
export const holdOf = (held: number): number => Math.max(shortest, (held * 1000) / pace);

/**
 * Holds refusals back before they are told. Whoever waits for an answer before asking anew is kept by it from
 * asking thousands of times a second, the longer the more connections are used for it.
 */
export class Refusals {
  private held = 0;

  /** Resolves after a moment; at once where too many are held already: each costs some memory. */
  async hold(): Promise<void> {
    if (this.held >= heldAtMost) return;
    this.held += 1;
    await sleep(holdOf(this.held));
    this.held -= 1;
  }
}
