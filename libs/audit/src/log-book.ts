import { logLeafHash, type LeafRecord, type RootRecord } from './export-format.ts';
import { type Finding } from './export-faults.ts';
import { MerkleTree } from './merkle-tree.ts';
import { importKey, keyIdOf, type PublicJwk } from './public-key.ts';
import { followsRoot, verifyRoot, type SignedRoot, type TreeRoot } from './signed-root.ts';

/** The log of an export: its leaves as a tree, and its roots, which must be roots of that tree. */
export class LogBook {
  private readonly tree = new MerkleTree();
  private readonly roots: { readonly root: SignedRoot; readonly line: number }[] = [];

  get counts(): { leaves: number; roots: number } {
    return { leaves: this.tree.size, roots: this.roots.length };
  }

  addLeaf({ index, leaf }: LeafRecord, line: number): Finding | null {
    const expected = this.tree.size;
    if (index !== expected)
      return { code: 'leaf-index', place: { line, leaf: expected }, params: { expected } };
    this.tree.append(logLeafHash(leaf));
    return null;
  }

  addRoot({ root }: RootRecord, line: number): Finding | null {
    const { treeSize } = root;
    const place = { line, treeSize };
    const before = this.roots.at(-1)?.root;
    if (!followsRoot(root, before, this.roots.length + 1)) return { code: 'root-previous', place };
    const sizeBefore = before?.treeSize ?? 0;
    if (treeSize < sizeBefore) return { code: 'root-shrunk', place, params: { before: sizeBefore } };
    if (treeSize > this.tree.size) return { code: 'root-leaves', place, params: { leaves: this.tree.size } };
    if (this.tree.root(treeSize) !== root.rootHash) {
      const to = Math.max(treeSize - 1, 0);
      return { code: 'root-hash', place, params: { from: Math.min(sizeBefore, to), to } };
    }
    this.roots.push({ root, line });
    return null;
  }

  /** What can be said only at the end: all leaves covered, and every root signed with one of the keys. */
  finish(keys: readonly PublicJwk[], knownRoots: readonly TreeRoot[]): Finding | null {
    const covered = this.roots.at(-1)?.root.treeSize ?? 0;
    if (covered < this.tree.size) return { code: 'leaf-unsealed', place: { leaf: covered } };
    return this.checkSignatures(keys) ?? this.checkKnown(knownRoots);
  }

  private checkSignatures(keys: readonly PublicJwk[]): Finding | null {
    const known = new Map(keys.map((jwk) => [keyIdOf(jwk), importKey(jwk)]));
    for (const { root, line } of this.roots) {
      const place = { line, treeSize: root.treeSize };
      const key = known.get(root.keyId);
      if (!key) return { code: 'root-key', place, params: { key: root.keyId } };
      if (!verifyRoot(root, key)) return { code: 'root-signature', place, params: { key: root.keyId } };
    }
    return null;
  }

  private checkKnown(roots: readonly TreeRoot[]): Finding | null {
    for (const { number, treeSize, rootHash, at } of roots) {
      const isOfLog = treeSize <= this.tree.size && this.tree.root(treeSize) === rootHash;
      const isThere = number === undefined || this.roots[number - 1]?.root.at === at;
      if (!isOfLog || !isThere) return { code: 'known-root', place: { treeSize } };
    }
    return null;
  }
}
