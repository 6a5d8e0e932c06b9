import type { Storage } from './storage.ts';

/**
 * Group commit: everything that arrives in one turn of the event loop shares one COMMIT, and no reply
 * leaves before it. Reads of such a turn wait too, or they could show what a crash then takes back.
 */
export class CommitQueue {
  readonly #storage: Storage;
  #waiting: (() => void)[] = [];
  #scheduled = false;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Calls back once everything written so far is durable; at once when nothing is pending. */
  whenDurable(callback: () => void): void {
    if (!this.#storage.dirty && this.#waiting.length === 0) {
      callback();
      return;
    }
    this.#waiting.push(callback);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
  }

  /** Commits now and releases everyone waiting. */
  flush(): void {
    this.#scheduled = false;
    this.#storage.commit();
    const released = this.#waiting;
    this.#waiting = [];
    for (const callback of released) callback();
  }
}
