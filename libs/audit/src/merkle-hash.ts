import { hash } from 'node:crypto';

/** A SHA-256 hash as it is published: 64 hexadecimal digits, lower case. */
export type Digest = string;

/** The root of a tree without leaves: the hash of nothing (RFC 9162, 2.1.1). */
export const emptyRoot: Digest = hash('sha256', '', 'hex');

const leafPrefix = Buffer.from([0x00]);
const pair = Buffer.from([0x01, ...Buffer.alloc(64)]);

/** The hash of a leaf: its prefix keeps a node from being passed off as a leaf (RFC 9162, 2.1.1). */
export function leafHash(entry: Uint8Array | string): Buffer {
  const data = typeof entry === 'string' ? Buffer.from(entry, 'utf8') : entry;
  return hash('sha256', Buffer.concat([leafPrefix, data]), 'buffer');
}

/** The hash of the node above two others. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  // One piece of memory for all: the hash is made before anyone else gets to run.
  pair.set(left, 1);
  pair.set(right, 33);
  return hash('sha256', pair, 'buffer');
}

/** The bytes of a published hash; undefined when it is none. */
export function digestBytes(digest: unknown): Buffer | undefined {
  return isDigest(digest) ? Buffer.from(digest, 'hex') : undefined;
}

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
