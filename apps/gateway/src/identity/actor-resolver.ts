import { resolveActor, serviceActor, type Actor } from '#libs/contracts';
import { type BusClient } from '#libs/messaging';

/** Milliseconds within which a changed or ended role takes effect. */
const remembered = 1000;
const rememberedActors = 10_000;
/** Leaves time for the operation itself within what a caller may have to wait. */
const bound = 2000;

/** Who a subject is here, asked of the directory at most once a second for each. */
export class ActorResolver {
  private readonly known = new Map<string, { readonly actor: Actor | null; readonly until: number }>();
  private readonly asking = new Map<string, Promise<Actor | null>>();

  constructor(private readonly bus: Pick<BusClient, 'ask'>) {}

  /** Null: unknown here. Errors: `unavailable` when the directory does not answer. */
  async resolve(subject: string): Promise<Actor | null> {
    const known = this.known.get(subject);
    if (known && performance.now() < known.until) return known.actor;
    const asking = this.asking.get(subject);
    if (asking) return asking;
    const question = this.ask(subject).finally(() => this.asking.delete(subject));
    this.asking.set(subject, question);
    return question;
  }

  private async ask(subject: string): Promise<Actor | null> {
    const { actor } = await this.bus.ask(
      resolveActor,
      { subject },
      { actor: serviceActor('gateway'), timeout: bound },
    );
    if (this.known.size >= rememberedActors) this.known.clear();
    this.known.set(subject, { actor, until: performance.now() + remembered });
    return actor;
  }
}
