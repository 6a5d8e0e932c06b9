import { Inject, Injectable } from '@nestjs/common';
import { type Collection, type Connection } from 'mongoose';
import {
  CompactRange,
  emptyRoot,
  joined,
  logLeafHash,
  subtreesOf,
  type Digest,
  type LeafRange,
  type LogLeaf,
} from '#libs/audit';
import { CONNECTION } from '#libs/service';

interface LeafDocument extends LogLeaf {
  /** Index in the log, from 0. */
  readonly _id: number;
  /** Roots of the complete subtrees that end with this leaf, from the leaf's own hash upwards. */
  readonly hashes: readonly Digest[];
}

const duplicateKey = 11000;

/** Somebody else is adding leaves: whoever was second gives way. */
export class LogBusy extends Error {}

/**
 * The entries of the log, in one collection that only grows: an index is given once, so of two replicas that
 * add at the same time one is refused. Each leaf brings the hashes of the subtrees it completes, so that a root
 * or a proof of any size costs a handful of reads.
 */
@Injectable()
export class LeafRepository {
  private readonly collection: Collection<LeafDocument>;

  constructor(@Inject(CONNECTION) connection: Connection) {
    this.collection = connection.collection<LeafDocument>('leaves');
  }

  async prepare(): Promise<void> {
    // Unique: a link has one place in the log.
    await this.collection.createIndex(
      { aggregateId: 1, seq: 1, service: 1, aggregateType: 1 },
      { unique: true },
    );
  }

  /** How many leaves the log has. */
  async size(): Promise<number> {
    const [last] = await this.collection
      .find({}, { projection: { _id: 1 } })
      .sort({ _id: -1 })
      .limit(1)
      .toArray();
    return last ? last._id + 1 : 0;
  }

  /** The log as it is, ready for more leaves. */
  async range(size: number): Promise<CompactRange> {
    return new CompactRange(size, await this.hashesOf({ from: 0, to: size }));
  }

  /** Adds leaves behind those in `range`. Errors: {@link LogBusy}. */
  async append(range: CompactRange, leaves: readonly LogLeaf[]): Promise<void> {
    if (leaves.length === 0) return;
    const documents = leaves.map((leaf) => ({
      _id: range.size,
      ...leaf,
      hashes: range.append(logLeafHash(leaf)),
    }));
    try {
      // In order: whatever stops it, the log has no gap.
      await this.collection.insertMany(documents, { ordered: true });
    } catch (error) {
      if ((error as { code?: unknown }).code === duplicateKey)
        throw new LogBusy('the log has grown meanwhile');
      throw error;
    }
  }

  /** The newest leaf of each of these chains of a service, by type and id. */
  async newestOf(
    service: string,
    chains: readonly { readonly type: string; readonly id: string }[],
  ): Promise<Map<string, LogLeaf>> {
    const leaves = await this.collection
      .find({ aggregateId: { $in: [...new Set(chains.map(({ id }) => id))] }, service } as never, {
        projection: { hashes: 0 },
      })
      .toArray();
    const newest = new Map<string, LogLeaf>();
    for (const { _id, ...leaf } of leaves) {
      const key = chainKey(leaf.aggregateType, leaf.aggregateId);
      if ((newest.get(key)?.seq ?? 0) < leaf.seq) newest.set(key, leaf);
    }
    return newest;
  }

  /** The first leaf of a chain that holds the link or comes behind it; within the first `size` leaves. */
  async firstWith(
    service: string,
    aggregateId: string,
    seq: number,
    size: number,
  ): Promise<{ index: number; leaf: LogLeaf; hash: Digest } | null> {
    const [found] = await this.collection
      .find({ aggregateId, seq: { $gte: seq }, service, _id: { $lt: size } } as never)
      .sort({ seq: 1 })
      .limit(1)
      .toArray();
    if (!found) return null;
    const { _id: index, hashes, ...leaf } = found;
    return { index, leaf: toLeaf(leaf), hash: hashes[0] ?? '' };
  }

  /** The next leaves from an index on. */
  async from(index: number, limit: number): Promise<{ index: number; leaf: LogLeaf }[]> {
    const found = await this.collection
      .find({ _id: { $gte: index } }, { projection: { hashes: 0 } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return found.map(({ _id, ...leaf }) => ({ index: _id, leaf: toLeaf(leaf) }));
  }

  /** The root when the log had `size` leaves. */
  async root(size: number): Promise<Digest> {
    return size === 0 ? emptyRoot : joined(await this.hashesOf({ from: 0, to: size }));
  }

  /** The hashes over ranges of leaves, such as a proof is made of. */
  async hashesOver(ranges: readonly LeafRange[]): Promise<Digest[]> {
    const hashes = await Promise.all(ranges.map((range) => this.hashesOf(range)));
    return hashes.map(joined);
  }

  /** Of the complete subtrees that a range consists of. */
  private async hashesOf(range: LeafRange): Promise<Digest[]> {
    const subtrees = subtreesOf(range);
    const found = await this.collection
      .find({ _id: { $in: subtrees.map(({ last }) => last) } }, { projection: { hashes: 1 } })
      .toArray();
    const byLeaf = new Map(found.map(({ _id, hashes }) => [_id, hashes]));
    return subtrees.map(({ last, height }) => {
      const hash = byLeaf.get(last)?.[height];
      if (hash === undefined) throw new Error(`the log lacks the leaf ${last}, or what belongs to it`);
      return hash;
    });
  }
}

/** One text per chain of a service. */
export function chainKey(type: string, id: string): string {
  return `${type} ${id}`;
}

/** In the order of the export format. */
function toLeaf({ service, aggregateType, aggregateId, seq, hash, at }: LogLeaf): LogLeaf {
  return { service, aggregateType, aggregateId, seq, hash, at };
}
