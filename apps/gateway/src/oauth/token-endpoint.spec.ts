import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHmac, randomUUID } from 'node:crypto';
import {
  createLocalJWKSet,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
} from 'jose';
import { DomainError } from '#libs/contracts';
import { createLogger } from '#libs/platform';
import { type ClientRegistry, type RegisteredClient } from './client-registry.ts';
import { OAuthRefusal } from './oauth-refusal.ts';
import { TokenEndpoint } from './token-endpoint.ts';
import { tokenKeys, type TokenKeys } from './token-keys.ts';

const issuer = 'https://insats.example';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const algorithms = { ed: 'EdDSA', ec: 'ES256', rsa: 'RS256' } as const;
type Name = keyof typeof algorithms | 'stranger';

let privateKeys: Record<Name, CryptoKey>;
let publicKeys: Record<Name, JWK>;
let signing: TokenKeys;
let client: RegisteredClient | undefined;
let used: Map<string, Date>;
let endpoint: TokenEndpoint;

beforeAll(async () => {
  const made = await Promise.all(
    Object.entries({ ...algorithms, stranger: 'EdDSA' as const }).map(async ([name, alg]) => {
      const pair = await generateKeyPair(alg, { extractable: true });
      return { name, pair, jwk: { ...(await exportJWK(pair.publicKey)), kid: name, alg } };
    }),
  );
  privateKeys = Object.fromEntries(
    made.map(({ name, pair }) => [name, pair.privateKey]),
  ) as typeof privateKeys;
  publicKeys = Object.fromEntries(made.map(({ name, jwk }) => [name, jwk])) as unknown as typeof publicKeys;
  const own = await generateKeyPair('EdDSA', { extractable: true });
  signing = await tokenKeys([{ ...(await exportJWK(own.privateKey)), kid: 'own' }]);
});

beforeEach(() => {
  client = {
    subject: 'client:kalmar',
    scopes: ['grants.read', 'grants.write'],
    keys: [publicKeys.ed, publicKeys.ec, publicKeys.rsa],
  };
  used = new Map();
  const registry: ClientRegistry = {
    find: async (clientId) => (clientId === 'kalmar' ? client : undefined),
    async useAssertion(clientId, jti, expiresAt) {
      const isFresh = !used.has(`${clientId} ${jti}`);
      used.set(`${clientId} ${jti}`, expiresAt);
      return isFresh;
    },
  };
  endpoint = new TokenEndpoint(
    { issuer, audience: 'insats' },
    signing,
    registry,
    createLogger('test', 'silent'),
  );
});

interface Recipe {
  claims?: JWTPayload;
  header?: Partial<JWTHeaderParameters> & Record<string, unknown>;
  by?: Name;
}

const now = (): number => Math.floor(Date.now() / 1000);

function assertion({ claims = {}, header = {}, by = 'ed' }: Recipe = {}): Promise<string> {
  const base = { iss: 'kalmar', sub: 'kalmar', aud: issuer, jti: randomUUID(), exp: now() + 60 };
  const alg = by === 'stranger' ? 'EdDSA' : algorithms[by];
  return new SignJWT({ ...base, ...claims })
    .setProtectedHeader({ alg, kid: by === 'stranger' ? 'ed' : by, ...header })
    .sign(privateKeys[by], { crit: { exp: false } } as object);
}

const formOf = (client_assertion: string, more: Record<string, string> = {}): URLSearchParams =>
  new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: assertionType,
    client_assertion,
    ...more,
  });

/** The error that a form is refused with, or `given`. */
async function outcome(form: URLSearchParams | undefined, authorization?: string): Promise<string> {
  try {
    await endpoint.token(form, authorization);
    return 'given';
  } catch (error) {
    if (error instanceof OAuthRefusal) return error.error;
    return error instanceof DomainError ? error.code : String(error);
  }
}

