import { createHash } from 'node:crypto';
import { type Collection, type Connection } from 'mongoose';
import { DomainError, type DeadLetterView, type Page, type Paging } from '#libs/contracts';

interface DeadLetterDocument {
  _id: string;
  consumer: string;
  /** Text where it could not be read as an event. */
  event: Record<string, unknown> | string | null;
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

  async list(paging: Paging): Promise<Page<DeadLetterView>> {
    const [documents, total] = await Promise.all([
      this.collection
        .find({})
        .sort({ at: -1, _id: 1 })
        .skip((paging.page - 1) * paging.limit)
        .limit(paging.limit)
        .toArray(),
      this.collection.countDocuments({}),
    ]);
    return { items: documents.map(toView), page: { number: paging.page, limit: paging.limit, total } };
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
  };
}
