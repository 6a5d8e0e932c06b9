import { type SignedRoot } from '#libs/audit';
import { occurred, rootSigned, type NewEvent } from '#libs/contracts';

/** A signed root as stored. */
export interface StoredRoot extends SignedRoot {
  /** Leaves that the root before this one had, 0 for the first: each root has one successor at most. */
  readonly previousSize: number;
}

/** In the order of the export format. */
export function toSignedRoot({ treeSize, rootHash, at, previous, keyId, signature }: SignedRoot): SignedRoot {
  return { treeSize, rootHash, at, ...(previous !== undefined && { previous }), keyId, signature };
}

export function rootWasSigned(root: SignedRoot): NewEvent {
  const { treeSize, rootHash, at, previous = null, keyId, signature } = root;
  return occurred(rootSigned, { treeSize, rootHash, at, previous, keyId, signature });
}
