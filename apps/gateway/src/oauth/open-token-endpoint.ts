import { type BusClient } from '#libs/messaging';
import { ConfigurationError, type Logger } from '#libs/platform';
import { directoryClients } from './client-registry.ts';
import { type OAuthConfig } from './oauth.config.ts';
import { TokenEndpoint } from './token-endpoint.ts';
import { tokenKeys, type TokenKeys } from './token-keys.ts';

/** Puts the token endpoint together. `ownKeys` makes keys where none are configured. Throws ConfigurationError. */
export async function openTokenEndpoint(
  config: OAuthConfig,
  bus: BusClient,
  logger: Logger,
  ownKeys: () => Promise<TokenKeys> | undefined,
): Promise<TokenEndpoint> {
  const keys = config.keys ? await readKeys(config.keys) : await ownKeys();
  if (!keys) throw new ConfigurationError('TOKEN_SIGNING_KEY: expected Ed25519 JWKs in JSON');
  return new TokenEndpoint(config, keys, directoryClients(bus), logger);
}

async function readKeys(configured: NonNullable<OAuthConfig['keys']>): Promise<TokenKeys> {
  try {
    return await tokenKeys(configured);
  } catch {
    // The reason may hold parts of the key.
    throw new ConfigurationError(
      'TOKEN_SIGNING_KEY: the first key cannot be used: d and x do not fit together',
    );
  }
}
