import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { type IdentityConfig } from '../config.ts';
import { demoClient } from '../session/sign-in.config.ts';
import { type DemoAuthorization } from './authorization.ts';
import { isDemoClient } from './clients.ts';
import { demoPeople } from './people.ts';
import { type DemoSigningKey } from './signing-key.ts';

const lifetime = 3600;

export interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The demo identity provider: OAuth 2 client credentials (RFC 6749, 4.4) for systems, authorization code
 * for people; access tokens as in RFC 9068.
 */
export class DemoIdentityProvider {
  constructor(
    private readonly config: Pick<IdentityConfig, 'issuer' | 'audience'>,
    readonly key: DemoSigningKey,
    private readonly people: DemoAuthorization,
  ) {}

  /** Discovery document (OpenID Connect Discovery 1.0). */
  get configuration(): Readonly<Record<string, unknown>> {
    const { issuer } = this.config;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      end_session_endpoint: `${issuer}/logout`,
      jwks_uri: `${issuer}/jwks`,
      grant_types_supported: ['authorization_code', 'client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic', 'none'],
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['EdDSA'],
    };
  }

  async token(form: URLSearchParams | undefined, authorization: string | undefined): Promise<TokenAnswer> {
    if (!form) return refusal('invalid_request', 'a form body is expected');
    const doubled = [...form.keys()].find((name) => form.getAll(name).length > 1);
    if (doubled !== undefined) return refusal('invalid_request', 'a parameter occurs more than once');
    const grant = form.get('grant_type');
    if (!grant) return refusal('invalid_request', 'grant_type is missing');
    if (grant === 'authorization_code') return this.redeem(form);
    if (grant !== 'client_credentials') {
      return refusal(
        'unsupported_grant_type',
        'only authorization_code and client_credentials are supported',
      );
    }
    const credentials = basicCredentials(authorization) ?? {
      id: form.get('client_id') ?? '',
      secret: form.get('client_secret') ?? '',
    };
    if (!isDemoClient(credentials.id, credentials.secret)) {
      const basic =
        authorization === undefined ? undefined : { 'www-authenticate': 'Basic realm="insats demo"' };
      return {
        ...refusal('invalid_client', 'unknown client or wrong secret', 401),
        ...(basic && { headers: basic }),
      };
    }
    return {
      status: 200,
      body: {
        access_token: await this.sign(credentials.id),
        token_type: 'Bearer',
        expires_in: lifetime,
      },
    };
  }

  private async redeem(form: URLSearchParams): Promise<TokenAnswer> {
    const who = this.people.redeem(form);
    if (!who) return refusal('invalid_grant', 'the code is not good');
    const idToken = await new SignJWT({
      ...(who.nonce !== undefined && { nonce: who.nonce }),
      auth_time: who.authenticatedAt,
      name: demoPeople.find(({ id }) => id === who.person)?.name,
    })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: this.key.id })
      .setIssuer(this.config.issuer)
      .setAudience(demoClient)
      .setSubject(who.person)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(this.key.privateKey);
    const accessToken = await this.sign(who.person, demoClient);
    return {
      status: 200,
      body: { access_token: accessToken, token_type: 'Bearer', expires_in: lifetime, id_token: idToken },
    };
  }

  private sign(subject: string, client = subject): Promise<string> {
    return new SignJWT({ client_id: client })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: this.key.id })
      .setIssuer(this.config.issuer)
      .setAudience(this.config.audience)
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${lifetime}s`)
      .sign(this.key.privateKey);
  }
}

function refusal(error: string, description: string, status = 400): TokenAnswer {
  return { status, body: { error, error_description: description } };
}

function basicCredentials(authorization: string | undefined): { id: string; secret: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':', 2);
  return { id, secret };
}
