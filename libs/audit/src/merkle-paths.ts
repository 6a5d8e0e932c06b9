import { digestBytes, nodeHash, type Digest } from './merkle-hash.ts';

/** Leaves from `from` up to `to`, `to` not included, as the tree's own way of dividing leads to them. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/** A complete subtree: the `index`th, from 0, of those with 2^`height` leaves. It ends with the leaf `last`. */
export interface Subtree {
  readonly height: number;
  readonly index: number;
  readonly last: number;
}

/** The ranges whose hashes prove that the leaf is in the tree of `size` leaves (RFC 9162, 2.1.3.1). */
export function inclusionPath(index: number, size: number): LeafRange[] {
  const path: LeafRange[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + split(to - from);
    if (index < middle) {
      path.push({ from: middle, to });
      to = middle;
    } else {
      path.push({ from, to: middle });
      from = middle;
    }
  }
  return path.toReversed();
}

/** The ranges whose hashes prove that the older tree is the beginning of the newer (RFC 9162, 2.1.4.1). */
export function consistencyPath(older: number, size: number): LeafRange[] {
  if (older === 0 || older === size) return [];
  const path: LeafRange[] = [];
  let [from, to] = [0, size];
  while (to !== older) {
    const middle = from + split(to - from);
    if (older <= middle) {
      path.push({ from: middle, to });
      to = middle;
    } else {
      path.push({ from, to: middle });
      from = middle;
    }
  }
  // Whoever has the older root knows this node already when it is the whole older tree.
  if (from > 0) path.push({ from, to });
  return path.toReversed();
}

/** The complete subtrees that a range consists of, from the left: the largest first. */
export function subtreesOf({ from, to }: LeafRange): Subtree[] {
  const subtrees: Subtree[] = [];
  let start = from;
  while (start < to) {
    const height = Math.floor(Math.log2(to - start));
    const size = 2 ** height;
    subtrees.push({ height, index: start / size, last: start + size - 1 });
    start += size;
  }
  return subtrees;
}

/**
 * The hash over a range, from the hashes of its {@link subtreesOf}.
 *
 * @throws {RangeError} when there are none, or one is no hash
 */
export function joined(hashes: readonly Digest[]): Digest {
  const nodes = hashes.map((hash) => {
    const bytes = digestBytes(hash);
    if (!bytes) throw new RangeError('a subtree must have a SHA-256 hash');
    return bytes;
  });
  if (nodes.length === 0) throw new RangeError('a range without leaves has no hash');
  return nodes.reduceRight((right, left) => nodeHash(left, right)).toString('hex');
}

/** The largest power of two below `count`: how many leaves go to the left (RFC 9162, 2.1.1). */
export function split(count: number): number {
  return 2 ** Math.ceil(Math.log2(count) - 1);
}
