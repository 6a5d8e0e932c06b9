import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { type Scope } from '#libs/contracts';
import { type Logger } from '#libs/platform';
import { claimedClient, verifyAssertion } from './client-assertion.ts';
import { type ClientRegistry, type RegisteredClient } from './client-registry.ts';
import { badClient, OAuthRefusal } from './oauth-refusal.ts';
import { type OAuthConfig } from './oauth.config.ts';
import { type TokenKeys } from './token-keys.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Seconds for which an access token holds. */
const lifetime = 600;

export const tokenPath = '/oauth/token';
export const keysPath = '/oauth/jwks';

/** A successful answer (RFC 6749, 5.1). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
}

/**
 * Gives access tokens to regions' systems: OAuth 2 client credentials (RFC 6749, 4.4) by `private_key_jwt`
 * (RFC 7523), the tokens as in RFC 9068. There are no client secrets: what we know of a client is public.
 */
export class TokenEndpoint {
  constructor(
    private readonly config: Pick<OAuthConfig, 'issuer' | 'audience'>,
    readonly keys: TokenKeys,
    private readonly clients: ClientRegistry,
    private readonly logger: Logger,
  ) {}

  get issuer(): string {
    return this.config.issuer;
  }

  /** Errors: {@link OAuthRefusal}; `unavailable` when the directory does not answer. */
  async token(form: URLSearchParams | undefined, authorization: string | undefined): Promise<TokenAnswer> {
    try {
      return await this.give(form, authorization);
    } catch (error) {
      if (error instanceof OAuthRefusal) {
        this.logger.warn({ error: error.error, reason: error.reason }, 'no token given');
      }
      throw error;
    }
  }

  private async give(
    form: URLSearchParams | undefined,
    authorization: string | undefined,
  ): Promise<TokenAnswer> {
    const assertion = assertionOf(form, authorization);
    const { clientId, kid } = claimedClient(assertion);
    const named = form?.get('client_id') ?? clientId;
    if (named !== clientId) throw badClient('client_id of another client');
    const client = await this.clients.find(clientId);
    const key = client?.keys.find((jwk) => jwk.kid === kid);
    if (!client || !key) throw badClient(client ? 'no such key, or ended' : 'no such client, or ended');
    const { issuer } = this.config;
    const { jti, deadAt } = await verifyAssertion(assertion, key, clientId, [issuer, issuer + tokenPath]);
    const scope = grantedScope(form?.get('scope') ?? null, client);
    // Last: an assertion is used up by a token, and not by a request that was written wrongly.
    if (!(await this.clients.useAssertion(clientId, jti, deadAt))) throw badClient('used before');
    const token = await this.sign(clientId, client.subject, scope);
    this.logger.info({ client: clientId, scope }, 'token given');
    return { access_token: token, token_type: 'Bearer', expires_in: lifetime, scope };
  }

  private sign(clientId: string, subject: string, scope: string): Promise<string> {
    return new SignJWT({ client_id: clientId, scope })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: this.keys.id })
      .setIssuer(this.config.issuer)
      .setAudience(this.config.audience)
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${lifetime}s`)
      .sign(this.keys.privateKey);
  }
}

function assertionOf(form: URLSearchParams | undefined, authorization: string | undefined): string {
  if (!form) throw new OAuthRefusal('invalid_request', 'a form body is expected');
  const names = [...form.keys()];
  if (new Set(names).size < names.length) {
    throw new OAuthRefusal('invalid_request', 'a parameter occurs more than once');
  }
  const grant = form.get('grant_type');
  if (!grant) throw new OAuthRefusal('invalid_request', 'grant_type is missing');
  if (grant !== 'client_credentials') {
    throw new OAuthRefusal('unsupported_grant_type', 'only client_credentials is supported');
  }
  if (authorization !== undefined || form.has('client_secret')) {
    throw new OAuthRefusal('invalid_client', 'clients prove themselves by client_assertion only');
  }
  const assertion = form.get('client_assertion');
  if (!assertion) throw new OAuthRefusal('invalid_client', 'client_assertion is missing');
  if (form.get('client_assertion_type') !== assertionType) {
    throw new OAuthRefusal('invalid_request', `client_assertion_type is expected to be ${assertionType}`);
  }
  return assertion;
}

/** What is asked for, if the client may have it; without a wish, all that it may have (RFC 6749, 3.3). */
function grantedScope(wish: string | null, { scopes }: RegisteredClient): string {
  const wanted = wish === null ? scopes : [...new Set(wish.split(' ').filter((scope) => scope !== ''))];
  if (wanted.length === 0) throw new OAuthRefusal('invalid_scope', 'no scope is left to give');
  if (!wanted.every((scope) => scopes.includes(scope as Scope))) {
    throw new OAuthRefusal('invalid_scope', 'a scope is unknown, or is not among those of the client');
  }
  return wanted.join(' ');
}
