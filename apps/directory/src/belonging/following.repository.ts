import { AggregateRepository, type AggregateDocument, type Stored } from '#libs/persistence';

/**
 * Aggregates that carry the RCC to which they belong, for the filters of the access table. It follows from
 * their other fields, from the regions' memberships and from the day, so it is no change of the aggregate:
 * neither revision nor journal move, and whoever holds an ETag still may use it. The fields that follow must be
 * named as such to the repository, or what is written here looks like a change made past the service.
 */
export class FollowingRepository<State extends object> extends AggregateRepository<State> {
  /** What lets `filter` through, one by one: there may be many. */
  async *each(filter: Record<string, unknown>): AsyncGenerator<Stored<State>> {
    const fields = { outbox: 0, keys: 0 };
    for await (const document of this.model
      .find(filter as never, fields)
      .lean()
      .cursor()) {
      yield this.toStored(document as unknown as AggregateDocument & State);
    }
  }

  /** Writes what follows from what was read. False when the aggregate, or what was written here, has moved on. */
  async follow(stored: Stored<State>, derived: Partial<State>): Promise<boolean> {
    const before = Object.keys(derived).map((name) => [
      name,
      (stored.state as Record<string, unknown>)[name] ?? null,
    ]);
    const { matchedCount } = await this.model.collection.updateOne(
      { _id: stored.id, revision: stored.revision, ...Object.fromEntries(before) } as never,
      { $set: derived },
    );
    return matchedCount === 1;
  }
}
