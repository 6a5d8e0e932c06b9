import { type JWK } from 'jose';
import { z } from 'zod';
import { ConfigurationError } from '#libs/platform';
import { requireTls } from '../session/sign-in.config.ts';
import { parseTokenKeys } from './token-keys.ts';

/** The token endpoint for regions' systems. */
export interface OAuthConfig {
  /** `iss` of our access tokens: where the product is found. */
  readonly issuer: string;
  /** `aud` of our access tokens. */
  readonly audience: string;
  /** Undefined in demo mode: one is made in the data folder. */
  readonly keys: readonly JWK[] | undefined;
}

export const oauthVariables = {
  /** Ed25519 JWKs in JSON, the first of which signs. Without it there is no token endpoint here. */
  TOKEN_SIGNING_KEY: z.string().transform(parseKeys).optional(),
};

/** Undefined: no token endpoint. Throws ConfigurationError, which names what is missing. */
export function oauthConfig(
  keys: readonly JWK[] | undefined,
  around: {
    readonly mode: 'production' | 'demo';
    readonly port: number;
    readonly publicUrl: string | undefined;
    readonly audience: string;
    /** The identity provider, whose name cannot be ours as well. */
    readonly provider: string;
  },
): OAuthConfig | undefined {
  const isDemo = around.mode === 'demo';
  if (!keys && !isDemo) return undefined;
  const issuer = around.publicUrl ?? (isDemo ? `http://127.0.0.1:${around.port}` : undefined);
  if (issuer === undefined) throw fault('INSATS_PUBLIC_URL: expected where clients find the product');
  requireTls('INSATS_PUBLIC_URL', issuer);
  if (issuer === around.provider) throw fault('OIDC_ISSUER: expected another address than INSATS_PUBLIC_URL');
  return { issuer, audience: around.audience, keys };
}

function fault(text: string): ConfigurationError {
  return new ConfigurationError(`The configuration is not complete:\n  ${text}`);
}

function parseKeys(text: string, context: z.RefinementCtx): readonly JWK[] {
  const keys = parseTokenKeys(text);
  if (keys) return keys;
  // The text itself is a secret and is not repeated.
  context.addIssue('expected Ed25519 JWKs in JSON, the first with d, each once');
  return z.NEVER;
}
