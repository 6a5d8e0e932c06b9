import { resolveActor, serviceActor, type Actor } from '#libs/contracts';
import { type BusClient } from '#libs/messaging';

/**
 * Milliseconds for which an answer is used, counted from its question. A role taken away and a client that
 * was ended are to be out within one second; this leaves half of it for the rest of the way.
 */
const remembered = 500;
const rememberedActors = 10_000;
/** Leaves time for the operation itself within what a caller may have to wait. */
const bound = 2000;

interface Question {
  readonly askedAt: number;
  readonly answer: Promise<Actor | null>;
}

/** Who a subject is here, asked of the directory at most twice a second for each. */
export class ActorResolver {
  private readonly known = new Map<string, { readonly actor: Actor | null; readonly askedAt: number }>();
  private readonly asking = new Map<string, Question>();

  constructor(private readonly bus: Pick<BusClient, 'ask'>) {}

  /** Null: unknown here. Errors: `unavailable` when the directory does not answer. */
  async resolve(subject: string): Promise<Actor | null> {
    const known = this.known.get(subject);
    if (known && isRecent(known.askedAt)) return known.actor;
    const asking = this.asking.get(subject);
    // A slow answer may tell of how things were before a change that everybody else knows by now.
    if (asking && isRecent(asking.askedAt)) return asking.answer;
    const askedAt = performance.now();
    const answer = this.ask(subject, askedAt).finally(() => {
      if (this.asking.get(subject)?.askedAt === askedAt) this.asking.delete(subject);
    });
    this.asking.set(subject, { askedAt, answer });
    return answer;
  }

  private async ask(subject: string, askedAt: number): Promise<Actor | null> {
    const { actor } = await this.bus.ask(
      resolveActor,
      { subject },
      { actor: serviceActor('gateway'), timeout: bound },
    );
    const later = this.known.get(subject);
    if (later && later.askedAt > askedAt) return actor;
    if (this.known.size >= rememberedActors) this.known.clear();
    this.known.set(subject, { actor, askedAt });
    return actor;
  }
}

function isRecent(askedAt: number): boolean {
  return performance.now() - askedAt < remembered;
}
