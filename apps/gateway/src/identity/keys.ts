import { createLocalJWKSet, createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { type DemoSigningKey } from '../demo/signing-key.ts';
import { type IdentityConfig } from '../config.ts';

/** Where the keys come from that tokens are verified with: the identity provider, or our own in demo mode. */
export function verificationKeys(config: IdentityConfig, own: DemoSigningKey | undefined): JWTVerifyGetKey {
  if (own) return createLocalJWKSet(own.jwks);
  if (config.jwksUrl === undefined) throw new Error('no keys to verify tokens with');
  return createRemoteJWKSet(new URL(config.jwksUrl), {
    timeoutDuration: 2000,
    cooldownDuration: 5000,
    cacheMaxAge: 600_000,
  });
}
