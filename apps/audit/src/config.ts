import { z } from 'zod';
import { isPublicJwk, keyIdOf } from '#libs/audit';
import { commonConfig, ConfigurationError, readConfig } from '#libs/platform';
import {
  makeSigningKey,
  readSigningKey,
  type PublishedKey,
  type SigningKey,
} from './log/signing-key.store.ts';

const schema = z.object({
  ...commonConfig,
  /** Private Ed25519 key as a JWK (RFC 8037), which the roots of the log are signed with. */
  AUDIT_SIGNING_KEY: z.string().optional(),
  /** Public halves of the keys that roots were signed with before: a JWK Set (RFC 7517), or one JWK. */
  AUDIT_FORMER_KEYS: z.string().optional(),
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

/**
 * The public keys that roots may be signed with, the present one first. From the configuration alone: whoever
 * writes the database must not be able to put a key beside the roots. Throws ConfigurationError.
 */
export function trustedKeys(
  { published }: SigningKey,
  environment: NodeJS.ProcessEnv = process.env,
): readonly PublishedKey[] {
  const { AUDIT_FORMER_KEYS: text } = readConfig(schema, environment);
  const keys = [published];
  for (const former of text === undefined ? [] : formerKeys(text)) {
    const known = keys.find(({ kid }) => kid === former.kid);
    if (known && known.x !== former.x)
      throw new ConfigurationError(`AUDIT_FORMER_KEYS: another key has the name ${former.kid} already`);
    if (!known) keys.push(former);
  }
  return keys;
}

function formerKeys(text: string): PublishedKey[] {
  const given = jwksIn(text);
  if (!given.every((key) => isPublicJwk(key)))
    throw new ConfigurationError('AUDIT_FORMER_KEYS: expected public Ed25519 keys as a JWK Set');
  return given.map((key) => ({ ...key, kid: keyIdOf(key), use: 'sig', alg: 'EdDSA' }));
}

function jwksIn(text: string): unknown[] {
  try {
    const content = JSON.parse(text) as { keys?: unknown } | null;
    return Array.isArray(content?.keys) ? content.keys : [content];
  } catch {
    return [undefined];
  }
}
