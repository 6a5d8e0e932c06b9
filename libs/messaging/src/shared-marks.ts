import { setTimeout as sleep } from 'node:timers/promises';
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import { type Bus } from './connection.ts';

export interface SharedMarksOptions {
  /** Name of the bucket. */
  readonly bucket: string;
  /** How long a mark counts, in milliseconds. */
  readonly ttl: number;
  /** Servers that keep a copy, where the bucket is made here. */
  readonly replicas?: number;
}

interface Mark {
  readonly value: string;
  /** Monotonic milliseconds. */
  readonly until: number;
  /** Where in the bucket it was set; 0: not known to lie there. */
  readonly revision: number;
}

/** What clocks may differ, in milliseconds: better a mark that counts too long than one that does not. */
const tolerance = 300_000;
/** How long the marks set earlier may take to arrive at the start, in milliseconds. */
const firstBound = 5000;
const pauseBetweenAttempts = 250;
const sweepEvery = 60_000;
/** Milliseconds that {@link SharedMarks.replace} may take: a request waits, which can go on without. */
const replaceWithin = 1000;

/**
 * Marks that all replicas of a process hold in memory: set by one, known to the others within moments, and
 * to those that start later. Kept in a key-value bucket of JetStream until they run out. Reading costs
 * nothing, which is what makes it fit for a question that every request asks.
 *
 * Keys consist of letters, digits and `-_=./`; hash what may hold anything else, and what is personal.
 */
export class SharedMarks {
  private readonly marks = new Map<string, Mark>();
  private following: { stop(): void } | undefined;
  private closed = false;
  private sweepAt = performance.now() + sweepEvery;

  private constructor(
    private readonly store: KV,
    private readonly ttl: number,
  ) {}

  /**
   * Opens the bucket and waits until what was marked before is known here. Makes it first, or where that is
   * the administrator's, looks. Errors: those of NATS, also while the bucket is not there yet.
   */
  static async open(bus: Bus, options: SharedMarksOptions): Promise<SharedMarks> {
    const { bucket, ttl, replicas = 1 } = options;
    const buckets = new Kvm(bus.jetstream);
    const store = bus.isProvisioned
      ? await buckets.open(bucket)
      : await buckets.create(bucket, { ttl, replicas, history: 1 });
    if (!bus.isProvisioned) await adjustAge(bus, bucket, ttl);
    const shared = new SharedMarks(store, ttl);
    await shared.follow();
    return shared;
  }

  /** A mark's value; undefined: never set, or run out. */
  get(key: string): string | undefined {
    const mark = this.marks.get(key);
    return mark && performance.now() < mark.until ? mark.value : undefined;
  }

  /** Sets a mark. Here it counts at once; rejects when the others cannot be told. */
  async set(key: string, value: string): Promise<void> {
    this.remember(key, { value, revision: this.revisionOf(key) });
    await this.store.put(key, value);
  }

  /**
   * Sets a mark, provided that nobody has set it since it became what it is here. False: somebody has, of which
   * this replica will hear in a moment, and nothing was set. So of several replicas that want to take the
   * same step, one does. Rejects when that cannot be known, in which case it may have been set or not.
   */
  async replace(key: string, value: string): Promise<boolean> {
    const options = { previousSeq: this.revisionOf(key), timeout: replaceWithin };
    try {
      const revision = await this.store.put(key, value, options);
      if (revision > this.revisionOf(key)) this.remember(key, { value, revision });
      return true;
    } catch (error) {
      if (isOvertaken(error)) return false;
      throw error;
    }
  }

  close(): void {
    this.closed = true;
    this.following?.stop();
  }

  private revisionOf(key: string): number {
    return this.marks.get(key)?.revision ?? 0;
  }

  /** `age`: milliseconds since it was set. */
  private remember(key: string, mark: Pick<Mark, 'value' | 'revision'>, age = 0): void {
    const now = performance.now();
    if (now > this.sweepAt) {
      this.sweepAt = now + sweepEvery;
      for (const [known, { until }] of this.marks) if (until < now) this.marks.delete(known);
    }
    this.marks.set(key, { ...mark, until: now + this.ttl - Math.max(0, age) });
  }

  /** Takes in everything set so far and then what is set; resolves when the former is known. */
  private async follow(): Promise<void> {
    const { streamInfo } = await this.store.status();
    const { messages, last_seq: newest } = streamInfo.state;
    const entries = await this.store.watch();
    this.following = entries;
    if (this.closed) entries.stop();
    let caughtUp: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (caughtUp = resolve));
    if (messages === 0) caughtUp();
    const ended = (async () => {
      for await (const entry of entries) {
        if (entry.operation === 'PUT') {
          const age = Date.now() - entry.created.getTime() - tolerance;
          this.remember(entry.key, { value: entry.string(), revision: entry.revision }, age);
        } else this.marks.delete(entry.key);
        if (entry.revision >= newest || entry.delta === 0) caughtUp();
      }
    })().catch(() => undefined);
    const bound = new AbortController();
    const giveUp = (): never => {
      throw new Error('the shared marks do not arrive');
    };
    try {
      const tooLate = sleep(firstBound, undefined, { signal: bound.signal });
      await Promise.race([first, tooLate.then(giveUp), ended.then(giveUp)]);
    } catch (error) {
      entries.stop();
      throw error;
    } finally {
      bound.abort();
    }
    void ended.then(() => this.followAgain());
  }

  /** The watch ended, though nobody closed it: from the beginning, for something may have been missed. */
  private async followAgain(): Promise<void> {
    while (!this.closed) {
      await sleep(pauseBetweenAttempts, undefined, { ref: false });
      if (this.closed) return;
      try {
        await this.follow();
        return;
      } catch {
        // Not there yet, or away again.
      }
    }
  }
}

function isOvertaken(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence;
}

/** An existing bucket keeps the age it was made with; a changed configuration is to count all the same. */
async function adjustAge(bus: Bus, bucket: string, ttl: number): Promise<void> {
  const manager = await bus.manager();
  const { config } = await manager.streams.info(`KV_${bucket}`);
  const age = ttl * 1_000_000;
  if (config.max_age !== age) await manager.streams.update(config.name, { max_age: age });
}
