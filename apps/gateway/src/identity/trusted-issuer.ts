import { type IdentityConfig } from '../config.ts';
import { type IssuerKeys } from './issuer-keys.ts';

/** Signatures that identity providers and clients may use: asymmetric ones, no `none` (RFC 8725, 3.1). */
export const signatureAlgorithms = ['EdDSA', 'Ed25519', 'ES256', 'RS256'] as const;

/** Whose access tokens are good here, and what they must be like. */
export interface TrustedIssuer {
  /** `iss`, to the letter. */
  readonly issuer: string;
  readonly audience: string;
  /** An allow-list: never the token says what may sign it. */
  readonly algorithms: readonly string[];
  /** Values of the header `typ`, in lower case and without `application/`. */
  readonly types: ReadonlySet<string>;
  readonly subjectClaim: string;
  /** Its subjects are systems registered here, all of them; nobody else's are. */
  readonly namesClients: boolean;
  readonly requiredClaims: readonly string[];
  /** Clients for whom ID tokens are issued: what is meant for one of them is no access token. */
  readonly idTokenAudiences: ReadonlySet<string>;
  /**
   * `always`: a token permits what its scope says and no more, whatever the caller's roles. `ours`: so
   * does one that names any of our scopes; others, which mean something elsewhere, leave it to the roles.
   */
  readonly scoped: 'always' | 'ours';
  readonly keys: IssuerKeys;
}

/** The identity provider, which is told how to by configuration. */
export function providerIssuer(
  config: Omit<IdentityConfig, 'jwksUrl' | 'keysRefresh' | 'requiredLevels'>,
  keys: IssuerKeys,
): TrustedIssuer {
  return {
    issuer: config.issuer,
    audience: config.audience,
    algorithms: signatureAlgorithms,
    types: new Set(config.tokenTypes),
    subjectClaim: config.subjectClaim,
    namesClients: false,
    requiredClaims: [],
    idTokenAudiences: new Set(config.idTokenAudiences),
    scoped: 'ours',
    keys,
  };
}

/** Tokens from our own token endpoint. */
export function ownIssuer(issuer: string, audience: string, keys: IssuerKeys): TrustedIssuer {
  return {
    issuer,
    audience,
    algorithms: ['EdDSA'],
    types: new Set(['at+jwt']),
    subjectClaim: 'sub',
    namesClients: true,
    requiredClaims: ['iat', 'jti', 'client_id', 'scope'],
    idTokenAudiences: new Set(),
    scoped: 'always',
    keys,
  };
}
