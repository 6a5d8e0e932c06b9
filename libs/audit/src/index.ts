export { canonical } from './canonical.ts';
export {
  checkLink,
  documentHashOf,
  hashOf,
  isBlanked,
  placeBehind,
  privateHashOf,
  verifyChain,
  type ChainFault,
  type ChainHead,
  type ChainPlace,
  type DocumentHashes,
  type JournalEvent,
  type LinkFault,
  type PrivatePart,
} from './journal-chain.ts';
export { CompactRange } from './compact-range.ts';
export { emptyRoot, isDigest, leafHash, type Digest } from './merkle-hash.ts';
export {
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from './merkle-proofs.ts';
export {
  consistencyPath,
  inclusionPath,
  joined,
  subtreesOf,
  type LeafRange,
  type Subtree,
} from './merkle-paths.ts';
export { MerkleTree } from './merkle-tree.ts';
export { importKey, isPublicJwk, keyIdOf, thumbprint, type PublicJwk } from './public-key.ts';
export {
  followsRoot,
  isSignedRoot,
  signRoot,
  treeRoot,
  verifyRoot,
  type SignedRoot,
  type TreeRoot,
} from './signed-root.ts';
export {
  exportLine,
  rootAggregate,
  logLeafHash,
  type EventRecord,
  type ExportHeader,
  type ExportRecord,
  type HeadRecord,
  type KeyRecord,
  type LeafRecord,
  type LogLeaf,
  type RootRecord,
} from './export-format.ts';
export {
  toExportFault,
  type ExportFault,
  type FaultCode,
  type Finding,
  type Place,
} from './export-faults.ts';
export { linesOf, UnreadableLine } from './export-lines.ts';
export { verifyExport, type ExportReport, type VerifyOptions } from './verify-export.ts';
