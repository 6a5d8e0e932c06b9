import { type DemoSigningKey } from '../demo/signing-key.ts';
import { type IdentityConfig } from '../config.ts';
import { ownKeys, PublishedKeys, type IssuerKeys } from './issuer-keys.ts';

/** The keys of the identity provider: the configured one's, or those of our own in demo mode. */
export function providerKeys(config: IdentityConfig, own: DemoSigningKey | undefined): IssuerKeys {
  if (own) return ownKeys(own.jwks);
  if (config.jwksUrl === undefined) throw new Error('no keys to verify tokens with');
  return new PublishedKeys(new URL(config.jwksUrl), { refreshAfter: config.keysRefresh * 1000 });
}
