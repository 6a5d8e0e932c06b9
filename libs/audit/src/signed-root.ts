import { sign, verify, type KeyObject } from 'node:crypto';
import { canonical } from './canonical.ts';
import { isDigest, type Digest } from './merkle-hash.ts';

/** What is said of the log at one moment: a tree head (RFC 9162, 4.9). */
export interface TreeRoot {
  /**
   * From 1, one more than the root before. Several roots may be over equally many leaves, and have the same hash:
   * by the number it shows that one of them is missing. Left out in roots from before there were numbers.
   */
  readonly number?: number;
  /** How many leaves the log had. */
  readonly treeSize: number;
  readonly rootHash: Digest;
  /** RFC 3339. */
  readonly at: string;
  /** The root hash of the root before this one; left out in the first. A root that goes missing shows. */
  readonly previous?: Digest;
  /** The `kid` of the key it is signed with. */
  readonly keyId: string;
}

/** A root that its signer cannot take back. */
export interface SignedRoot extends TreeRoot {
  /** Compact JWS (RFC 7515) with EdDSA over the canonical JSON of the rest. */
  readonly signature: string;
}

/** Keeps whatever else the same key may have signed from being passed off as a root (RFC 8725, 3.11). */
const type = 'insats-root';

/** @param privateKey an Ed25519 key, whose public half is known by `root.keyId` */
export function signRoot(root: TreeRoot, privateKey: KeyObject): SignedRoot {
  const signed = signedText(root);
  const signature = sign(null, Buffer.from(signed), privateKey).toString('base64url');
  return { ...treeRoot(root), signature: `${signed}.${signature}` };
}

/**
 * Whether the root bears the signature of that key. Header and payload are known beforehand, so they are
 * compared and never parsed: no algorithm or key of the signature's own choosing. Never throws.
 */
export function verifyRoot(root: SignedRoot, publicKey: KeyObject): boolean {
  try {
    const signed = signedText(root);
    if (!root.signature.startsWith(`${signed}.`)) return false;
    const text = root.signature.slice(signed.length + 1);
    const signature = Buffer.from(text, 'base64url');
    // One signature, one spelling: the decoder passes over what is no base64url.
    if (signature.toString('base64url') !== text) return false;
    return verify(null, Buffer.from(signed), publicKey, signature);
  } catch {
    return false;
  }
}

export function isSignedRoot(value: unknown): value is SignedRoot {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { number, treeSize, rootHash, at, previous, keyId, signature, ...others } = value as Record<
    string,
    unknown
  >;
  return (
    (number === undefined || (Number.isSafeInteger(number) && (number as number) >= 1)) &&
    Number.isSafeInteger(treeSize) &&
    (treeSize as number) >= 0 &&
    isDigest(rootHash) &&
    typeof at === 'string' &&
    (previous === undefined || isDigest(previous)) &&
    typeof keyId === 'string' &&
    typeof signature === 'string' &&
    Object.keys(others).length === 0
  );
}

/** Whether a root may stand behind `before` as the root at `place`, from 1: none is missing between them. */
export function followsRoot(
  root: TreeRoot,
  before: Pick<TreeRoot, 'number' | 'rootHash'> | null | undefined,
  place: number,
): boolean {
  if (root.previous !== before?.rootHash) return false;
  return root.number === undefined ? before?.number === undefined : root.number === place;
}

/** What is signed of a root, and nothing else that stands beside it. */
export function treeRoot({ number, treeSize, rootHash, at, previous, keyId }: TreeRoot): TreeRoot {
  return {
    ...(number !== undefined && { number }),
    treeSize,
    rootHash,
    at,
    ...(previous !== undefined && { previous }),
    keyId,
  };
}

function signedText(root: TreeRoot): string {
  const part = (value: unknown): string => Buffer.from(canonical(value)).toString('base64url');
  return `${part({ alg: 'EdDSA', kid: root.keyId, typ: type })}.${part(treeRoot(root))}`;
}
