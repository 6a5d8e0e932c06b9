import { uuidv7 } from 'uuidv7';
import { hashOf, type JournalEvent } from '#libs/audit';
import { eventSubject, serviceActor, type CallerName, type NewEvent } from '#libs/contracts';
import { type Bus } from './connection.ts';
import { toEnvelope } from './relay.ts';

/**
 * Publishes events of a process that keeps no journal: each is a thing of its own, the first and only link of
 * its chain. What must not be lost with the process belongs into an outbox instead.
 */
export class EventPublisher {
  private readonly actor: JournalEvent['actor'];

  constructor(
    private readonly bus: Bus,
    private readonly owner: CallerName,
  ) {
    const { id, kind } = serviceActor(owner);
    this.actor = { id, kind };
  }

  /** An event ready to be sent, also more than once. */
  seal(aggregate: { type: string; id: string }, { type, version, data }: NewEvent): JournalEvent {
    const link = {
      id: uuidv7(),
      type,
      version,
      time: new Date().toISOString(),
      seq: 1,
      prevHash: null,
      aggregate,
      revision: 1,
      actor: this.actor,
      idempotencyKey: null,
      traceparent: null,
      data: JSON.parse(JSON.stringify(data)) as Record<string, unknown>,
      privateHash: null,
    };
    return { ...link, hash: hashOf(link), private: null };
  }

  /** Resolves when the stream has it. Sending again is harmless: the stream knows the event by its id. */
  async send(event: JournalEvent): Promise<void> {
    const payload = JSON.stringify(toEnvelope(this.owner, event));
    await this.bus.jetstream.publish(eventSubject(this.owner, event.type), payload, {
      msgID: event.id,
      timeout: 2000,
    });
  }
}
