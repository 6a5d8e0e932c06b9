import { type ChainHead, type JournalEvent } from '#libs/audit';
import {
  AggregateRepository,
  JournalReader,
  type AggregateDocument,
  type OutboxSource,
} from '#libs/persistence';

/** The end of a chain and what of it waits for the journal, as the aggregate's own document has them. */
export interface ChainEnd {
  readonly type: string;
  readonly id: string;
  readonly head: ChainHead;
  readonly outbox: readonly JournalEvent[];
}

/** The same with what the document says, to be held against what the chain says of it. */
export interface WholeEnd extends ChainEnd {
  /** Salted hash; null: the document has no salt, as before the first change whose event speaks of it. */
  readonly content: string | null;
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

  /** The same as {@link ends}, with what the documents say. */
  async whole(type: string, ids: readonly string[]): Promise<WholeEnd[]> {
    return this.findWhole(type, { _id: { $in: [...ids] } }, ids.length);
  }

  /** The same as {@link endsAfter}, with what the documents say. */
  async wholeAfter(type: string, id: string, limit: number): Promise<WholeEnd[]> {
    return this.findWhole(type, { _id: { $gt: id } }, limit);
  }

  private async find(type: string, filter: unknown, limit: number): Promise<ChainEnd[]> {
    const documents = await this.read(type, filter, limit, endFields);
    return documents.map((document) => toEnd(type, document));
  }

  private async findWhole(type: string, filter: unknown, limit: number): Promise<WholeEnd[]> {
    const repository = this.repositoryOf(type);
    const documents = await this.read(type, filter, limit, { keys: 0 });
    return documents.flatMap((document) => {
      if (!repository) return [];
      const content = repository.contentHashOf(document as unknown as AggregateDocument);
      return [{ ...toEnd(type, document), content }];
    });
  }

  private async read(
    type: string,
    filter: unknown,
    limit: number,
    projection: Readonly<Record<string, 0 | 1>>,
  ): Promise<EndDocument[]> {
    const repository = this.repositoryOf(type);
    if (!repository || limit === 0) return [];
    const documents = await repository.model.collection
      .find(filter as never, { projection })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return documents as unknown as EndDocument[];
  }

  private repositoryOf(type: string): AggregateRepository<object> | undefined {
    return this.repositories().find((each) => each.type === type);
  }

  private repositories(): AggregateRepository<object>[] {
    return this.sources()
      .filter((source) => source instanceof AggregateRepository)
      .toSorted((a, b) => (a.type < b.type ? -1 : 1));
  }
}

/** The salt beside the head is for nobody else. */
function toEnd(type: string, { _id, journalHead = noHead, outbox = [] }: EndDocument): ChainEnd {
  return { type, id: _id, head: { seq: journalHead.seq, hash: journalHead.hash }, outbox };
}
