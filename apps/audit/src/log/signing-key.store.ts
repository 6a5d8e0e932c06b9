import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thumbprint } from '#libs/audit';
import { type AuditKeys } from '#libs/contracts';

/** The public half of a key, as it is published. */
export type PublishedKey = AuditKeys['keys'][number];

/** What roots are signed with. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly published: PublishedKey;
}

/** The {@link PublishedKey}s that roots may be signed with. */
export const TRUSTED_KEYS = Symbol('TRUSTED_KEYS');

const fileName = 'audit-signing-key.json';

/** Undefined when the text is no private Ed25519 key. Its `kid` counts; without one, its thumbprint (RFC 7638). */
export function readSigningKey(text: string): SigningKey | undefined {
  try {
    const { kty, crv, x, d, kid } = JSON.parse(text) as Record<string, unknown>;
    if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || typeof d !== 'string')
      return undefined;
    const privateKey = createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' });
    const id = typeof kid === 'string' && kid !== '' ? kid : thumbprint({ kty, crv, x });
    return { privateKey, published: { kty, crv, x, kid: id, use: 'sig', alg: 'EdDSA' } };
  } catch {
    return undefined;
  }
}

/** The demonstration's key, kept in the data folder. Made once, also when replicas start together. */
export function makeSigningKey(home: string): SigningKey {
  const file = join(home, fileName);
  const known = fromFile(file);
  if (known) return known;
  mkdirSync(home, { recursive: true });
  const temporary = `${file}.${process.pid}`;
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(temporary, JSON.stringify(privateKey.export({ format: 'jwk' })), { mode: 0o600 });
  try {
    // Linked, not renamed: a key that another replica has put there meanwhile stays.
    linkSync(temporary, file);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  const made = fromFile(file);
  if (!made) throw new Error(`${file} holds no key`);
  return made;
}

function fromFile(file: string): SigningKey | undefined {
  try {
    return readSigningKey(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
