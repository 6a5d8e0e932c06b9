import { decodeProtectedHeader, type JWTPayload } from 'jose';
import { DomainError } from '#libs/contracts';
import { type TrustedIssuer } from './trusted-issuer.ts';

/**
 * Header parameters that bring a key, say where to fetch one, or must be understood (RFC 7515, 4.1). Keys
 * come from the issuer alone, and we understand no extension.
 */
const unwelcome = ['jku', 'jwk', 'x5u', 'x5c', 'crit'];

/** Errors: `not-authenticated`; jose's for what is no JWS at all. */
export function refuseUnusualHeader(token: string): void {
  const header = headerOf(token);
  if (!header || unwelcome.some((name) => name in header)) throw new DomainError('not-authenticated');
}

function headerOf(token: string): object | undefined {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}

/**
 * Refuses other tokens of the same issuer that are signed by the same key (RFC 8725, 3.12): ID tokens,
 * logout tokens, refresh tokens. `typ` tells them apart; a provider that writes the same `JWT` into all of
 * them leaves us their claims. Errors: `not-authenticated`.
 */
export function refuseConfusion(issuer: TrustedIssuer, typ: string | undefined, payload: JWTPayload): void {
  const type = (typ ?? '').toLowerCase().replace(/^application\//, '');
  const isForClient = [payload.aud ?? []].flat().some((audience) => issuer.idTokenAudiences.has(audience));
  const isOther =
    ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'].some((claim) => claim in payload) ||
    // Keycloak says in a claim of its own what a token is.
    (payload['typ'] !== undefined && payload['typ'] !== 'Bearer');
  if (!issuer.types.has(type) || isForClient || isOther) throw new DomainError('not-authenticated');
}
