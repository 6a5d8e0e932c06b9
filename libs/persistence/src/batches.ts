/** Flushes under way at once: while these run, what comes in gathers for the next. */
const atOnce = 2;
const largest = 128;

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Lets requests that come in at the same moment share one round trip. A lone request goes at once; under
 * load the batches grow by themselves, since what arrives while two flushes are under way waits for the next.
 * `flush` answers each item in order; an `Error` in its place rejects that item alone.
 */
export class Batches<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private flushing = 0;
  private isScheduled = false;

  constructor(private readonly flush: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isScheduled || this.flushing >= atOnce || this.waiting.length === 0) return;
    this.isScheduled = true;
    // After the other requests that are ready in this turn of the event loop.
    setImmediate(() => {
      this.isScheduled = false;
      void this.run(this.waiting.splice(0, largest));
      this.schedule();
    });
  }

  private async run(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    this.flushing += 1;
    try {
      const results = await this.flush(batch.map(({ item }) => item));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index];
        if (result instanceof Error) reject(result);
        else resolve(result as Result);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.flushing -= 1;
      this.schedule();
    }
  }
}
