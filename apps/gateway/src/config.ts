import { z } from 'zod';
import { commonConfig, ConfigurationError, readConfig } from '#libs/platform';

const schema = z.object({
  ...commonConfig,
  INSATS_PORT: z.coerce.number().int().min(1).max(65_535).default(3000),
  INSATS_HOST: z.string().default('127.0.0.1'),
  OIDC_ISSUER: z.url().optional(),
  OIDC_JWKS_URL: z.url().optional(),
  OIDC_AUDIENCE: z.string().default('insats'),
  /** Claim that names the caller; identity providers differ in what they can put into `sub`. */
  OIDC_SUBJECT_CLAIM: z.string().default('sub'),
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
  readonly devMailUrl: string | undefined;
}

export interface IdentityConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly subjectClaim: string;
  /** Undefined: the gateway's own demo identity provider. */
  readonly jwksUrl: string | undefined;
}

/** Reads the gateway's configuration. Throws ConfigurationError, which names what is missing. */
export function readGatewayConfig(environment: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const values = readConfig(schema, environment);
  return {
    mode: values.INSATS_MODE,
    home: values.INSATS_HOME,
    natsUrl: values.NATS_URL,
    logLevel: values.LOG_LEVEL,
    host: values.INSATS_HOST,
    port: values.INSATS_PORT,
    identity: identityOf(values),
    devMailUrl: values.DEV_MAIL_URL,
  };
}

function identityOf(values: z.output<typeof schema>): IdentityConfig {
  const { OIDC_ISSUER: issuer, OIDC_JWKS_URL: jwksUrl } = values;
  const common = { audience: values.OIDC_AUDIENCE, subjectClaim: values.OIDC_SUBJECT_CLAIM };
  if (issuer && jwksUrl) return { ...common, issuer, jwksUrl };
  if (values.INSATS_MODE === 'demo' && !issuer && !jwksUrl) {
    return { ...common, issuer: `http://127.0.0.1:${values.INSATS_PORT}/dev/oidc`, jwksUrl: undefined };
  }
  throw new ConfigurationError(
    'The configuration is not complete:\n  OIDC_ISSUER and OIDC_JWKS_URL: expected both, the addresses of the identity provider and of its keys',
  );
}
