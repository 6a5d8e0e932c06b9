import { calculateJwkThumbprint, importJWK, type CryptoKey, type JSONWebKeySet, type JWK } from 'jose';

/** What access tokens are signed and verified with. */
export interface TokenKeys {
  /** Key id of the private key. */
  readonly id: string;
  readonly privateKey: CryptoKey;
  /** Public halves of all keys, as published. */
  readonly jwks: JSONWebKeySet;
}

const base64url32 = /^[A-Za-z0-9_-]{43}$/;

/**
 * Keys as configured: an Ed25519 JWK, a list of them or a JWK set in JSON. The first must be private and
 * signs; the others, of which the public half is enough, only verify. A new key is put last, then first once
 * every gateway knows it, and the old one is taken away when the last token that it signed is over.
 * Undefined for anything else.
 */
export function parseTokenKeys(text: string): readonly JWK[] | undefined {
  const value = jsonOf(text) as JWK | JWK[] | { keys?: JWK[] } | null | undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const keys = Array.isArray(value) ? value : 'keys' in value ? value.keys : [value as JWK];
  if (!Array.isArray(keys) || keys[0]?.d === undefined || !keys.every(isEd25519)) return undefined;
  // Of two keys with one name no signature could be verified.
  const names = [keys.map(({ x }) => x), keys.map(({ kid, x }) => kid ?? x)];
  return names.every((each) => new Set(each).size === keys.length) ? keys : undefined;
}

/** Rejects when the private half of the first key is not its own. */
export async function tokenKeys(configured: readonly JWK[]): Promise<TokenKeys> {
  const named = await Promise.all(
    configured.map(async (jwk) => ({ jwk, id: jwk.kid ?? (await calculateJwkThumbprint(jwk)) })),
  );
  const [first] = named;
  if (!first) throw new Error('no key for tokens');
  return {
    id: first.id,
    privateKey: (await importJWK(first.jwk, 'EdDSA')) as CryptoKey,
    // Member by member: what is not named here is never published.
    jwks: {
      keys: named.map(({ jwk: { kty, crv, x }, id }) => ({
        kty,
        crv: crv ?? '',
        x: x ?? '',
        kid: id,
        use: 'sig',
        alg: 'EdDSA',
      })),
    },
  };
}

function isEd25519(key: JWK | null): boolean {
  if (typeof key !== 'object' || key === null) return false;
  const { kty, crv, x, d, kid } = key;
  return (
    kty === 'OKP' &&
    crv === 'Ed25519' &&
    base64url32.test(String(x)) &&
    (d === undefined || base64url32.test(String(d))) &&
    (kid === undefined || (typeof kid === 'string' && kid !== ''))
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
