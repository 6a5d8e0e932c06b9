import { createHash, generateKeyPairSync } from 'node:crypto';
import { createUser } from '@nats-io/nkeys';
import { type PrivateJwk, type PublicJwk } from '#libs/platform';

/** A new Ed25519 key, named by its thumbprint (RFC 7638). */
export function newInternalKey(): PrivateJwk {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  if (x === undefined || d === undefined) throw new Error('an Ed25519 key without its parts');
  const named = JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x });
  const kid = createHash('sha256').update(named).digest('base64url');
  return { kty: 'OKP', crv: 'Ed25519', kid, x, d };
}

/** What others may know of a key. */
export function publicPartOf({ kty, crv, kid, x }: PublicJwk): PublicJwk {
  return { kty, crv, kid, x };
}

/** Seed of a new NATS user. */
export function newNkey(): string {
  return new TextDecoder().decode(createUser().getSeed());
}
