import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose';
import { api, eventually, freePort, startTestProduct, type ApiAnswer } from '#libs/testing';
import { TestIssuer, testKey, type TestKey } from './issuer.ts';

// One provider for people, and our own token endpoint for systems: the keys of both are changed under way.
let product: Awaited<ReturnType<typeof startTestProduct>>;
let provider: TestIssuer;
let folder: string;
let keyFile: string;
let signing: { first: JWK; second: JWK };
let issuer: string;
const audience = 'insats';

const privateJwk = async (kid: string): Promise<JWK> => ({
  ...(await exportJWK((await generateKeyPair('EdDSA', { extractable: true })).privateKey)),
  kid,
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'insats-tokens-'));
  keyFile = join(folder, 'signing.json');
  signing = { first: await privateJwk('first'), second: await privateJwk('second') };
  writeFileSync(keyFile, JSON.stringify([signing.first]));
  provider = await TestIssuer.start('one');
  issuer = `http://127.0.0.1:${await freePort()}`;
  product = await startTestProduct({
    env: {
      OIDC_ISSUER: provider.url,
      OIDC_JWKS_URL: `${provider.url}/keys`,
      OIDC_KEYS_REFRESH: '5',
      TOKEN_SIGNING_KEY_FILE: keyFile,
      INSATS_PUBLIC_URL: issuer,
    },
  });
}, 120_000);

