import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWTVerifyGetKey,
} from 'jose';
import { DomainError } from '#libs/contracts';
import { TokenVerifier } from './token-verifier.ts';

const config = { issuer: 'https://idp.example', audience: 'insats', subjectClaim: 'sub' };
let keys: JWTVerifyGetKey;
let good: CryptoKey;
let stranger: CryptoKey;

beforeAll(async () => {
  const own = await generateKeyPair('ES256', { extractable: true });
  good = own.privateKey;
  stranger = (await generateKeyPair('ES256')).privateKey;
  keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(own.publicKey)), kid: 'k', alg: 'ES256' }] });
});

interface Recipe {
  issuer?: string;
  audience?: string;
  subject?: string;
  typ?: string;
  expires?: string | number;
  notBefore?: string;
  key?: CryptoKey;
}

async function token(recipe: Recipe = {}): Promise<string> {
  const jwt = new SignJWT({ sub: recipe.subject ?? 'anna' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k', typ: recipe.typ ?? 'at+jwt' })
    .setIssuer(recipe.issuer ?? config.issuer)
    .setAudience(recipe.audience ?? config.audience)
    .setExpirationTime(recipe.expires ?? '5m');
  if (recipe.notBefore) jwt.setNotBefore(recipe.notBefore);
  return jwt.sign(recipe.key ?? good);
}

const outcome = async (text: string): Promise<string> => {
  try {
    return await new TokenVerifier(config, keys).subjectOf(text);
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
};

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an access token', () => {
  test('that is good names its subject', async () => {
    expect(await outcome(await token())).toBe('anna');
    expect(await outcome(await token({ typ: 'JWT' }))).toBe('anna');
  });

  test('is believed a minute over its time, since clocks differ, and no longer', async () => {
    const seconds = Math.floor(Date.now() / 1000);
    expect(await outcome(await token({ expires: seconds - 30 }))).toBe('anna');
    expect(await outcome(await token({ expires: seconds - 90 }))).toBe('not-authenticated');
  });

  test.each([
    ['of another issuer', { issuer: 'https://other.example' }],
    ['for another audience', { audience: 'other' }],
    ['of another type', { typ: 'id+jwt' }],
    ['that does not hold yet', { notBefore: '5m' }],
    ['without a subject', { subject: '' }],
  ])('%s is refused', async (_what, recipe: Recipe) => {
    expect(await outcome(await token(recipe))).toBe('not-authenticated');
  });

  test('signed by somebody else is refused', async () => {
    expect(await outcome(await token({ key: stranger }))).toBe('not-authenticated');
  });

  test('that is not signed, or by a shared secret, is refused', async () => {
    const claims = {
      sub: 'anna',
      iss: config.issuer,
      aud: config.audience,
      exp: Math.floor(Date.now() / 1000) + 60,
    };
    expect(await outcome(`${base64({ alg: 'none', typ: 'JWT' })}.${base64(claims)}.`)).toBe(
      'not-authenticated',
    );
    const shared = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: 'k' })
      .sign(new Uint8Array(32));
    expect(await outcome(shared)).toBe('not-authenticated');
  });

  test.each(['', 'x', 'a.b.c', 'a.b'])('%p is none', async (text) => {
    expect(await outcome(text)).toBe('not-authenticated');
  });

  test('cannot be judged while the keys cannot be had: a part is down, the token is not bad', async () => {
    const unreachable: JWTVerifyGetKey = () => Promise.reject(new TypeError('fetch failed'));
    const verifier = new TokenVerifier(config, unreachable);
    await expect(verifier.subjectOf(await token())).rejects.toMatchObject({ code: 'unavailable' });
  });
});
