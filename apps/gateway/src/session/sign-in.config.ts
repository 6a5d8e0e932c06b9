import { z } from 'zod';
import { ConfigurationError } from '#libs/platform';
import { claimsMapping, claimsMappings, type ClaimsMappingName } from './claims.ts';
import { type IdentityClientConfig } from './identity-client.ts';
import { parseSessionKeys } from './session-keys.ts';
import { type SessionRules } from './sessions.ts';

export interface SignInConfig extends IdentityClientConfig, SessionRules {
  /** Cookies go over TLS only. */
  readonly secure: boolean;
  /** Undefined in demo mode: one is made in the data folder. */
  readonly keys: readonly Uint8Array[] | undefined;
  /** Servers that keep a copy of which sessions have ended. */
  readonly replicas: number;
}

const address = z.url({ protocol: /^https?$/ });
const origin = address.transform((text) => new URL(text).origin);
const names = Object.keys(claimsMappings) as [ClaimsMappingName, ...ClaimsMappingName[]];

/** The variables of people's sign-in, all to do with one client at one identity provider. */
export const signInVariables = {
  /** Without it people cannot sign in here, and /auth does not exist. */
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  /** A private JWK in JSON: the client proves itself by `private_key_jwt` (RFC 7523). */
  OIDC_CLIENT_KEY: z.string().transform(parseKey).optional(),
  OIDC_REDIRECT_URI: address.optional(),
  OIDC_INTERNAL_URL: origin.optional(),
  OIDC_SCOPES: z.string().optional(),
  OIDC_CLAIMS: z.enum(names).default('generic'),
  OIDC_ORGANISATION_CLAIM: z.string().optional(),
  /** Where browsers find the product. */
  INSATS_PUBLIC_URL: address.transform((url) => url.replace(/\/+$/, '')).optional(),
  SESSION_KEYS: z.string().transform(parseKeys).optional(),
  SESSION_IDLE_MINUTES: z.coerce.number().min(1).max(1440).default(30),
  SESSION_ABSOLUTE_HOURS: z.coerce.number().min(0.1).max(168).default(10),
  NATS_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
};

type Values = z.output<z.ZodObject<typeof signInVariables>>;

/** The client that the demo identity provider knows. */
export const demoClient = 'insats-web';
const callback = '/auth/callback';

/**
 * Undefined: no sign-in. With our own demo identity provider everything has a default. Throws
 * ConfigurationError, which names what is missing.
 */
export function signInConfig(
  values: Values,
  around: {
    readonly mode: 'production' | 'demo';
    readonly issuer: string;
    readonly requiredLevels: readonly string[];
    readonly ownProvider: boolean;
    readonly port: number;
    readonly subjectClaim: string | undefined;
  },
): SignInConfig | undefined {
  const clientId = values.OIDC_CLIENT_ID ?? (around.ownProvider ? demoClient : undefined);
  if (clientId === undefined) return undefined;
  const isDemo = around.mode === 'demo';
  const publicUrl =
    values.INSATS_PUBLIC_URL ??
    originOf(values.OIDC_REDIRECT_URI) ??
    (isDemo ? `http://127.0.0.1:${around.port}` : undefined);
  if (publicUrl === undefined) throw missing('INSATS_PUBLIC_URL', 'where browsers find the product');
  if (!isDemo && !values.SESSION_KEYS) {
    throw missing('SESSION_KEYS', 'base64url of 32 random bytes, the one that encrypts first');
  }
  const redirectUri = values.OIDC_REDIRECT_URI ?? publicUrl + callback;
  if (!new URL(redirectUri).pathname.endsWith(callback)) {
    throw missing('OIDC_REDIRECT_URI', `an address that ends with ${callback}`);
  }
  requireTls('INSATS_PUBLIC_URL', publicUrl);
  requireTls('OIDC_REDIRECT_URI', redirectUri);
  requireTls('OIDC_ISSUER', around.issuer);
  return {
    issuer: around.issuer,
    internalUrl: values.OIDC_INTERNAL_URL,
    client: { id: clientId, secret: values.OIDC_CLIENT_SECRET, key: values.OIDC_CLIENT_KEY },
    redirectUri,
    afterLogoutUri: `${publicUrl}/auth/signed-out`,
    origin: new URL(publicUrl).origin,
    claims: claimsMapping(values.OIDC_CLAIMS, {
      subject: around.subjectClaim,
      organisation: values.OIDC_ORGANISATION_CLAIM,
      scopes: values.OIDC_SCOPES,
    }),
    requiredLevels: around.requiredLevels,
    idle: values.SESSION_IDLE_MINUTES * 60,
    absolute: values.SESSION_ABSOLUTE_HOURS * 3600,
    secure: !isDemo,
    keys: values.SESSION_KEYS,
    replicas: values.NATS_REPLICAS,
  };
}

function originOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).origin;
}

/** Codes and cookies go unencrypted on no network; what never leaves the machine may (RFC 8252, 8.3). */
export function requireTls(name: string, url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return;
  throw missing(name, 'https, when people sign in');
}

function missing(name: string, expected: string): ConfigurationError {
  return new ConfigurationError(`The configuration is not complete:\n  ${name}: expected ${expected}`);
}

function parseKeys(text: string, context: z.RefinementCtx): Uint8Array[] {
  const keys = parseSessionKeys(text);
  if (keys) return keys;
  context.addIssue('expected base64url of 32 random bytes each, apart by spaces');
  return z.NEVER;
}

function parseKey(text: string, context: z.RefinementCtx): Record<string, unknown> {
  try {
    const key = JSON.parse(text) as Record<string, unknown>;
    if (typeof key['kty'] === 'string' && typeof key['d'] === 'string' && typeof key['alg'] === 'string')
      return key;
  } catch {
    // Told below; the text itself is a secret and is not repeated.
  }
  context.addIssue('expected a private JWK in JSON with kty, d and alg');
  return z.NEVER;
}
