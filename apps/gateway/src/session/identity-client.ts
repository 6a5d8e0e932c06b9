import { importJWK, type CryptoKey, type JWTVerifyGetKey } from 'jose';
import * as oidc from 'openid-client';
import { DomainError } from '#libs/contracts';
import { claimsParameter, signedIn, type ClaimsMapping } from './claims.ts';
import { type SignedIn } from './session.ts';
import { verifyLogoutToken, type LogoutOrder } from './logout-token.ts';

export interface IdentityClientConfig {
  readonly issuer: string;
  /** Where the gateway reaches the provider, if not where browsers do: scheme, host, port. */
  readonly internalUrl: string | undefined;
  readonly client: {
    readonly id: string;
    readonly secret: string | undefined;
    /** A private JWK with `alg` and, for the provider to find its half, `kid`. */
    readonly key: Readonly<Record<string, unknown>> | undefined;
  };
  /** As registered at the provider, to the letter. */
  readonly redirectUri: string;
  readonly afterLogoutUri: string;
  readonly claims: ClaimsMapping;
  /** Asked for as `acr_values`. */
  readonly requiredLevels: readonly string[];
}

/** What must be remembered in the browser between the way to the provider and the way back. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
}

/** Seconds for one request to the provider: a person waits. */
const timeout = 5;
/** Milliseconds for which what the provider says of itself is believed. */
const remembered = 3_600_000;
/** What a provider says or does not say when it is not well, and not when the person did something wrong. */
const outages = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]);

/**
 * We as a client of the identity provider: authorization code (OpenID Connect Core, 3.1) with PKCE by S256
 * (RFC 7636), state, nonce, and the issuer in the response where the provider gives it (RFC 9207). The ID
 * token's signature is verified even though it comes straight from the provider. Its access token is used
 * for nothing but the userinfo endpoint, and is kept nowhere.
 */
export class IdentityClient {
  private found: { readonly provider: Promise<oidc.Configuration>; readonly until: number } | undefined;

  constructor(
    private readonly config: IdentityClientConfig,
    private readonly keys: JWTVerifyGetKey,
  ) {}

  /** Where to send the browser, and what to remember meanwhile. Errors: `unavailable`. */
  async begin(returnTo: string): Promise<{ location: string; attempt: Attempt }> {
    const { redirectUri, claims, requiredLevels } = this.config;
    const provider = await this.provider();
    const verifier = oidc.randomPKCECodeVerifier();
    const attempt = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier, returnTo };
    const wishes = claimsParameter(claims);
    const location = oidc.buildAuthorizationUrl(provider, {
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: claims.scopes,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(requiredLevels.length > 0 && { acr_values: requiredLevels.join(' ') }),
      ...(wishes !== undefined && { claims: wishes }),
    });
    return { location: location.href, attempt };
  }

  /**
   * Who came back. `query` is that of the callback; its address is the registered one, whatever the request
   * says, so that the provider compares it to the letter. Errors: `sign-in-failed`, `unavailable`.
   */
  async finish(query: string, attempt: Attempt): Promise<SignedIn> {
    const provider = await this.provider();
    const address = new URL(this.config.redirectUri);
    address.search = query;
    try {
      const tokens = await oidc.authorizationCodeGrant(provider, address, {
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        pkceCodeVerifier: attempt.verifier,
      });
      const claims = await this.claimsOf(provider, tokens);
      const who = signedIn(claims, this.config.claims);
      if (!who) throw failed(`the claim ${this.config.claims.subject} is missing`);
      return { ...who, ...(tokens.id_token !== undefined && { idToken: tokens.id_token }) };
    } catch (error) {
      throw problemOf(error);
    }
  }

  /** Where the provider ends its session too; undefined when it has no such place. Errors: `unavailable`. */
  async logoutAddress(idToken: string | undefined): Promise<string | undefined> {
    const provider = await this.provider();
    if (provider.serverMetadata().end_session_endpoint === undefined) return undefined;
    return oidc.buildEndSessionUrl(provider, {
      post_logout_redirect_uri: this.config.afterLogoutUri,
      ...(idToken !== undefined && { id_token_hint: idToken }),
    }).href;
  }

  /** Errors: {@link verifyLogoutToken}'s. */
  verifyLogout(token: string): Promise<LogoutOrder> {
    const { issuer, client } = this.config;
    return verifyLogoutToken(token, this.keys, { issuer, clientId: client.id });
  }

  /** Claims of the ID token; those of the userinfo endpoint only where the subject is not among them. */
  private async claimsOf(
    provider: oidc.Configuration,
    tokens: Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>,
  ): Promise<Record<string, unknown>> {
    const claims = tokens.claims();
    if (!claims) throw failed('no ID token');
    const hasMore = provider.serverMetadata().userinfo_endpoint !== undefined;
    if (claims[this.config.claims.subject] !== undefined || !hasMore) return claims;
    const more = await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub);
    // What was signed counts for more.
    return { ...more, ...claims };
  }

  private provider(): Promise<oidc.Configuration> {
    if (this.found && performance.now() < this.found.until) return this.found.provider;
    const provider = this.discover().catch((cause: unknown) => {
      this.found = undefined;
      throw Object.assign(new DomainError('unavailable', { params: { seconds: 5 } }), { cause });
    });
    this.found = { provider, until: performance.now() + remembered };
    return provider;
  }

  private async discover(): Promise<oidc.Configuration> {
    const { issuer, internalUrl, client } = this.config;
    const address = new URL(issuer);
    return oidc.discovery(address, client.id, {}, await this.clientAuthentication(), {
      timeout,
      // Plain HTTP only where the configuration allows it: on the machine itself.
      execute: [
        oidc.enableNonRepudiationChecks,
        ...(address.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
      ],
      ...(internalUrl !== undefined && {
        [oidc.customFetch]: (url: string, options: oidc.CustomFetchOptions) =>
          fetch(inside(url, address.origin, internalUrl), options as RequestInit),
      }),
    });
  }

  private async clientAuthentication(): Promise<oidc.ClientAuth> {
    const { secret, key } = this.config.client;
    if (key) {
      const privateKey = (await importJWK(key)) as CryptoKey;
      return oidc.PrivateKeyJwt(
        typeof key['kid'] === 'string' ? { key: privateKey, kid: key['kid'] } : privateKey,
      );
    }
    return secret === undefined ? oidc.None() : oidc.ClientSecretBasic(secret);
  }
}

function inside(url: string, origin: string, internalUrl: string): string {
  return url.startsWith(`${origin}/`) ? internalUrl + url.slice(origin.length) : url;
}

function failed(cause: unknown): DomainError {
  return Object.assign(new DomainError('sign-in-failed'), { cause });
}

function problemOf(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const code = (error as { code?: unknown }).code;
  const isProviders =
    error instanceof oidc.ClientError ||
    error instanceof oidc.AuthorizationResponseError ||
    error instanceof oidc.ResponseBodyError ||
    error instanceof oidc.WWWAuthenticateChallengeError;
  const isOutage = !isProviders || outages.has(String(code)) || statusOf(error) >= 500;
  if (!isOutage) return failed(error);
  return Object.assign(new DomainError('unavailable', { params: { seconds: 5 } }), { cause: error });
}

function statusOf(error: unknown): number {
  return (error as { status?: number }).status ?? 0;
}