afterAll(async () => {
  await product?.stop();
  provider?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

const send = (
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<ApiAnswer> =>
  api(product).anonymous.send(method, path, body, {
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
  });

const as = async (subject: string, method: string, path: string, body?: unknown): Promise<ApiAnswer> =>
  send(await provider.token(subject), method, path, body);

const me = async (token: string): Promise<[number, string]> => {
  const { status, body } = await send(token, 'GET', '/me');
  return [status, body.id ?? body.code];
};
const refused: [number, string] = [401, 'not-authenticated'];

interface Client {
  readonly id: string;
  readonly clientId: string;
  readonly subject: string;
  readonly key: TestKey;
}

/** A system of Kalmar as its office registers it, with one key. */
async function register(scopes = ['grants.read', 'grants.write'], alg = 'EdDSA'): Promise<Client> {
  const created = await as('kansli-sydost', 'POST', '/api-clients', {
    name: 'Ansökningssystemet',
    region: 'kalmar',
    scopes,
  });
  expect([created.status, created.body.errors]).toEqual([201, undefined]);
  const { id, clientId, subject } = created.body as Client;
  const key = await addKey(id, alg);
  return { id, clientId, subject, key };
}

async function addKey(id: string, alg = 'EdDSA'): Promise<TestKey> {
  const key = await testKey(`key-${randomUUID()}`, alg);
  const added = await as('kansli-sydost', 'POST', `/api-clients/${id}/keys`, { jwk: key.jwk });
  expect([added.status, added.body.errors]).toEqual([201, undefined]);
  return key;
}

function assertion(
  { clientId, key }: Pick<Client, 'clientId' | 'key'>,
  claims: JWTPayload = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 120;
  return new SignJWT({ iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), exp, ...claims })
    .setProtectedHeader({ alg: String(key.jwk.alg), kid: String(key.jwk.kid), ...header })
    .sign(key.privateKey);
}

/** Asks the token endpoint as any OAuth library does. */
async function ask(proof: string, more: Record<string, string> = {}) {
  const response = await fetch(`${product.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: proof,
      ...more,
    }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, string>,
  };
}

async function tokenOf(client: Client, more: Record<string, string> = {}): Promise<string> {
  const { status, body } = await ask(await assertion(client), more);
  expect([status, body['error_description']]).toEqual([200, undefined]);
  return String(body['access_token']);
}

describe('a system of a region', () => {
  test.each(['EdDSA', 'ES256', 'RS256'])(
    'gets a token by a key for %s and acts with it',
    async (alg) => {
      const client = await register(undefined, alg);
      const answer = await ask(await assertion(client), { scope: 'grants.read' });
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(answer.body).toEqual({
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 600,
        scope: 'grants.read',
      });
      const { status, body } = await send(String(answer.body['access_token']), 'GET', '/me');
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: client.subject, kind: 'system' });
    },
    60_000,
  );

  test('finds where to ask, and whoever gets its tokens finds the keys', async () => {
    const metadata = await fetch(`${product.url}/.well-known/oauth-authorization-server`);
    expect(await metadata.json()).toMatchObject({
      issuer,
      token_endpoint: `${issuer}/oauth/token`,
      jwks_uri: `${issuer}/oauth/jwks`,
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    });
    const { keys } = (await (await fetch(`${product.url}/oauth/jwks`)).json()) as { keys: JWK[] };
    expect(keys.map(({ kid }) => kid)).toContain('first');
    expect(JSON.stringify(keys)).not.toContain('"d"');
  });

  test('is refused what its token does not cover, in both languages, and told what would', async () => {
    const token = await tokenOf(await register(), { scope: 'grants.read' });
    expect((await send(token, 'GET', '/calls')).status).toBe(200);
    for (const [method, path, scope] of [
      ['POST', '/applications', 'grants.write'],
      ['GET', '/plans', 'plans.read'],
      ['GET', '/people', 'directory.read'],
    ] as const) {
      const answer = await send(token, method, path, method === 'POST' ? {} : undefined);
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'insufficient-scope']);
      expect(answer.body.detail).toContain(scope);
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer realm="insats", error="insufficient_scope", scope="${scope}"`,
      );
      const english = await send(token, method, path, method === 'POST' ? {} : undefined, {
        'accept-language': 'en',
      });
      expect(english.body.title).toBe('The access token does not cover this');
    }
    // Who one is, anybody may know.
    expect((await send(token, 'GET', '/me')).status).toBe(200);
  });

  test('gets one token for one assertion, however often and however fast it is sent', async () => {
    const client = await register();
    const proof = await assertion(client);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(proof)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body } of answers) {
      if (status !== 200) expect([status, body['error']]).toEqual([401, 'invalid_client']);
    }
    const again = await ask(proof);
    expect([again.status, again.body['error']]).toEqual([401, 'invalid_client']);
  });

  test('gets none by an assertion for somebody else, of another time, or of another key', async () => {
    const client = await register();
    const other = await register();
    const now = Math.floor(Date.now() / 1000);
    const proofs = {
      'for another audience': await assertion(client, { aud: 'https://idp.example' }),
      'for two audiences': await assertion(client, { aud: [issuer, 'https://idp.example'] }),
      expired: await assertion(client, { exp: now - 60 }),
      'for ten minutes': await assertion(client, { exp: now + 600 }),
      'without an id': await assertion(client, { jti: undefined }),
      'by the key of another client': await assertion({ clientId: client.clientId, key: other.key }),
      'by another key under its name': await assertion({
        ...client,
        key: { ...other.key, jwk: client.key.jwk },
      }),
      'of nobody': await assertion({ ...client, clientId: 'nobody' }),
      'that says where its key is': await assertion(client, {}, { jku: `${provider.url}/keys` }),
      'an access token': await tokenOf(client),
    };
    for (const [what, proof] of Object.entries(proofs)) {
      const { status, body } = await ask(proof);
      expect([what, status, body['error']]).toEqual([what, 401, 'invalid_client']);
    }
    expect(await me(await tokenOf(client))).toEqual([200, client.subject]);
  });

  test('changes its key without a pause: both are good for a while, the ended one is no more', async () => {
    const client = await register();
    const renewed = { ...client, key: await addKey(client.id) };
    await tokenOf(client);
    await tokenOf(renewed);
    const ending = await as(
      'kansli-sydost',
      'POST',
      `/api-clients/${client.id}/keys/${client.key.jwk.kid}/ending`,
      { reason: 'Nyckelbyte' },
    );
    expect(ending.status).toBe(200);
    expect((await ask(await assertion(client))).body['error']).toBe('invalid_client');
    await tokenOf(renewed);
  });

  test('that is ended is refused within a second, with a live token too', async () => {
    const client = await register();
    const token = await tokenOf(client);
    expect(await me(token)).toEqual([200, client.subject]);
    const ended = await as('kansli-sydost', 'POST', `/api-clients/${client.id}/ending`, { reason: 'Slut' });
    expect(ended.status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const answer = await send(token, 'GET', '/me');
    expect([answer.status, answer.body.code]).toEqual(refused);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect((await ask(await assertion(client))).body['error']).toBe('invalid_client');
  });
});

