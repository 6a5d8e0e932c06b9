import { type ChainHead, type JournalEvent } from '#libs/audit';
import { AggregateRepository, JournalReader, type OutboxSource } from '#libs/persistence';

/** The end of a chain and what of it waits for the journal, as the aggregate's own document has them. */
export interface ChainEnd {
  readonly type: string;
  readonly id: string;
  readonly head: ChainHead;
  readonly outbox: readonly JournalEvent[];
}

interface EndDocument {
  readonly _id: string;
  readonly journalHead?: ChainHead;
  readonly outbox?: readonly JournalEvent[];
}

/** Of a document that has been robbed of its own: unlike its chain, so a fault that is found and named. */
const noHead: ChainHead = { seq: 0, hash: null };

const endFields = { journalHead: 1, outbox: 1 } as const;

/** The chains of everything a service owns: its journal, and the documents whose journal it is. */
export class Chains {
  constructor(
    readonly journal: JournalReader,
    private readonly sources: () => readonly OutboxSource[],
  ) {}

  /** Types of aggregates, always in the same order. */
  get types(): string[] {
    return this.repositories().map(({ type }) => type);
  }

  /** The ends of some chains; those without a document are left out. */
  async ends(type: string, ids: readonly string[]): Promise<ChainEnd[]> {
    return this.find(type, { _id: { $in: [...ids] } }, ids.length);
  }

  /** The next documents of a type, in the order of their ids. */
  async endsAfter(
    type: string,
    id: string,
    limit: number,
    filter: Record<string, unknown> = {},
  ): Promise<ChainEnd[]> {
    return this.find(type, { $and: [{ _id: { $gt: id } }, filter] }, limit);
  }

  private async find(type: string, filter: unknown, limit: number): Promise<ChainEnd[]> {
    const repository = this.repositories().find((each) => each.type === type);
    if (!repository || limit === 0) return [];
    const documents = await repository.model.collection
      .find(filter as never, { projection: endFields })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return (documents as unknown as EndDocument[]).map(({ _id, journalHead = noHead, outbox = [] }) => ({
      type,
      id: _id,
      head: journalHead,
      outbox,
    }));
  }

  private repositories(): AggregateRepository<object>[] {
    return this.sources()
      .filter((source) => source instanceof AggregateRepository)
      .toSorted((a, b) => (a.type < b.type ? -1 : 1));
  }
}
