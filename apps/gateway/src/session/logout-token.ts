import { jwtVerify, type JWTVerifyGetKey } from 'jose';

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
 * lacks the event, and a nonce is not permitted. Errors: whatever jose says, or a TypeError.
 */
export async function verifyLogoutToken(
  token: string,
  keys: JWTVerifyGetKey,
  expected: { readonly issuer: string; readonly clientId: string },
): Promise<LogoutOrder> {
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: expected.issuer,
    audience: expected.clientId,
    algorithms,
    clockTolerance: tolerance,
    maxTokenAge: maxAge,
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
  });
  const { jti, sid, sub, nonce, events } = payload;
  const isOrder =
    typeof events === 'object' && events !== null && isObject((events as Record<string, unknown>)[event]);
  if (!types.includes(protectedHeader.typ?.toLowerCase()))
    throw new TypeError('not a logout token by its type');
  if (!isOrder) throw new TypeError('no logout event');
  if (nonce !== undefined) throw new TypeError('a logout token has no nonce');
  if (typeof jti !== 'string' || jti === '') throw new TypeError('jti is missing');
  const order = { id: jti, sid: text(sid), sub: text(sub) };
  if (order.sid === undefined && order.sub === undefined) throw new TypeError('neither sid nor sub');
  return order;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
