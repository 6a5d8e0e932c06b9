import { treeRoot, type SignedRoot } from '#libs/audit';
import { occurred, rootSigned, type NewEvent } from '#libs/contracts';

/** A signed root with the number that every root has since there are numbers. */
export type NumberedRoot = SignedRoot & { readonly number: number };

/** A signed root as stored. */
export interface StoredRoot extends SignedRoot {
  /** Place in the line of roots, from 1: each root has one successor at most. Its number, where it has one. */
  readonly place: number;
}

/** In the order of the export format. */
export function toSignedRoot(root: SignedRoot): SignedRoot {
  return { ...treeRoot(root), signature: root.signature };
}

export function rootWasSigned(root: NumberedRoot): NewEvent {
  const { number, treeSize, rootHash, at, previous = null, keyId, signature } = root;
  return occurred(rootSigned, { number, treeSize, rootHash, at, previous, keyId, signature });
}
