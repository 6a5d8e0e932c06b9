import { expect, test } from '@jest/globals';
import { readGatewayConfig } from './config.ts';

test('in production the identity provider must be named', () => {
  expect(() => readGatewayConfig({})).toThrow(/OIDC_ISSUER and OIDC_JWKS_URL/);
  expect(() => readGatewayConfig({ OIDC_ISSUER: 'https://idp.example' })).toThrow(/OIDC_JWKS_URL/);
});

test('in demo mode the gateway is its own identity provider, unless another is named', () => {
  const own = readGatewayConfig({ INSATS_MODE: 'demo', INSATS_PORT: '4000' });
  expect(own.identity).toMatchObject({ issuer: 'http://127.0.0.1:4000/dev/oidc', jwksUrl: undefined });
  const other = readGatewayConfig({
    INSATS_MODE: 'demo',
    OIDC_ISSUER: 'https://idp.example',
    OIDC_JWKS_URL: 'https://idp.example/keys',
  });
  expect(other.identity).toMatchObject({
    issuer: 'https://idp.example',
    jwksUrl: 'https://idp.example/keys',
  });
});

test('a list of levels without any is a mistake, not a wish for none', () => {
  const provider = { OIDC_ISSUER: 'https://idp.example', OIDC_JWKS_URL: 'https://idp.example/keys' };
  expect(readGatewayConfig(provider).identity.requiredLevels).toEqual([]);
  const two = readGatewayConfig({ ...provider, OIDC_REQUIRED_ACR: 'loa3, loa4' });
  expect(two.identity.requiredLevels).toEqual(['loa3', 'loa4']);
  expect(() => readGatewayConfig({ ...provider, OIDC_REQUIRED_ACR: ' , ' })).toThrow(/OIDC_REQUIRED_ACR/);
});

test('a fault names the variable', () => {
  expect(() => readGatewayConfig({ INSATS_MODE: 'demo', INSATS_PORT: 'x' })).toThrow(/INSATS_PORT/);
});
