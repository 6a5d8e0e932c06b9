import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { canonical } from './canonical.ts';

/** The public half of an Ed25519 key (RFC 8037). */
export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  /** Names the key in what it signs; the thumbprint when left out. */
  readonly kid?: string;
  readonly use?: 'sig';
  readonly alg?: 'EdDSA';
}

/** A public Ed25519 key and nothing else: no private half, no key that is made for other things. */
export function isPublicJwk(value: unknown): value is PublicJwk {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { kty, crv, x, kid, use, alg, d } = value as Record<string, unknown>;
  return (
    kty === 'OKP' &&
    crv === 'Ed25519' &&
    typeof x === 'string' &&
    /^[\w-]{43}$/.test(x) &&
    (kid === undefined || typeof kid === 'string') &&
    (use === undefined || use === 'sig') &&
    (alg === undefined || alg === 'EdDSA') &&
    d === undefined
  );
}

/** What people compare when they are told of a key by another way (RFC 7638, SHA-256). */
export function thumbprint({ crv, kty, x }: PublicJwk): string {
  return hash('sha256', canonical({ crv, kty, x }), 'base64url');
}

/** The name that a root gives for the key it is signed with. */
export function keyIdOf(jwk: PublicJwk): string {
  return jwk.kid ?? thumbprint(jwk);
}

/** Undefined when the bytes make no key. */
export function importKey({ kty, crv, x }: PublicJwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
