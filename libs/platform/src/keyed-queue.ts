/**
 * Lets work on the same key wait its turn within this process. Other processes are held off by the
 * revision in the database; this only spares the collisions that would be lost anyway.
 */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<unknown>>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key);
    const turn = before ? before.then(work, work) : work();
    const tail = turn.catch(() => undefined);
    this.tails.set(key, tail);
    try {
      return await turn;
    } finally {
      if (this.tails.get(key) === tail) this.tails.delete(key);
    }
  }
}
