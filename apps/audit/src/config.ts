import { z } from 'zod';
import { commonConfig, ConfigurationError, readConfig } from '#libs/platform';
import { makeSigningKey, readSigningKey, type SigningKey } from './log/signing-key.store.ts';

const schema = z.object({
  ...commonConfig,
  /** Private Ed25519 key as a JWK (RFC 8037), which the roots of the log are signed with. */
  AUDIT_SIGNING_KEY: z.string().optional(),
});

/** The key that roots are signed with. In demo mode it is made in the data folder. Throws ConfigurationError. */
export function signingKey(environment: NodeJS.ProcessEnv = process.env): SigningKey {
  const config = readConfig(schema, environment);
  if (config.AUDIT_SIGNING_KEY !== undefined) {
    const key = readSigningKey(config.AUDIT_SIGNING_KEY);
    // What was wrong with it may repeat the secret, so it is not told.
    if (!key) throw new ConfigurationError('AUDIT_SIGNING_KEY: expected a private Ed25519 key as a JWK');
    return key;
  }
  if (config.INSATS_MODE === 'demo') return makeSigningKey(config.INSATS_HOME);
  throw new ConfigurationError(
    'The configuration is not complete:\n  AUDIT_SIGNING_KEY: expected a private Ed25519 key as a JWK',
  );
}
