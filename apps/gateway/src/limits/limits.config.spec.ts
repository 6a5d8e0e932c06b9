import { expect, test } from '@jest/globals';
import { readGatewayConfig } from '../config.ts';
import { demoLimits, usualLimits } from './limits.config.ts';

const base = { OIDC_ISSUER: 'https://idp.example', OIDC_JWKS_URL: 'https://idp.example/keys' };

test('there are limits unless they are switched off by name, wider ones in the demonstration', () => {
  expect(readGatewayConfig(base).limits).toEqual(usualLimits);
  expect(readGatewayConfig({ INSATS_MODE: 'demo' }).limits).toEqual(demoLimits);
  expect(readGatewayConfig({ ...base, RATE_LIMITS: 'off' }).limits).toBeUndefined();
});

test('what is set differs from the usual, and nothing else', () => {
  const RATE_LIMITS = '{"client":{"read":"5/1"},"address":{"token":"7/60"},"atOnce":3}';
  expect(readGatewayConfig({ ...base, RATE_LIMITS }).limits).toEqual({
    ...usualLimits,
    client: { ...usualLimits.client, read: { requests: 5, seconds: 1 } },
    address: { ...usualLimits.address, token: { requests: 7, seconds: 60 } },
    atOnce: 3,
  });
});

test.each([
  'OFF',
  'none',
  '5/1',
  '{"client":{"read":"0/1"}}',
  '{"client":{"read":5}}',
  '{"klient":{}}',
  '[]',
])('%s is no setting: it does not start', (RATE_LIMITS) => {
  expect(() => readGatewayConfig({ ...base, RATE_LIMITS })).toThrow(/RATE_LIMITS/);
});

test('no proxy is believed that is not named', () => {
  expect(readGatewayConfig(base).trustedProxies).toEqual([]);
  const TRUSTED_PROXIES = '10.0.0.0/8, 192.0.2.1 fd00::/8';
  expect(readGatewayConfig({ ...base, TRUSTED_PROXIES }).trustedProxies).toEqual([
    '10.0.0.0/8',
    '192.0.2.1',
    'fd00::/8',
  ]);
  for (const wrong of ['proxy.example', '10.0.0.0/33', '10.0.0.0/x', '::/129', '1.2.3']) {
    expect(() => readGatewayConfig({ ...base, TRUSTED_PROXIES: wrong })).toThrow(/TRUSTED_PROXIES/);
  }
});
