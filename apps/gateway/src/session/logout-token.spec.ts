import { expect, test } from '@jest/globals';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, type JWTVerifyGetKey } from 'jose';
import { LogoutTokenRefused, verifyLogoutToken } from './logout-token.ts';

const issuer = 'https://idp.example';
const { privateKey, publicKey } = await generateKeyPair('EdDSA');
const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'a' }] });

function token(kid: string, audience = 'insats-web'): Promise<string> {
  return new SignJWT({ events: { 'http://schemas.openid.net/event/backchannel-logout': {} }, sid: 's' })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'logout+jwt', kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setJti('order')
    .setIssuedAt()
    .setExpirationTime('2m')
    .sign(privateKey);
}

const verify = (text: string, by: JWTVerifyGetKey = keys): Promise<unknown> =>
  verifyLogoutToken(text, by, { issuer, clientId: 'insats-web' });

test('an order of the provider says what is to end', async () => {
  expect(await verify(await token('a'))).toEqual({ id: 'order', sid: 's', sub: undefined });
});

test('a token that is not good is refused as such', async () => {
  for (const bad of ['x', 'x.y.z', await token('unknown'), await token('a', 'somebody-else')]) {
    await expect(verify(bad)).rejects.toThrow(LogoutTokenRefused);
  }
});

test('keys that cannot be had are not the fault of the token', async () => {
  const away = (): never => {
    throw new TypeError('fetch failed');
  };
  const verdict = await verify(await token('a'), away).catch((error: unknown) => error);
  expect(verdict).toBeInstanceOf(TypeError);
  expect(verdict).not.toBeInstanceOf(LogoutTokenRefused);
});
