import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { invalidInput, type PublicJwk } from '#libs/contracts';

/** Bits of an RSA modulus: below it is too weak (NIST SP 800-131A), above it checking costs too much. */
const modulus = { least: 2048, most: 8192 };
/** Smaller exponents have been the cause of forged signatures where padding was checked carelessly. */
const leastExponent = 65_537n;
/** Bytes of an Ed25519 public key (RFC 8032, 5.1.5). */
const edwardsLength = 32;

/**
 * Refuses what has the form of a public key but is none, or a weak one. The form itself is the contract's to
 * check. Errors: `invalid-input`, which never carries anything of the key.
 */
export function requireUsableKey(jwk: PublicJwk): void {
  const reason = whyUnusable(jwk);
  if (reason === undefined) return;
  const pointer = jwk.kty === 'RSA' ? '/jwk/n' : '/jwk/x';
  throw invalidInput([{ pointer, code: 'unusable-key', params: { expected: reason } }]);
}

function whyUnusable({ kty, crv, x, y, n, e }: PublicJwk): string | undefined {
  if (kty === 'OKP' && Buffer.from(x ?? '', 'base64url').length !== edwardsLength) {
    return `Ed25519: ${edwardsLength} bytes`;
  }
  let key: KeyObject;
  try {
    // Only the public members: whatever else was sent cannot turn this into a private key.
    const publicMembers = kty === 'RSA' ? { kty, n, e } : kty === 'EC' ? { kty, crv, x, y } : { kty, crv, x };
    key = createPublicKey({ key: publicMembers as JsonWebKey, format: 'jwk' });
  } catch {
    return kty === 'EC' ? 'P-256: x, y' : kty;
  }
  if (kty !== 'RSA') return undefined;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < modulus.least || modulusLength > modulus.most) {
    return `RSA: ${modulus.least}–${modulus.most} bit`;
  }
  return publicExponent < leastExponent || publicExponent % 2n === 0n
    ? `RSA: e ≥ ${leastExponent}`
    : undefined;
}
