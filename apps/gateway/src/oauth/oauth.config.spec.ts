import { expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import { readGatewayConfig } from '../config.ts';

const base = { OIDC_ISSUER: 'https://idp.example', OIDC_JWKS_URL: 'https://idp.example/keys' };
const key = await exportJWK((await generateKeyPair('EdDSA', { extractable: true })).privateKey);
const TOKEN_SIGNING_KEY = JSON.stringify(key);
const INSATS_PUBLIC_URL = 'https://insats.example';

test('without a key there is no token endpoint; the demonstration makes one', () => {
  expect(readGatewayConfig(base).oauth).toBeUndefined();
  expect(readGatewayConfig({ INSATS_MODE: 'demo', INSATS_PORT: '3100' }).oauth).toEqual({
    issuer: 'http://127.0.0.1:3100',
    audience: 'insats',
    keys: undefined,
  });
});

test('with a key, the tokens are issued in the name of the public address', () => {
  expect(readGatewayConfig({ ...base, TOKEN_SIGNING_KEY, INSATS_PUBLIC_URL }).oauth).toEqual({
    issuer: INSATS_PUBLIC_URL,
    audience: 'insats',
    keys: [key],
  });
});

test.each<[string, Record<string, string>, string]>([
  ['no public address', { TOKEN_SIGNING_KEY }, 'INSATS_PUBLIC_URL'],
  [
    'an address without TLS',
    { TOKEN_SIGNING_KEY, INSATS_PUBLIC_URL: 'http://insats.example' },
    'INSATS_PUBLIC_URL',
  ],
  [
    'the name of the provider',
    { TOKEN_SIGNING_KEY, INSATS_PUBLIC_URL: 'https://idp.example' },
    'OIDC_ISSUER',
  ],
  ['a key that is none', { TOKEN_SIGNING_KEY: '{"d":"c2VjcmV0"}', INSATS_PUBLIC_URL }, 'TOKEN_SIGNING_KEY'],
  [
    'an audience for which ID tokens are issued',
    { OIDC_CLIENT_ID: 'insats', INSATS_PUBLIC_URL },
    'OIDC_AUDIENCE',
  ],
])('%s: it does not start, says why, and repeats no secret', (_what, more, expected) => {
  let message = '';
  try {
    readGatewayConfig({ ...base, ...more });
  } catch (error) {
    ({ message } = error as Error);
  }
  expect(message).toContain(expected);
  expect(message).not.toContain('c2VjcmV0');
  expect(message).not.toContain(key.d);
});

test('a comma too many does not let in tokens without a type', () => {
  const { identity } = readGatewayConfig({ ...base, OIDC_TOKEN_TYPES: 'application/at+jwt, JWT, ' });
  expect(identity.tokenTypes).toEqual(['at+jwt', 'jwt']);
});
