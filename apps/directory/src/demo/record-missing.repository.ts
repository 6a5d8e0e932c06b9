import { DomainError, type NewEvent } from '#libs/contracts';
import { type AggregateRepository, type WriteContext } from '#libs/persistence';

/**
 * Creates aggregates that are not there yet and leaves the others as they are: what has been changed through
 * the API stays changed. What lacks one of the fields named in `expected` was stored by a version before them
 * and is replaced. Safe to run in several replicas at once.
 */
export async function recordMissing<State extends object>(
  repository: AggregateRepository<State>,
  wanted: readonly { readonly id: string; readonly state: State; readonly event: NewEvent }[],
  expected: readonly (keyof State & string)[],
  context: WriteContext,
): Promise<void> {
  const record = async (id: string, state: State, event: NewEvent): Promise<void> => {
    const stored = await repository.find(id);
    const change = { state, events: [event] };
    const isOfToday = (held: State) => expected.every((name) => held[name] !== undefined);
    if (stored && isOfToday(stored.state)) return;
    if (stored) {
      const kept = (held: State) => (isOfToday(held) ? { state: held, events: [] } : change);
      await repository.change(id, { authorize: () => context, decide: (found) => kept(found.state) });
      return;
    }
    try {
      await repository.create(id, change, context);
    } catch (error) {
      // Another replica was first.
      if (!(error instanceof DomainError && error.code === 'already-exists')) throw error;
    }
  };
  await Promise.all(wanted.map(({ id, state, event }) => record(id, state, event)));
}
