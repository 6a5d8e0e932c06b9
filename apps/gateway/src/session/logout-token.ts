import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyResult } from 'jose';

/** What is wrong with a logout token itself; for the log. */
export class LogoutTokenRefused extends Error {}

/** What the provider wants ended: one of its sessions, or everything of one of its subjects. */
export interface LogoutOrder {
  readonly id: string;
  readonly sid: string | undefined;
  readonly sub: string | undefined;
}

const event = 'http://schemas.openid.net/event/backchannel-logout';
/** Nothing symmetric, and not `none` (2.6): an allow-list, not the token, says what may sign. */
const algorithms = ['EdDSA', 'Ed25519', 'ES256', 'PS256', 'RS256'];
/** Seconds that clocks may differ. */
const tolerance = 60;
/** Seconds after which an order has no force, whatever its `exp`: it would end later sessions as well. */
const maxAge = 300;
const types = [undefined, 'jwt', 'logout+jwt', 'application/logout+jwt'];

/**
 * Verifies a logout token (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6). An ID token is none: it
 * lacks the event, and a nonce is not permitted. Errors: {@link LogoutTokenRefused}; others when the
 * provider's keys cannot be had.
 */
export async function verifyLogoutToken(
  token: string,
  keys: JWTVerifyGetKey,
  expected: { readonly issuer: string; readonly clientId: string },
): Promise<LogoutOrder> {
  const { payload, protectedHeader } = await signedToken(token, keys, expected);
  const { jti, sid, sub, nonce, events } = payload;
  const isOrder =
    typeof events === 'object' && events !== null && isObject((events as Record<string, unknown>)[event]);
  if (!types.includes(protectedHeader.typ?.toLowerCase()))
    throw new LogoutTokenRefused('not a logout token by its type');
  if (!isOrder) throw new LogoutTokenRefused('no logout event');
  if (nonce !== undefined) throw new LogoutTokenRefused('a logout token has no nonce');
  if (typeof jti !== 'string' || jti === '') throw new LogoutTokenRefused('jti is missing');
  const order = { id: jti, sid: text(sid), sub: text(sub) };
  if (order.sid === undefined && order.sub === undefined) throw new LogoutTokenRefused('neither sid nor sub');
  return order;
}

async function signedToken(
  token: string,
  keys: JWTVerifyGetKey,
  expected: { readonly issuer: string; readonly clientId: string },
): Promise<JWTVerifyResult<JWTPayload>> {
  try {
    return await jwtVerify(token, keys, {
      issuer: expected.issuer,
      audience: expected.clientId,
      algorithms,
      clockTolerance: tolerance,
      maxTokenAge: maxAge,
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
    });
  } catch (error) {
    const isTokens = error instanceof errors.JOSEError && !(error instanceof errors.JWKSInvalid);
    throw isTokens ? new LogoutTokenRefused(error.message, { cause: error }) : error;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