describe('a person', () => {
  test('whose role was ended is refused within a second, with a live token', async () => {
    const reader = await provider.token('lasare-kalmar');
    expect((await send(reader, 'GET', '/me')).body.roles).toHaveLength(1);
    const list = await as('kansli-sydost', 'GET', '/role-assignments?role=regionReader&region=kalmar');
    expect(list.status).toBe(200);
    for (const { id } of list.body.items as { id: string }[]) {
      const ended = await as('kansli-sydost', 'POST', `/role-assignments/${id}/ending`, { reason: 'Slutat' });
      expect(ended.status).toBe(200);
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const answer = await send(reader, 'GET', '/me');
    expect(answer.status === 403 || answer.body.roles.length === 0).toBe(true);
    expect((await send(reader, 'GET', '/calls')).body.items ?? []).toEqual([]);
  });
});

describe('a token', () => {
  test('of the provider is good, and one that somebody changed is not', async () => {
    const token = await provider.token('kansli-sydost');
    expect(await me(token)).toEqual([200, 'kansli-sydost']);
    const [header, payload = '', signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'revisor' })).toString('base64url');
    expect(await me(`${header}.${forged}.${signature}`)).toEqual(refused);
  });

  test('that is not what it should be is refused', async () => {
    const now = Math.floor(Date.now() / 1000);
    const stranger = await testKey('one');
    const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: provider.url, aud: audience, sub: 'revisor', iat: now, exp: now + 300 };
    const symmetric = `${base64({ alg: 'HS256', typ: 'at+jwt', kid: 'one' })}.${base64(claims)}`;
    const publicKey = JSON.stringify([...provider.keys.values()][0]?.jwk);
    const tokens = {
      forged: await provider.token('revisor', { by: stranger }),
      expired: await provider.token('revisor', { claims: { exp: now - 120 } }),
      'not signed': `${base64({ alg: 'none', typ: 'at+jwt' })}.${base64(claims)}.`,
      'signed with the public key': `${symmetric}.${createHmac('sha256', publicKey).update(symmetric).digest('base64url')}`,
      'for another audience': await provider.token('revisor', { claims: { aud: 'other' } }),
      'of another issuer': await provider.token('revisor', { claims: { iss: 'https://idp.example' } }),
      'of our name': await provider.token('revisor', { claims: { iss: issuer } }),
      'of another type': await provider.token('revisor', { header: { typ: 'JWT' } }),
      'an ID token': await provider.token('revisor', { claims: { nonce: 'n', at_hash: 'h' } }),
      'from the future': await provider.token('revisor', { claims: { nbf: now + 300 } }),
      'by an unknown key': await provider.token('revisor', { header: { kid: 'unknown' } }),
      'that says where its key is': await provider.token('revisor', { header: { jku: provider.url } }),
      'that says where its certificate is': await provider.token('revisor', {
        header: { x5u: provider.url },
      }),
      'in the name of a system': await provider.token('client:x'),
      'too long': await provider.token('revisor', { claims: { more: 'x'.repeat(9000) } }),
    };
    for (const [what, token] of Object.entries(tokens)) {
      expect([what, ...(await me(token))]).toEqual([what, ...refused]);
    }
  });

  test('by a new key of the provider is good within seconds, and by an old one no more when it is gone', async () => {
    const [old] = provider.keys.values();
    const fresh = await testKey('two');
    provider.keys.set('two', fresh);
    const [byOld, byFresh] = [
      await provider.token('kansli-sydost', { by: old as TestKey }),
      await provider.token('kansli-sydost', { by: fresh }),
    ];
    await eventually(async () => (await me(byFresh))[0] === 200);
    expect(await me(byOld)).toEqual([200, 'kansli-sydost']);
    provider.keys.delete('one');
    await eventually(async () => (await me(byOld))[0] === 401);
    expect(await me(byFresh)).toEqual([200, 'kansli-sydost']);
  });

  test('with an unknown key does not have the keys fetched each time', async () => {
    const before = provider.fetches;
    const started = performance.now();
    for (let count = 0; count < 60; count += 1) {
      expect(await me(await provider.token('x', { header: { kid: `guess-${count}` } }))).toEqual(refused);
    }
    const seconds = (performance.now() - started) / 1000;
    // At most one for each five seconds, whether they grew old or somebody guessed.
    expect(provider.fetches - before).toBeLessThanOrEqual(Math.ceil(seconds / 5) + 1);
  });

  test('of our own outlives a change of our keys, until its key is taken away', async () => {
    const client = await register();
    const byFirst = await tokenOf(client);
    const withKeys = async (...keys: JWK[]): Promise<void> => {
      writeFileSync(keyFile, JSON.stringify(keys));
      await product.processes.get('gateway')?.kill('SIGTERM');
      await eventually(async () => (await fetch(`${product.url}/health/live`)).ok);
    };
    await withKeys(signing.second, signing.first);
    const bySecond = await tokenOf(client);
    expect(await me(byFirst)).toEqual([200, client.subject]);
    expect(await me(bySecond)).toEqual([200, client.subject]);
    await withKeys(signing.second);
    expect(await me(byFirst)).toEqual(refused);
    expect(await me(bySecond)).toEqual([200, client.subject]);
  }, 60_000);
});
