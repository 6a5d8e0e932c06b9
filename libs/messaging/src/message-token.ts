import { hash } from 'node:crypto';
import { z } from 'zod';
import { actor, callerNames } from '#libs/contracts';

/** Header of the message that carries the token. */
export const tokenHeader = 'insats-token';
/** Own media type, so that no other token of the product passes for one of these (RFC 8725, 3.11). */
export const tokenType = 'insats-internal+jwt';
export const algorithm = 'EdDSA';
/** Seconds from signing to expiry. */
export const lifetime = 60;
/** Seconds that the clocks of two processes may differ. */
export const tolerance = 5;

/** What a message says of itself, signed by who sends it. */
export const messageClaims = z.strictObject({
  /** The process that signed. */
  iss: z.enum(callerNames),
  /** The service that is asked. */
  aud: z.string(),
  /** Id of who acts. */
  sub: z.string(),
  /** Who acts: roles, units, employers. */
  act: actor,
  /** Names this one message: the trace of the request that it belongs to, and the span of this part of it. */
  jti: z.string().regex(/^[0-9a-f]{32}\.[0-9a-f]{16}$/),
  /** Seconds since 1970. */
  iat: z.number(),
  exp: z.number(),
  /** Subject of the message: what is asked. */
  op: z.string(),
  /** Digest of the message's bytes. */
  bh: z.string(),
  /** For whom a service asks, and what set it off: the gateway's token that the service was itself asked with. */
  obo: z.string().optional(),
});
export type MessageClaims = z.output<typeof messageClaims>;

/** Trace and span that a message's name consists of. */
export function spanOf({ jti }: Pick<MessageClaims, 'jti'>): { traceId: string; spanId: string } {
  const [traceId = '', spanId = ''] = jti.split('.');
  return { traceId, spanId };
}

/** SHA-256 of a payload, base64url. */
export function digestOf(payload: string | Uint8Array): string {
  return hash('sha256', payload, 'base64url');
}

export function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Header of every token that a key signs (RFC 7515): always these three members, in this order. */
export function encodedHeader(kid: string): string {
  return encode({ alg: algorithm, typ: tokenType, kid });
}
