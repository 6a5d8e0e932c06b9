import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';
import { Provider, type Configuration } from 'oidc-provider';

export const webClient = { id: 'insats-web', secret: 'a-secret-of-the-test' };

/** What the next person to sign in is like, and what is to go wrong. */
export interface Script {
  accountId: string;
  acr?: string;
  claims: Record<string, unknown>;
  /** Changes an ID token on its way out. */
  tamper?: ((idToken: string) => string) | undefined;
}

export interface TestProvider {
  readonly issuer: string;
  readonly script: Script;
  /** Forms that came to the token endpoint. */
  readonly tokenRequests: URLSearchParams[];
  /** A token signed by the provider. */
  sign(payload: JWTPayload, header?: { typ?: string; alg?: string }): Promise<string>;
  stop(): Promise<void>;
}

/** A real, certified OpenID provider, in which a person signs in by being sent there. */
export async function startTestProvider(options: {
  port: number;
  gateways: readonly string[];
}): Promise<TestProvider> {
  const issuer = `http://127.0.0.1:${options.port}`;
  const jwk: JWK = { ...(await newKey()), kid: 'provider-1', alg: 'RS256', use: 'sig' };
  const privateKey = (await importJWK(jwk, 'RS256')) as CryptoKey;
  const script: Script = { accountId: 'kansli-sydost', claims: {} };
  const tokenRequests: URLSearchParams[] = [];
  const provider = quietly(() => new Provider(issuer, configuration(options.gateways, jwk, script)));
  provider.use(async (context, next) => {
    await next();
    const body = context.body as { id_token?: string } | undefined;
    if (context.path !== '/token' || !body?.id_token) return;
    tokenRequests.push(new URLSearchParams(context.oidc.body as Record<string, string>));
    if (script.tamper) context.body = { ...body, id_token: script.tamper(body.id_token) };
  });
  const serve = provider.callback();
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/interaction/')) void finishLogin(provider, script, request, response);
    else void serve(request, response);
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    issuer,
    script,
    tokenRequests,
    sign: (payload, header = {}) =>
      new SignJWT({ iss: issuer, ...payload })
        .setProtectedHeader({ alg: 'RS256', kid: 'provider-1', ...header })
        .setIssuedAt()
        .setExpirationTime(payload.exp ?? '2m')
        .sign(privateKey),
    stop: () => close(server),
  };
}

/** It warns, at length, of what is only fit for development; that is what this is for. */
function quietly<T>(work: () => T): T {
  const { info, warn } = console;
  Object.assign(console, { info: () => undefined, warn: () => undefined });
  try {
    return work();
  } finally {
    Object.assign(console, { info, warn });
  }
}

async function finishLogin(
  provider: Provider,
  script: Script,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { accountId, acr } = script;
  await provider.interactionFinished(
    request,
    response,
    { login: { accountId, ...(acr !== undefined && { acr }) } },
    { mergeWithLastSubmission: false },
  );
}

function configuration(gateways: readonly string[], jwk: JWK, script: Script): Configuration {
  const claims = ['name', 'preferred_username', 'employeeHsaId', 'organizationHsaId', 'commissionHsaId'];
  return {
    jwks: { keys: [jwk] } as Configuration['jwks'] & object,
    cookies: { keys: ['a-key-for-the-cookies-of-the-test'] },
    clients: [
      {
        client_id: webClient.id,
        client_secret: webClient.secret,
        redirect_uris: gateways.map((url) => `${url}/auth/callback`),
        post_logout_redirect_uris: gateways.map((url) => `${url}/auth/signed-out`),
        backchannel_logout_uri: `${gateways[0]}/auth/backchannel-logout`,
        backchannel_logout_session_required: true,
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    pkce: { required: () => true },
    acrValues: ['http://id.sambi.se/loa/loa2', 'http://id.sambi.se/loa/loa3'],
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], profile: claims, acr: null, sid: null, auth_time: null, iss: null },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.body = `<!doctype html>${form}`;
        },
      },
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: `Person ${id}`, preferred_username: id, ...script.claims }),
    }),
    // Consent is no matter here: the offices' own application is trusted.
    async loadExistingGrant(context) {
      const { client, session, provider } = context.oidc;
      const grant = new provider.Grant({
        ...(client && { clientId: client.clientId }),
        ...(session?.accountId !== undefined && { accountId: session.accountId }),
      });
      grant.addOIDCScope('openid profile');
      grant.addOIDCClaims(claims);
      await grant.save();
      return grant;
    },
  };
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return exportJWK(privateKey);
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