describe('an access token', () => {
  test('is signed by us, for us, and says for whom and what it is', async () => {
    const answer = await endpoint.token(formOf(await assertion(), { client_id: 'kalmar' }), undefined);
    expect(answer).toMatchObject({
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'grants.read grants.write',
    });
    const { payload, protectedHeader } = await jwtVerify(
      answer.access_token,
      createLocalJWKSet(endpoint.keys.jwks),
    );
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: 'own' });
    expect(payload).toEqual({
      iss: issuer,
      aud: 'insats',
      sub: 'client:kalmar',
      client_id: 'kalmar',
      scope: 'grants.read grants.write',
      jti: expect.stringMatching(/^[\w-]{36}$/),
      iat: expect.any(Number),
      exp: Number(payload.iat) + 600,
    });
  });

  test('has no more scope than is asked for, and none that the client may not have', async () => {
    const scopeOf = async (scope: string) =>
      (await endpoint.token(formOf(await assertion(), { scope }), undefined)).scope;
    expect(await scopeOf('grants.read')).toBe('grants.read');
    expect(await scopeOf('grants.write  grants.read grants.write')).toBe('grants.write grants.read');
    for (const scope of ['plans.read', 'grants.read plans.read', 'GRANTS.READ', 'x', '', ' ']) {
      expect([scope, await outcome(formOf(await assertion(), { scope }))]).toEqual([scope, 'invalid_scope']);
    }
    if (client) client = { ...client, scopes: [] };
    expect(await outcome(formOf(await assertion()))).toBe('invalid_scope');
  });
});

