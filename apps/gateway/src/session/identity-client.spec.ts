import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, type JWK } from 'jose';
import { claimsMapping } from './claims.ts';
import { IdentityClient } from './identity-client.ts';

const issuer = 'https://idp.example/realms/insats';
let isWell = true;
let asked: string[] = [];
let form = new URLSearchParams();

// A provider as it looks from inside: what it says of itself are the addresses that browsers use.
const server = createServer((request, response) => void answer(request, response));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  asked.push(request.url ?? '');
  form = new URLSearchParams(await text(request));
  response.setHeader('content-type', 'application/json');
  if (!isWell) response.writeHead(502).end('{}');
  else if (request.url?.endsWith('/token')) response.writeHead(400).end('{"error":"invalid_grant"}');
  else {
    const endpoints = { authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` };
    response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/certs`, ...endpoints }));
  }
}

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

beforeEach(() => {
  isWell = true;
  asked = [];
});

function client(key?: JWK): IdentityClient {
  return new IdentityClient(
    {
      issuer,
      internalUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      client: { id: 'insats-web', secret: 'secret', key: key as Record<string, unknown> | undefined },
      redirectUri: 'https://insats.example/auth/callback',
      afterLogoutUri: 'https://insats.example/auth/signed-out',
      claims: claimsMapping('keycloak'),
      requiredLevels: [],
    },
    createLocalJWKSet({ keys: [] }),
  );
}

test('the gateway asks the provider inside, and sends browsers to its public address', async () => {
  const { location, attempt } = await client().begin('/x');
  expect(location).toMatch(/^https:\/\/idp\.example\/realms\/insats\/auth\?/);
  expect(attempt.returnTo).toBe('/x');
  expect(asked).toEqual(['/realms/insats/.well-known/openid-configuration']);
});

test('a provider that refuses is told from one that is not well', async () => {
  const it = client();
  const { attempt } = await it.begin('/x');
  const query = `?code=x&state=${attempt.state}`;
  await expect(it.finish(query, attempt)).rejects.toMatchObject({ code: 'sign-in-failed' });
  isWell = false;
  await expect(it.finish(query, attempt)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(client().begin('/x')).rejects.toMatchObject({ code: 'unavailable' });
});

test('a provider that was not well is asked again, one that was is not', async () => {
  const it = client();
  isWell = false;
  await expect(it.begin('/x')).rejects.toMatchObject({ code: 'unavailable' });
  isWell = true;
  await it.begin('/x');
  await it.begin('/x');
  expect(asked).toHaveLength(2);
});

test('the client proves itself by its secret, or by a signature of its key for this provider (RFC 7523)', async () => {
  const bySecret = client();
  const { attempt } = await bySecret.begin('/x');
  const query = `?code=x&state=${attempt.state}`;
  await expect(bySecret.finish(query, attempt)).rejects.toThrow('sign-in-failed');
  expect([form.get('code_verifier'), form.get('client_assertion')]).toEqual([attempt.verifier, null]);

  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'client-1' };
  await expect(client(key).finish(query, attempt)).rejects.toThrow('sign-in-failed');
  expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  expect(form.get('client_secret')).toBeNull();
  const { payload, protectedHeader } = await jwtVerify(form.get('client_assertion') ?? '', publicKey, {
    issuer: 'insats-web',
    subject: 'insats-web',
    audience: issuer,
    requiredClaims: ['exp', 'jti'],
  });
  expect(protectedHeader.kid).toBe('client-1');
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(300);
});
