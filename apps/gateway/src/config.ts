import { z } from 'zod';
import { commonConfig, ConfigurationError, readConfig } from '#libs/platform';
import { limitsConfig, limitVariables, type LimitsConfig } from './limits/limits.config.ts';
import { oauthConfig, oauthVariables, type OAuthConfig } from './oauth/oauth.config.ts';
import { signInConfig, signInVariables, type SignInConfig } from './session/sign-in.config.ts';

const schema = z.object({
  ...commonConfig,
  INSATS_PORT: z.coerce.number().int().min(1).max(65_535).default(3000),
  INSATS_HOST: z.string().default('127.0.0.1'),
  OIDC_ISSUER: z.url().optional(),
  OIDC_JWKS_URL: z.url().optional(),
  OIDC_AUDIENCE: z.string().default('insats'),
  /** Claim that names the caller; identity providers differ in what they can put into `sub`. */
  OIDC_SUBJECT_CLAIM: z.string().optional(),
  /** Values of the header `typ` of the provider's access tokens; Keycloak, for one, writes JWT by itself. */
  OIDC_TOKEN_TYPES: z
    .string()
    .default('at+jwt')
    .transform((text) =>
      text
        .toLowerCase()
        .replaceAll('application/', '')
        .split(/[\s,]+/)
        // A comma too many must not let in tokens without a type.
        .filter((type) => type !== ''),
    ),
  /** Seconds after which the provider's keys are fetched again: how long an ended key is still believed. */
  OIDC_KEYS_REFRESH: z.coerce.number().min(5).max(3600).default(300),
  /**
   * Values of `acr` of which a person's must be one, in sessions and in the provider's access tokens. Without
   * it any will do; an empty list is a mistake that must not pass for that.
   */
  OIDC_REQUIRED_ACR: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((level) => level !== ''))
    .refine((levels) => levels.length > 0, 'expected at least one level')
    .optional(),
  ...signInVariables,
  ...oauthVariables,
  ...limitVariables,
  /** Demo mode: the mail catcher's page. */
  DEV_MAIL_URL: z.url().optional(),
});

export interface GatewayConfig {
  readonly mode: 'production' | 'demo';
  readonly home: string;
  readonly natsUrl: string;
  readonly logLevel: string;
  readonly host: string;
  readonly port: number;
  readonly identity: IdentityConfig;
  /** Undefined: people cannot sign in here. */
  readonly signIn: SignInConfig | undefined;
  /** Undefined: no access tokens for systems here. */
  readonly oauth: OAuthConfig | undefined;
  /** Undefined: none, by express wish. */
  readonly limits: LimitsConfig | undefined;
  readonly trustedProxies: readonly string[];
  readonly devMailUrl: string | undefined;
}

export interface IdentityConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly subjectClaim: string;
  /** Types of access tokens, in lower case. */
  readonly tokenTypes: readonly string[];
  /** Seconds. */
  readonly keysRefresh: number;
  /** Clients of the provider whose ID tokens are no access tokens. */
  readonly idTokenAudiences: readonly string[];
  /** Values of `acr` of which a person's must be one, in sessions and access tokens; empty: any will do. */
  readonly requiredLevels: readonly string[];
  /** Undefined: the gateway's own demo identity provider. */
  readonly jwksUrl: string | undefined;
}

/** Reads the gateway's configuration. Throws ConfigurationError, which names what is missing. */
export function readGatewayConfig(environment: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const values = readConfig(schema, environment);
  const identity = identityOf(values);
  return {
    mode: values.INSATS_MODE,
    home: values.INSATS_HOME,
    natsUrl: values.NATS_URL,
    logLevel: values.LOG_LEVEL,
    host: values.INSATS_HOST,
    port: values.INSATS_PORT,
    identity,
    signIn: signInConfig(values, {
      mode: values.INSATS_MODE,
      issuer: identity.issuer,
      requiredLevels: identity.requiredLevels,
      ownProvider: identity.jwksUrl === undefined,
      port: values.INSATS_PORT,
      subjectClaim: values.OIDC_SUBJECT_CLAIM,
    }),
    oauth: oauthConfig(values.TOKEN_SIGNING_KEY, {
      mode: values.INSATS_MODE,
      port: values.INSATS_PORT,
      publicUrl: values.INSATS_PUBLIC_URL,
      audience: values.OIDC_AUDIENCE,
      provider: identity.issuer,
    }),
    limits: limitsConfig(values.RATE_LIMITS, values.INSATS_MODE),
    trustedProxies: values.TRUSTED_PROXIES ?? [],
    devMailUrl: values.DEV_MAIL_URL,
  };
}

function identityOf(values: z.output<typeof schema>): IdentityConfig {
  const { OIDC_ISSUER: issuer, OIDC_JWKS_URL: jwksUrl } = values;
  const clientId = values.OIDC_CLIENT_ID;
  if (clientId === values.OIDC_AUDIENCE) {
    throw new ConfigurationError(
      'The configuration is not complete:\n  OIDC_AUDIENCE: expected another name than OIDC_CLIENT_ID, for whom ID tokens are issued: they must not pass for access tokens',
    );
  }
  const common = {
    audience: values.OIDC_AUDIENCE,
    subjectClaim: values.OIDC_SUBJECT_CLAIM ?? 'sub',
    tokenTypes: values.OIDC_TOKEN_TYPES,
    keysRefresh: values.OIDC_KEYS_REFRESH,
    idTokenAudiences: clientId === undefined ? [] : [clientId],
    requiredLevels: values.OIDC_REQUIRED_ACR ?? [],
  };
  if (issuer && jwksUrl) return { ...common, issuer, jwksUrl };
  if (values.INSATS_MODE === 'demo' && !issuer && !jwksUrl) {
    return { ...common, issuer: `http://127.0.0.1:${values.INSATS_PORT}/dev/oidc`, jwksUrl: undefined };
  }
  throw new ConfigurationError(
    'The configuration is not complete:\n  OIDC_ISSUER and OIDC_JWKS_URL: expected both, the addresses of the identity provider and of its keys',
  );
}
