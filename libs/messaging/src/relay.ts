import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { type JournalEvent } from '#libs/audit';
import {
  eventSubject,
  sourceOf,
  type CallerName,
  type EventEnvelope,
  type ServiceName,
} from '#libs/contracts';
import { failPoint, type Logger } from '#libs/platform';
import { type OutboxSource } from '#libs/persistence';
import { type Bus } from './connection.ts';

interface Parcel {
  readonly source: OutboxSource;
  readonly id: string;
  readonly events: JournalEvent[];
}

const batchSize = 256;
const remembered = 4096;
/** Milliseconds that events gather before they go together: one round trip for many instead of one each. */
const gathering = 40;
/** From this many events on, one atomic batch is cheaper for the server than single messages. */
const batchFrom = 16;
/** The server's own bound on an atomic batch. */
const largestBatch = 1000;

/**
 * Takes stored events to the journal and the stream, in order within each aggregate, and strikes them
 * out of the outbox. Moments after the write; {@link sweep} finishes what a crash or an outage left.
 * Repeating any step is harmless: the journal has the event's id, the stream refuses doubles of it and
 * consumers look at the id themselves.
 */
export class Relay {
  private queue: Parcel[] = [];
  private working: Promise<void> | undefined;
  private hurry: (() => void) | undefined;
  private readonly sources = new Map<string, OutboxSource>();
  /** Ids of the latest events that the stream has taken: those still seen in an outbox only await removal. */
  private readonly sent = new Set<string>();

  constructor(
    private readonly bus: Bus,
    private readonly service: ServiceName,
    private readonly journal: { append(events: readonly JournalEvent[]): Promise<void> },
    private readonly logger: Logger,
  ) {}

  add(source: OutboxSource): void {
    this.sources.set(source.type, source);
  }

  /** Everything that has an outbox here. */
  get owned(): readonly OutboxSource[] {
    return [...this.sources.values()];
  }

  /** Makes the collections of everything that has an outbox here. */
  async prepare(): Promise<void> {
    for (const source of this.sources.values()) await source.prepare();
  }

  enqueue(
    aggregate: { type: string; id: string },
    events: readonly JournalEvent[],
    before: readonly JournalEvent[] = [],
  ): void {
    const source = this.sources.get(aggregate.type);
    if (!source) throw new Error(`no relay source for ${aggregate.type}`);
    if (events.length === 0) return;
    this.queue.push({ source, id: aggregate.id, events: [...before, ...events] });
    this.working ??= this.work();
  }

  /** Forwards what waits in this process without gathering more, and resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.working) {
      this.hurry?.();
      await this.working;
    }
  }

  /** Takes up events older than `age` milliseconds that still wait. Returns how many it found. */
  async sweep(age: number): Promise<number> {
    let found = 0;
    for (const source of this.sources.values()) {
      const left = await source.left(new Date(Date.now() - age), batchSize);
      for (const { id, events } of left) {
        found += events.length;
        this.queue.push({ source, id, events });
      }
    }
    if (this.queue.length > 0) this.working ??= this.work();
    await this.idle();
    return found;
  }

  private async work(): Promise<void> {
    while (this.queue.length > 0) {
      await this.gather();
      const parcels = merge(this.queue.splice(0, batchSize));
      try {
        await this.forward(parcels);
      } catch (error) {
        // The events are safe in their outboxes: the sweep takes them up when the way is open again.
        this.logger.warn({ err: error, parcels: parcels.length }, 'events wait in the outbox');
      }
    }
    this.working = undefined;
  }

