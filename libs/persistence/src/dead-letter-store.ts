import { createHash } from 'node:crypto';
import { type Collection, type Connection } from 'mongoose';
import {
  DomainError,
  rccCode,
  type DeadLetterView,
  type Page,
  type Paging,
  type RccCode,
} from '#libs/contracts';

interface DeadLetterDocument {
  _id: string;
  consumer: string;
  /** Text where it could not be read as an event. */
  event: Record<string, unknown> | string | null;
  /** The event's; absent where it names none, or cannot be read. */
  rcc?: RccCode;
  reason: string;
  deliveries: number;
  state: 'waiting' | 'replayed';
  at: Date;
  replayedAt: Date | null;
}

/** A service's events that one of its consumers could not take in: visible, and replayable. */
export class DeadLetterStore {
  private readonly collection: Collection<DeadLetterDocument>;

  constructor(connection: Connection) {
    this.collection = connection.collection<DeadLetterDocument>('dead-letters');
  }

  async put(letter: { consumer: string; event: unknown; reason: string; deliveries: number }): Promise<void> {
    const text = JSON.stringify(letter.event);
    const _id = createHash('sha256').update(`${letter.consumer} ${text}`).digest('hex').slice(0, 32);
    const event = letter.event !== null && typeof letter.event === 'object' ? letter.event : text;
    await this.collection.updateOne(
      { _id },
      {
        $set: {
          consumer: letter.consumer,
          event: event as DeadLetterDocument['event'],
          ...rccOf(event),
          reason: letter.reason,
          deliveries: letter.deliveries,
          state: 'waiting',
          at: new Date(),
          replayedAt: null,
        },
      },
      { upsert: true },
    );
  }

  /** `where`: a condition on the letter's `rcc`. */
  async list(where: Readonly<Record<string, unknown>>, paging: Paging): Promise<Page<DeadLetterView>> {
    const [documents, total] = await Promise.all([
      this.collection
        .find(where)
        .sort({ at: -1, _id: 1 })
        .skip((paging.page - 1) * paging.limit)
        .limit(paging.limit)
        .toArray(),
      this.collection.countDocuments(where),
    ]);
    return { items: documents.map(toView), page: { number: paging.page, limit: paging.limit, total } };
  }

  /** Whose it is. Errors: `not-found`. */
  async placeOf(id: string): Promise<{ readonly rcc?: RccCode }> {
    const letter = await this.collection.findOne({ _id: id });
    if (!letter) throw new DomainError('not-found');
    return letter.rcc === undefined ? {} : { rcc: letter.rcc };
  }

  /** Hands the event on again; it counts as replayed when `deliver` succeeds. Errors: `not-found`, `state-conflict`. */
  async replay(
    id: string,
    deliver: (consumer: string, event: unknown) => Promise<void>,
  ): Promise<DeadLetterView> {
    const letter = await this.collection.findOne({ _id: id });
    if (!letter) throw new DomainError('not-found');
    if (letter.state !== 'waiting') {
      throw new DomainError('state-conflict', {
        params: { command: 'replay', state: letter.state },
        extra: { allowed: [] },
      });
    }
    await deliver(letter.consumer, letter.event);
    const replayed = { state: 'replayed' as const, replayedAt: new Date() };
    await this.collection.updateOne({ _id: id }, { $set: replayed });
    return toView({ ...letter, ...replayed });
  }
}

function rccOf(event: unknown): { rcc?: RccCode } {
  const { data } = Object(event) as { data?: { rcc?: unknown } | null };
  const { success, data: rcc } = rccCode.safeParse(data?.rcc);
  return success ? { rcc } : {};
}

function toView(letter: DeadLetterDocument): DeadLetterView {
  const eventText = (name: string): string => {
    const value = typeof letter.event === 'string' ? undefined : letter.event?.[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    id: letter._id,
    consumer: letter.consumer,
    eventId: eventText('id'),
    eventType: eventText('type'),
    reason: letter.reason,
    deliveries: letter.deliveries,
    state: letter.state,
    at: letter.at.toISOString(),
    replayedAt: letter.replayedAt?.toISOString() ?? null,
    ...(letter.rcc !== undefined && { rcc: letter.rcc }),
  };
}