describe('an assertion', () => {
  test.each<[string, Recipe]>([
    ['signed by Ed25519', { by: 'ed' }],
    ['signed by Ed25519 under its newer name', { by: 'ed', header: { alg: 'Ed25519' } }],
    ['signed by P-256', { by: 'ec' }],
    ['signed by RSA', { by: 'rsa' }],
    ['for the token endpoint by its address', { claims: { aud: `${issuer}/oauth/token` } }],
    ['for us in a list of one', { claims: { aud: [issuer] } }],
    ['that holds for the longest time', { claims: { exp: now() + 300 } }],
    ['that says what it is', { header: { typ: 'client-authentication+jwt' } }],
  ])('%s is good', async (_what, recipe) => {
    expect(await outcome(formOf(await assertion(recipe)))).toBe('given');
  });

  test.each<[string, Recipe]>([
    ['of an unknown client', { claims: { iss: 'norr', sub: 'norr' } }],
    ['of one client about another', { claims: { sub: 'norr' } }],
    ['without an issuer', { claims: { iss: undefined, sub: undefined } }],
    ['signed by somebody else', { by: 'stranger' }],
    ['by an unknown key', { header: { kid: 'other' } }],
    ['by no named key', { header: { kid: undefined } }],
    ['by another key than it names', { by: 'ec', header: { kid: 'rsa' } }],
    ['for another audience', { claims: { aud: 'https://other.example' } }],
    ['for a longer address of ours', { claims: { aud: `${issuer}/` } }],
    ['for several audiences', { claims: { aud: [issuer, 'https://other.example'] } }],
    ['for nobody', { claims: { aud: undefined } }],
    ['that is over', { claims: { exp: now() - 60 } }],
    ['that holds too long', { claims: { exp: now() + 400 } }],
    ['that holds for ever', { claims: { exp: undefined } }],
    ['that does not hold yet', { claims: { nbf: now() + 120 } }],
    ['from the future', { claims: { iat: now() + 120 } }],
    ['without an id', { claims: { jti: undefined } }],
    ['with an empty id', { claims: { jti: '' } }],
    ['with an endless id', { claims: { jti: 'x'.repeat(256) } }],
    ['that is an access token', { header: { typ: 'at+jwt' } }],
    ['that says where its key is', { header: { jku: 'https://evil.example' } }],
    ['that says where its certificate is', { header: { x5u: 'https://evil.example' } }],
    ['that must be understood', { header: { crit: ['exp'], exp: 1 } }],
    ['that is longer than any', { claims: { more: 'x'.repeat(4096) } }],
  ])('%s is refused', async (_what, recipe) => {
    expect(await outcome(formOf(await assertion(recipe)))).toBe('invalid_client');
    expect(used.size).toBe(0);
  });

  test('by a key that it brings is refused', async () => {
    expect(await outcome(formOf(await assertion({ header: { jwk: publicKeys.ed } })))).toBe('invalid_client');
    const jwk = publicKeys.stranger;
    expect(await outcome(formOf(await assertion({ by: 'stranger', header: { jwk } })))).toBe(
      'invalid_client',
    );
  });

  test('signed in a way that is not on the list is refused, though the key would do', async () => {
    const { alg: _any, ...rsa } = publicKeys.rsa;
    if (client) client = { ...client, keys: [rsa] };
    const outcomes: string[] = [];
    for (const alg of ['PS256', 'RS512', 'RS256']) {
      const key = await importJWK(await exportJWK(privateKeys.rsa), alg);
      const proof = new SignJWT({ iss: 'kalmar', sub: 'kalmar', aud: issuer, jti: alg, exp: now() + 60 })
        .setProtectedHeader({ alg, kid: 'rsa' })
        .sign(key);
      outcomes.push(await outcome(formOf(await proof)));
    }
    expect(outcomes).toEqual(['invalid_client', 'invalid_client', 'given']);
  });

  test('that is not signed, or by a public key as a secret, is refused', async () => {
    const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = base64({ iss: 'kalmar', sub: 'kalmar', aud: issuer, jti: 'j', exp: now() + 60 });
    expect(await outcome(formOf(`${base64({ alg: 'none', kid: 'ed' })}.${claims}.`))).toBe('invalid_client');
    const { publicKey } = await generateKeyPair('RS256', { extractable: true });
    const head = base64({ alg: 'HS256', kid: 'rsa' });
    for (const secret of [JSON.stringify(publicKeys.rsa), await exportSPKI(publicKey)]) {
      const signature = createHmac('sha256', secret).update(`${head}.${claims}`).digest('base64url');
      expect(await outcome(formOf(`${head}.${claims}.${signature}`))).toBe('invalid_client');
    }
    for (const text of ['x', 'a.b.c', '..', 'e30.e30.e30']) {
      expect(await outcome(formOf(text))).toBe('invalid_client');
    }
  });

  test('is good for one token, and remembered for as long as it could be used again', async () => {
    const exp = now() + 200;
    const text = await assertion({ claims: { jti: 'once', exp } });
    expect(await outcome(formOf(text))).toBe('given');
    expect(await outcome(formOf(text))).toBe('invalid_client');
    expect(used.get('kalmar once')?.getTime()).toBeGreaterThanOrEqual(exp * 1000);
  });

  test('is not used up by a request that gets no token', async () => {
    const text = await assertion();
    expect(await outcome(formOf(text, { scope: 'plans.read' }))).toBe('invalid_scope');
    expect(await outcome(formOf(text))).toBe('given');
  });

  test('by a key that has ended, or of a client that has, is refused', async () => {
    if (client) client = { ...client, keys: [publicKeys.ec] };
    expect(await outcome(formOf(await assertion({ by: 'ed' })))).toBe('invalid_client');
    expect(await outcome(formOf(await assertion({ by: 'ec' })))).toBe('given');
    client = undefined;
    expect(await outcome(formOf(await assertion({ by: 'ec' })))).toBe('invalid_client');
  });

  test('is refused in the same words whatever is wrong with it', async () => {
    const messages = await Promise.all(
      [
        { claims: { iss: 'norr', sub: 'norr' } },
        { by: 'stranger' as const },
        { header: { kid: 'other' } },
      ].map(async (recipe) =>
        endpoint.token(formOf(await assertion(recipe)), undefined).then(
          () => 'given',
          (error: Error) => error.message,
        ),
      ),
    );
    expect(new Set(messages).size).toBe(1);
  });
});

describe('a request for a token', () => {
  test.each<[string, Record<string, string | undefined>, string]>([
    ['without a grant', { grant_type: undefined }, 'invalid_request'],
    ['by password', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['with another kind of assertion', { client_assertion_type: 'saml' }, 'invalid_request'],
    ['without an assertion', { client_assertion: undefined }, 'invalid_client'],
    ['with a secret', { client_secret: 'x' }, 'invalid_client'],
    ['in the name of another client', { client_id: 'norr' }, 'invalid_client'],
  ])('%s is refused', async (_what, changes, expected) => {
    const form = formOf(await assertion());
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) form.delete(name);
      else form.set(name, value);
    }
    expect(await outcome(form)).toBe(expected);
  });

  test('without a form, with two proofs, or with a parameter twice is refused', async () => {
    expect(await outcome(undefined)).toBe('invalid_request');
    expect(await outcome(formOf(await assertion()), 'Basic eA==')).toBe('invalid_client');
    const form = formOf(await assertion());
    form.append('scope', 'grants.read');
    form.append('scope', 'grants.write');
    expect(await outcome(form)).toBe('invalid_request');
  });
});