  private async gather(): Promise<void> {
    if (this.queue.length >= batchSize) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, gathering);
      this.hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.hurry = undefined;
  }

  private async forward(parcels: readonly Parcel[]): Promise<void> {
    const recorded = await this.record(parcels);
    failPoint('relay.before-publish');
    await this.publishTogether(recorded.flatMap((parcel) => this.unsent(parcel)));
    const outcomes = await Promise.allSettled(recorded.map((parcel) => this.publish(this.unsent(parcel))));
    failPoint('relay.before-removal');
    for (const source of this.sources.values()) {
      const own = recorded.filter((parcel) => parcel.source === source);
      const done = own.map(({ id, events }) => ({
        id,
        events: events.slice(0, this.sentOf(events)),
        all: events.length,
      }));
      // One that cannot be published must not hold up the others, nor what came before it.
      const struck = done.filter(({ events, all }) => events.length > 0 || all === 0);
      if (struck.length > 0) await source.strike(struck);
    }
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Takes events to the journal; those of a parcel that the journal refuses stay behind alone. */
  private async record(parcels: readonly Parcel[]): Promise<readonly Parcel[]> {
    const append = (some: readonly Parcel[]): Promise<void> =>
      this.journal.append(some.flatMap((parcel) => this.unsent(parcel)));
    try {
      await append(parcels);
      return parcels;
    } catch (error) {
      if (parcels.length === 1) throw error;
      this.logger.warn({ err: error, parcels: parcels.length }, 'the journal refuses events');
      const outcomes = await Promise.allSettled(parcels.map((parcel) => append([parcel])));
      return parcels.filter((_parcel, index) => outcomes[index]?.status === 'fulfilled');
    }
  }

  private unsent(parcel: Parcel): JournalEvent[] {
    return parcel.events.filter((event) => !this.sent.has(event.id));
  }

  /** How many events, from the front, the stream has. */
  private sentOf(events: readonly JournalEvent[]): number {
    const first = events.findIndex((event) => !this.sent.has(event.id));
    return first < 0 ? events.length : first;
  }

  /**
   * Many events in one atomic batch: all are stored or none, with one acknowledgement. What a refused batch
   * leaves goes one by one. A batch is not checked for doubles by the server; consumers know them by id.
   */
  private async publishTogether(events: readonly JournalEvent[]): Promise<void> {
    const [first, ...rest] = events;
    const last = rest.pop();
    if (!first || !last || events.length < batchFrom || events.length > largestBatch) return;
    try {
      const batch = await this.bus.jetstream.startBatch(...this.messageOf(first));
      for (const event of rest) batch.add(...this.messageOf(event));
      await batch.commit(...this.messageOf(last));
      for (const event of events) this.markSent(event);
    } catch (error) {
      this.logger.warn(
        { err: error, events: events.length },
        'a batch was refused, its events go one by one',
      );
    }
  }

  /** One after the other: a later event must not overtake one that failed. */
  private async publish(events: readonly JournalEvent[]): Promise<void> {
    for (const event of events) {
      await this.bus.jetstream.publish(...this.messageOf(event));
      this.markSent(event);
    }
  }

  private messageOf(
    event: JournalEvent,
  ): [string, string, { msgID: string; headers: MsgHdrs; timeout: number }] {
    const metadata = headers();
    if (event.traceparent) metadata.set('traceparent', event.traceparent);
    const subject = eventSubject(this.service, event.type);
    const payload = JSON.stringify(toEnvelope(this.service, event));
    return [subject, payload, { msgID: event.id, headers: metadata, timeout: 2000 }];
  }

  private markSent(event: JournalEvent): void {
    this.sent.add(event.id);
    for (const oldest of this.sent) {
      if (this.sent.size <= remembered) break;
      this.sent.delete(oldest);
    }
  }
}

/** Events of one aggregate that were queued by different writes travel in one parcel, in order. */
function merge(parcels: readonly Parcel[]): Parcel[] {
  const merged = new Map<string, Parcel>();
  for (const parcel of parcels) {
    const key = `${parcel.source.type} ${parcel.id}`;
    const known = merged.get(key);
    if (!known) {
      merged.set(key, { ...parcel, events: [...parcel.events] });
      continue;
    }
    const ids = new Set(known.events.map((event) => event.id));
    known.events.push(...parcel.events.filter((event) => !ids.has(event.id)));
    known.events.sort((a, b) => a.seq - b.seq);
  }
  return [...merged.values()];
}

/** What leaves the service: everything but the private part. */
export function toEnvelope(service: CallerName, event: JournalEvent): EventEnvelope {
  return {
    specversion: '1.0',
    id: event.id,
    source: sourceOf(service),
    type: event.type,
    subject: `${event.aggregate.type}/${event.aggregate.id}`,
    time: event.time,
    datacontenttype: 'application/json',
    ...(event.traceparent !== null && { traceparent: event.traceparent }),
    dataversion: event.version,
    aggregatetype: event.aggregate.type,
    aggregateid: event.aggregate.id,
    revision: event.revision,
    sequence: event.seq,
    prevhash: event.prevHash,
    hash: event.hash,
    privatehash: event.privateHash,
    actor: event.actor,
    idempotencykey: event.idempotencyKey,
    data: event.data,
  };
}
