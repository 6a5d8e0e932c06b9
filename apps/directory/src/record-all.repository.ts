import { isDeepStrictEqual } from 'node:util';
import { DomainError, type NewEvent } from '#libs/contracts';
import { type AggregateRepository, type WriteContext } from '#libs/persistence';

/**
 * Makes stored aggregates like the given ones: missing ones are created, differing ones changed, equal
 * ones left alone. Safe to run in several replicas at once.
 */
export async function recordAll<State extends object>(
  repository: AggregateRepository<State>,
  states: readonly State[],
  idOf: (state: State) => string,
  eventOf: (state: State) => NewEvent,
  context: WriteContext,
): Promise<void> {
  const record = async (state: State): Promise<void> => {
    const change = { state, events: [eventOf(state)] };
    const stored = await repository.find(idOf(state));
    if (!stored) {
      try {
        await repository.create(idOf(state), change, context);
        return;
      } catch (error) {
        // Another replica was first: compare with what it wrote.
        if (!(error instanceof DomainError && error.code === 'already-exists')) throw error;
      }
    }
    await repository.change(idOf(state), {
      authorize: () => context,
      decide: (current) =>
        isDeepStrictEqual(current.state, state) ? { state: current.state, events: [] } : change,
    });
  };
  await Promise.all(states.map(record));
}
