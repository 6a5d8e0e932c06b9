import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { readGatewayConfig } from '../config.ts';

const key = (): string => randomBytes(32).toString('base64url');
const provider = { OIDC_ISSUER: 'https://idp.example', OIDC_JWKS_URL: 'https://idp.example/keys' };
const client = {
  ...provider,
  OIDC_CLIENT_ID: 'insats-web',
  INSATS_PUBLIC_URL: 'https://insats.example/',
  SESSION_KEYS: `${key()} ${key()}`,
};

test('without a client nobody signs in', () => {
  expect(readGatewayConfig(provider).signIn).toBeUndefined();
});

test('with a client everything has a default but address and keys', () => {
  expect(readGatewayConfig(client).signIn).toMatchObject({
    redirectUri: 'https://insats.example/auth/callback',
    afterLogoutUri: 'https://insats.example/auth/signed-out',
    origin: 'https://insats.example',
    secure: true,
    idle: 1800,
    absolute: 36_000,
    requiredLevels: [],
    claims: { subject: 'sub' },
    keys: [expect.any(Uint8Array), expect.any(Uint8Array)],
  });
});

test('the subject claim counts for tokens and for people, where one is given', () => {
  const named = readGatewayConfig({ ...client, OIDC_CLAIMS: 'keycloak', OIDC_SUBJECT_CLAIM: 'insats_id' });
  expect([named.identity.subjectClaim, named.signIn?.claims.subject]).toEqual(['insats_id', 'insats_id']);
  const unnamed = readGatewayConfig({ ...client, OIDC_CLAIMS: 'keycloak' });
  expect([unnamed.identity.subjectClaim, unnamed.signIn?.claims.subject]).toEqual([
    'sub',
    'preferred_username',
  ]);
});

test('in demo mode the demo identity provider has a client for the browser, without TLS', () => {
  expect(readGatewayConfig({ INSATS_MODE: 'demo', INSATS_PORT: '4000' }).signIn).toMatchObject({
    client: { id: 'insats-web' },
    redirectUri: 'http://127.0.0.1:4000/auth/callback',
    secure: false,
    keys: undefined,
  });
});

test.each<[string, Record<string, string | undefined>]>([
  ['INSATS_PUBLIC_URL', { INSATS_PUBLIC_URL: undefined }],
  ['INSATS_PUBLIC_URL', { INSATS_PUBLIC_URL: 'http://insats.example' }],
  ['OIDC_ISSUER', { OIDC_ISSUER: 'http://idp.example' }],
  ['SESSION_KEYS', { SESSION_KEYS: undefined }],
  ['SESSION_KEYS', { SESSION_KEYS: 'a-short-password' }],
  ['SESSION_KEYS', { SESSION_KEYS: `${key()} ${key().slice(1)}` }],
  ['OIDC_REDIRECT_URI', { OIDC_REDIRECT_URI: 'https://insats.example/elsewhere' }],
  ['OIDC_CLAIMS', { OIDC_CLAIMS: 'unknown' }],
  ['OIDC_CLIENT_KEY', { OIDC_CLIENT_KEY: '{"kty":"OKP"}' }],
  ['SESSION_IDLE_MINUTES', { SESSION_IDLE_MINUTES: '0' }],
])('a fault names the variable: %s', (name, change) => {
  expect(() => readGatewayConfig({ ...client, ...change })).toThrow(name);
});

test('a secret that is wrong is not repeated', () => {
  for (const name of ['SESSION_KEYS', 'OIDC_CLIENT_KEY']) {
    let message = '';
    try {
      readGatewayConfig({ ...client, [name]: 'top-secret-value' });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(name);
    expect(message).not.toContain('top-secret-value');
  }
});
