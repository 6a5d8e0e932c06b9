import { digestBytes, emptyRoot, nodeHash, type Digest } from './merkle-hash.ts';

/**
 * What must be known of a Merkle tree to go on adding leaves: the roots of its complete subtrees, from
 * the largest to the smallest, one per one-bit of the size. At a million leaves these are twenty hashes
 * at most, so a service can keep them beside its log and need not read the log to sign the next root.
 */
export class CompactRange {
  private readonly peaks: Buffer[];

  /**
   * @param size leaves so far
   * @param peaks as given by {@link hashes} at that size
   * @throws {RangeError} when these are not the peaks of a tree of that size
   */
  constructor(
    private count = 0,
    peaks: readonly Digest[] = [],
  ) {
    this.peaks = peaks.map((peak) => {
      const bytes = digestBytes(peak);
      if (!bytes) throw new RangeError('a peak must be a SHA-256 hash');
      return bytes;
    });
    if (!Number.isSafeInteger(count) || count < 0 || peaks.length !== onesIn(count))
      throw new RangeError(`${peaks.length} peaks do not make a tree of ${count} leaves`);
  }

  get size(): number {
    return this.count;
  }

  get hashes(): Digest[] {
    return this.peaks.map((peak) => peak.toString('hex'));
  }

  /**
   * @param leaf the leaf's hash, see `leafHash`
   * @returns the roots of the complete subtrees that end with this leaf, from the leaf itself upwards: whoever
   *   keeps them beside the leaf can prove things later without reading the log (see `subtreesOf`)
   */
  append(leaf: Uint8Array): Digest[] {
    let node: Buffer = Buffer.from(leaf);
    const completed = [node.toString('hex')];
    for (let rest = this.count; rest % 2 === 1; rest = (rest - 1) / 2) {
      node = nodeHash(this.peaks.pop() as Buffer, node);
      completed.push(node.toString('hex'));
    }
    this.peaks.push(node);
    this.count += 1;
    return completed;
  }

  root(): Digest {
    if (this.count === 0) return emptyRoot;
    return this.peaks.reduceRight((right, left) => nodeHash(left, right)).toString('hex');
  }
}

function onesIn(count: number): number {
  let ones = 0;
  for (let rest = count; rest >= 1; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}
