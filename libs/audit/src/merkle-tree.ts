import { DigestList } from './digest-list.ts';
import { emptyRoot, nodeHash, type Digest } from './merkle-hash.ts';
import { consistencyPath, inclusionPath, split } from './merkle-paths.ts';

/**
 * An append-only Merkle tree (RFC 6962 and RFC 9162, 2.1) that keeps the root of every complete subtree,
 * 64 bytes per leaf: adding a leaf costs two hashes on average, a root or a proof of any size the tree
 * has had costs hashes in proportion to its height.
 */
export class MerkleTree {
  /** Level k holds the roots of the complete subtrees of 2^k leaves, from the left. */
  private readonly levels: DigestList[] = [new DigestList()];

  get size(): number {
    return this.level(0).length;
  }

  /** @param leaf the leaf's hash, see `leafHash` */
  append(leaf: Uint8Array): void {
    let node = leaf;
    for (let height = 0; ; height += 1) {
      const level = this.level(height);
      level.push(node);
      if (level.length % 2 === 1) return;
      node = nodeHash(level.at(level.length - 2), level.at(level.length - 1));
    }
  }

  /** The root when the tree had `size` leaves. @throws {RangeError} when it never had so many */
  root(size = this.size): Digest {
    check(size, 0, this.size);
    return size === 0 ? emptyRoot : this.range(0, size).toString('hex');
  }

  /**
   * Proves that the leaf at `index` is in the tree of `size` leaves (RFC 9162, 2.1.3.1).
   *
   * @throws {RangeError} when the tree never had so many leaves, or no such leaf then
   */
  inclusionProof(index: number, size = this.size): Digest[] {
    check(size, 1, this.size);
    check(index, 0, size - 1);
    return inclusionPath(index, size).map(({ from, to }) => this.range(from, to).toString('hex'));
  }

  /**
   * Proves that the tree of `older` leaves is the beginning of the one of `size` (RFC 9162, 2.1.4.1).
   * Empty when they are the same, and for the tree without leaves, which every tree begins with.
   *
   * @throws {RangeError} when the tree never had so many leaves
   */
  consistencyProof(older: number, size = this.size): Digest[] {
    check(size, 0, this.size);
    check(older, 0, size);
    return consistencyPath(older, size).map(({ from, to }) => this.range(from, to).toString('hex'));
  }

  /** The hash over the leaves from `from` up to `to`, which the tree's own way of dividing has led to. */
  private range(from: number, to: number): Buffer {
    const count = to - from;
    const height = Math.log2(count);
    if (Number.isInteger(height)) return this.level(height).at(from / count);
    const middle = from + split(count);
    return nodeHash(this.range(from, middle), this.range(middle, to));
  }

  private level(height: number): DigestList {
    return (this.levels[height] ??= new DigestList());
  }
}

function check(value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`${value} is outside ${least} to ${most}`);
}
