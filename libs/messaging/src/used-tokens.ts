import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { usedTokens } from '#libs/bus-setup';
import { type ServiceName } from '#libs/contracts';
import { type Bus } from './connection.ts';

// Milliseconds. Who asks has a bound of its own, mostly shorter: a busy machine is not to refuse for it.
const bound = 10_000;

/** Somebody has taken it; or is just taking it, in a cluster, where the server cannot yet say how far that is. */
const taken: ReadonlySet<number> = new Set([
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
]);

/**
 * Remembers for all replicas of a service, and over their restarts, which messages have been acted on: the
 * server keeps one mark per message and refuses the second, whoever sets it.
 */
export class UsedTokens {
  constructor(
    private readonly bus: Bus,
    private readonly service: ServiceName,
  ) {}

  /** True for the first who takes it. Errors: those of NATS; then it may be taken, and must not be acted on. */
  async take(id: string): Promise<boolean> {
    try {
      await this.bus.jetstream.publish(usedTokens.subjectOf(this.service, id), '', {
        // Beside the stream's own bound, whose error has no number of its own.
        expect: { lastSubjectSequence: 0 },
        timeout: bound,
      });
      return true;
    } catch (error) {
      if (error instanceof JetStreamApiError && taken.has(error.code)) return false;
      throw error;
    }
  }
}
