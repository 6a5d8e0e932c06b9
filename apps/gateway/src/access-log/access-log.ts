import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JournalEvent } from '#libs/audit';
import { accessBatchSize, accessRecorded, occurred, type AccessRecord, type NewEvent } from '#libs/contracts';
import { type Logger } from '#libs/platform';

/** Sends an event; resolves when it is safe, rejects when that is not known. */
export interface AccessPublisher {
  seal(aggregate: { type: string; id: string }, event: NewEvent): JournalEvent;
  send(event: JournalEvent): Promise<void>;
}

export interface AccessLogOptions {
  /** Milliseconds that records gather. */
  readonly gathering?: number;
  /** Records held at most while the bus is away; beyond them the newest are given up, and that is logged. */
  readonly bound?: number;
  /** Milliseconds after which a batch is sent again. */
  readonly pause?: number;
}

const closingBound = 3000;

/**
 * Gathers who read what and what was refused, and sends it in batches, each until the stream has it. Costs a
 * request nothing but a line in memory: what a crash takes with it is what gathered in the last second, which
 * stands in the log of requests too, but for refusals of a flood.
 */
export class AccessLog {
  private waiting: AccessRecord[] = [];
  /** Equal refusals of the batch that gathers. */
  private tooMany = new Map<string, AccessRecord>();
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private lost = 0;
  private isClosing = false;
  private readonly gathering: number;
  private readonly bound: number;
  private readonly pause: number;

  constructor(
    private readonly publisher: AccessPublisher,
    private readonly logger: Logger,
    { gathering = 1000, bound = 20_000, pause = 500 }: AccessLogOptions = {},
  ) {
    this.gathering = gathering;
    this.bound = bound;
    this.pause = pause;
  }

  add(record: AccessRecord): void {
    const isTooMany = record.status === 429;
    // Not by what was asked for: whoever floods names as many things as it likes.
    const key = `${record.actor} ${record.operation}`;
    if (isTooMany && this.isCounted(key, record)) return;
    if (this.waiting.length >= this.bound) {
      this.lost += 1;
      return;
    }
    this.waiting.push(record);
    if (isTooMany) this.tooMany.set(key, record);
    if (this.waiting.length >= accessBatchSize) this.sendSoon();
    else this.timer ??= setTimeout(() => this.sendSoon(), this.gathering);
  }

  /** Sends what waits, for a few seconds at most. */
  async close(): Promise<void> {
    this.sendSoon();
    const bound = new AbortController();
    await Promise.race([
      this.sending,
      sleep(closingBound, undefined, { signal: bound.signal }).catch(() => undefined),
    ]);
    bound.abort();
    this.isClosing = true;
    if (this.waiting.length > 0)
      this.logger.error({ records: this.waiting.length }, 'access records are lost');
  }

  /** A flood of refusals becomes one line with its number. */
  private isCounted(key: string, { id }: AccessRecord): boolean {
    const known = this.tooMany.get(key);
    if (!known) return false;
    Object.assign(known, { times: known.times + 1, id: known.id === id ? id : null });
    return true;
  }

  private sendSoon(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sending ??= this.sendAll().finally(() => (this.sending = undefined));
  }

  private async sendAll(): Promise<void> {
    // Until nothing waits: what comes in meanwhile goes along.
    while (this.waiting.length > 0) {
      const records = this.waiting.slice(0, accessBatchSize);
      // From here on they are as they are.
      this.tooMany.clear();
      const batchId = randomUUID();
      const event = this.publisher.seal(
        { type: accessRecorded.aggregate, id: batchId },
        occurred(accessRecorded, { batchId, records }),
      );
      if (!(await this.sent(event))) return;
      this.waiting.splice(0, records.length);
      if (this.lost > 0) this.logger.error({ records: this.lost }, 'access records were lost');
      this.lost = 0;
    }
  }

  /** Again and again, until the stream has it; false when the process ends first. */
  private async sent(event: JournalEvent): Promise<boolean> {
    for (let attempt = 1; !this.isClosing; attempt += 1) {
      try {
        await this.publisher.send(event);
        return true;
      } catch (error) {
        if (attempt === 1) this.logger.warn({ err: error }, 'access records wait for the bus');
        await sleep(this.pause, undefined, { ref: false });
      }
    }
    return false;
  }
}
