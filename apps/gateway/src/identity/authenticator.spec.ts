import { beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { serviceActor, type Actor } from '#libs/contracts';
import { type BusClient } from '#libs/messaging';
import { ActorResolver } from './actor-resolver.ts';
import { Authenticator } from './authenticator.ts';
import { ownKeys, type IssuerKeys } from './issuer-keys.ts';
import { TokenVerifier } from './token-verifier.ts';
import { providerIssuer } from './trusted-issuer.ts';

const issuer = 'https://idp.example';
let privateKey: CryptoKey;
let keys: IssuerKeys;

beforeAll(async () => {
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  privateKey = pair.privateKey;
  keys = ownKeys({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'EdDSA' }] });
});

function authenticator(actor: Actor | null = null, from = keys): Authenticator {
  const config = {
    issuer,
    audience: 'insats',
    subjectClaim: 'sub',
    tokenTypes: ['at+jwt'],
    idTokenAudiences: [],
  };
  // Stands in for the directory.
  const ask = (async () => ({ actor })) as unknown as BusClient['ask'];
  return new Authenticator(new TokenVerifier([providerIssuer(config, from)]), new ActorResolver({ ask }));
}

const now = Math.floor(Date.now() / 1000);
const token = (): Promise<string> =>
  new SignJWT({ iss: issuer, aud: 'insats', sub: 'anna', exp: now + 300 })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k', typ: 'at+jwt' })
    .sign(privateKey);
const badToken = { code: 'not-authenticated', params: { error: 'invalid_token' } };

describe('who calls', () => {
  test.each(['Bearer ', 'bearer ', 'BEARER   '])('is known by a token after %p', async (scheme) => {
    const by = authenticator();
    const authorization = `${scheme}${await token()}`;
    expect(by.recall(authorization)).toBeUndefined();
    expect(await by.identify(authorization)).toMatchObject({ subject: 'anna' });
    expect(by.recall(authorization)).toMatchObject({ subject: 'anna' });
  });

  test('is asked for a token when there is none, without being told of a bad one', async () => {
    await expect(authenticator().identify(undefined)).rejects.toMatchObject({ code: 'not-authenticated' });
    await expect(authenticator().identify(undefined)).rejects.not.toMatchObject(badToken);
    expect(authenticator().recall(undefined)).toBeUndefined();
  });

  test.each([
    (good: string) => good,
    (good: string) => `Basic ${good}`,
    (good: string) => `Bearer${good}`,
    (good: string) => `Bearer ${good} more`,
    (good: string) => `Bearer ${good}==more`,
    (good: string) => ` Bearer ${good}`,
    (good: string) => `Basic Bearer ${good}`,
    () => 'Bearer ',
    () => 'Bearer a.b.c',
  ])('is told of a bad token (%#)', async (written) => {
    const good = await token();
    await expect(authenticator().identify(written(good))).rejects.toMatchObject(badToken);
  });

  test('is not told of a bad token when it is the keys that cannot be had', async () => {
    const none: IssuerKeys = { generation: () => -1, find: () => Promise.reject(new Error('down')) };
    await expect(authenticator(null, none).identify(`Bearer ${await token()}`)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

describe('who acts', () => {
  test('is whom the directory knows', async () => {
    const anna = { ...serviceActor('x'), id: 'anna' };
    expect(await authenticator(anna).actorOf('anna', 'submission')).toBe(anna);
  });

  test('has no place here when the directory knows no such person', async () => {
    await expect(authenticator().actorOf('bo', 'submission')).rejects.toMatchObject({
      code: 'forbidden',
      params: { command: 'submission' },
    });
  });

  test('is a system no longer when the directory knows no such client: its token is worth nothing', async () => {
    await expect(authenticator().actorOf('client:kalmar', 'submission')).rejects.toMatchObject(badToken);
  });
});
