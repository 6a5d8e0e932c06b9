import { digestBytes, emptyRoot, nodeHash, type Digest } from './merkle-hash.ts';

export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  /** The leaf's hash, see `leafHash`. */
  readonly leaf: Digest;
  readonly proof: readonly Digest[];
  readonly root: Digest;
}

/** Whether the proof shows that the leaf is in the tree with that root (RFC 9162, 2.1.3.2). Never throws. */
export function verifyInclusion({ index, size, leaf, proof, root }: InclusionClaim): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  const nodes = allBytes([leaf, ...proof]);
  if (!nodes) return false;
  const [first, ...path] = nodes as [Buffer, ...Buffer[]];
  let hash = first;
  let [at, last] = [index, size - 1];
  for (const node of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(node, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, half(last)];
    } else {
      hash = nodeHash(hash, node);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && hash.toString('hex') === root;
}

export interface ConsistencyClaim {
  readonly olderSize: number;
  readonly olderRoot: Digest;
  readonly size: number;
  readonly root: Digest;
  readonly proof: readonly Digest[];
}

/** Whether the proof shows that the older tree is the beginning of the newer (RFC 9162, 2.1.4.2). Never throws. */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { olderSize, olderRoot, size, root, proof } = claim;
  if (!isCount(olderSize) || !isCount(size) || olderSize > size) return false;
  if (!digestBytes(root) || !digestBytes(olderRoot)) return false;
  if (olderSize === size) return proof.length === 0 && olderRoot === root && (size > 0 || root === emptyRoot);
  if (olderSize === 0) return proof.length === 0 && olderRoot === emptyRoot;
  if (proof.length === 0) return false;
  // A complete older tree is a node of the newer one: the proof leaves it out.
  const nodes = allBytes(isPowerOfTwo(olderSize) ? [olderRoot, ...proof] : proof);
  if (!nodes) return false;
  const [first, ...path] = nodes as [Buffer, ...Buffer[]];
  let [at, last] = [olderSize - 1, size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [older, newer] = [first, first];
  for (const node of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      older = nodeHash(node, older);
      newer = nodeHash(node, newer);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, half(last)];
    } else {
      newer = nodeHash(newer, node);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && older.toString('hex') === olderRoot && newer.toString('hex') === root;
}

/** Sizes come from others: halved by division, since bit operations end at 2^31. */
function half(value: number): number {
  return Math.floor(value / 2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isPowerOfTwo(value: number): boolean {
  return 2 ** Math.round(Math.log2(value)) === value;
}

function allBytes(digests: readonly Digest[]): Buffer[] | undefined {
  const all = digests.map(digestBytes);
  return all.every((each) => each !== undefined) ? all : undefined;
}
