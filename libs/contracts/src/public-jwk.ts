import { z } from 'zod';
import { fault } from './primitives.ts';

/** Unpadded base64url (RFC 7515, 2); 8192 bits of RSA fit. */
const base64url = z
  .string()
  .max(1400)
  .regex(/^[A-Za-z0-9_-]+$/);

/** Never accepted in any form; named so that the refusal can say what is wrong. */
const privateMember = z
  .unknown()
  .refine(() => false, fault('private-key'))
  .optional()
  .meta({ not: {}, description: 'Refused: part of a private key' });

const kid = z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._~-]{0,127}$/);

/** The kinds of key there are, by what the key looks like: algorithms and the members it must have. */
const kinds = {
  OKP: { crv: 'Ed25519', algorithms: ['EdDSA', 'Ed25519'], members: ['x'] },
  EC: { crv: 'P-256', algorithms: ['ES256'], members: ['x', 'y'] },
  RSA: { crv: undefined, algorithms: ['RS256'], members: ['n', 'e'] },
} as const;

/**
 * A public key for signatures as a JSON Web Key (RFC 7517; RFC 7518, 6; RFC 8037): Ed25519, P-256 for
 * ES256, or RSA for RS256. That it is a real and strong enough key is the service's to check.
 */
export const publicJwk = z
  .strictObject({
    kty: z.enum(['OKP', 'EC', 'RSA']),
    kid,
    crv: z.enum(['Ed25519', 'P-256']).optional(),
    x: base64url.optional(),
    y: base64url.optional(),
    n: base64url.optional(),
    e: base64url.optional(),
    alg: z.enum(['EdDSA', 'Ed25519', 'ES256', 'RS256']).optional(),
    use: z.literal('sig').optional(),
    key_ops: z.array(z.literal('verify')).max(1).optional(),
    d: privateMember,
    p: privateMember,
    q: privateMember,
    dp: privateMember,
    dq: privateMember,
    qi: privateMember,
    oth: privateMember,
    k: privateMember,
  })
  .superRefine((jwk, context) => {
    const kind = kinds[jwk.kty];
    const refuse = (name: string, code: 'required' | 'unknown-field' | 'not-allowed-value', allowed = '') =>
      context.addIssue({ code: 'custom', path: [name], params: { fault: code, values: { allowed } } });
    for (const name of ['x', 'y', 'n', 'e'] as const) {
      const belongs = (kind.members as readonly string[]).includes(name);
      if (belongs && jwk[name] === undefined) refuse(name, 'required');
      if (!belongs && jwk[name] !== undefined) refuse(name, 'unknown-field');
    }
    if (jwk.crv !== kind.crv) {
      if (kind.crv === undefined) refuse('crv', 'unknown-field');
      else refuse('crv', jwk.crv === undefined ? 'required' : 'not-allowed-value', kind.crv);
    }
    const algorithms: readonly string[] = kind.algorithms;
    if (jwk.alg !== undefined && !algorithms.includes(jwk.alg)) {
      refuse('alg', 'not-allowed-value', algorithms.join(', '));
    }
  })
  .meta({ id: 'PublicJwk' });
export type PublicJwk = z.output<typeof publicJwk>;

/** A key as it is kept: its algorithm settled, nothing beside what verifying takes. */
export const registeredJwk = z
  .strictObject({
    kty: z.enum(['OKP', 'EC', 'RSA']),
    kid: z.string(),
    alg: z.enum(['EdDSA', 'ES256', 'RS256']),
    use: z.literal('sig'),
    crv: z.string().optional(),
    x: z.string().optional(),
    y: z.string().optional(),
    n: z.string().optional(),
    e: z.string().optional(),
  })
  .meta({ id: 'RegisteredJwk' });
export type RegisteredJwk = z.output<typeof registeredJwk>;
