import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createHmac, randomUUID } from 'node:crypto';
import {
  errors,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWTHeaderParameters,
  type JWTPayload,
} from 'jose';
import { DomainError } from '#libs/contracts';
import { ownKeys, type IssuerKeys } from './issuer-keys.ts';
import { TokenVerifier } from './token-verifier.ts';
import { ownIssuer, providerIssuer } from './trusted-issuer.ts';

const provider = 'https://idp.example';
const own = 'https://insats.example';
let pairs: Record<'provider' | 'own' | 'stranger', { privateKey: CryptoKey; publicKey: CryptoKey }>;
let keys: { provider: IssuerKeys; own: IssuerKeys };

beforeAll(async () => {
  pairs = {
    provider: await generateKeyPair('ES256', { extractable: true }),
    own: await generateKeyPair('EdDSA', { extractable: true }),
    stranger: await generateKeyPair('ES256', { extractable: true }),
  };
  keys = {
    provider: ownKeys({ keys: [{ ...(await exportJWK(pairs.provider.publicKey)), kid: 'k', alg: 'ES256' }] }),
    own: ownKeys({ keys: [{ ...(await exportJWK(pairs.own.publicKey)), kid: 'o', alg: 'EdDSA' }] }),
  };
});

const providerConfig = (tokenTypes: string[]) => ({
  issuer: provider,
  audience: 'insats',
  subjectClaim: 'sub',
  tokenTypes,
  idTokenAudiences: ['insats-web'],
});

const verifier = (tokenTypes = ['at+jwt']): TokenVerifier =>
  new TokenVerifier([
    providerIssuer(providerConfig(tokenTypes), keys.provider),
    ownIssuer(own, 'insats', keys.own),
  ]);

interface Recipe {
  header?: Partial<JWTHeaderParameters> & Record<string, unknown>;
  claims?: JWTPayload;
  by?: 'provider' | 'own' | 'stranger';
}

afterEach(() => {
  jest.useRealTimers();
});

/** Stops the clock at a whole second, in milliseconds, and says where. */
function stopClock(): number {
  const start = now() * 1000;
  jest.useFakeTimers({ now: start, doNotFake: ['nextTick', 'queueMicrotask'] });
  return start;
}

const now = (): number => Math.floor(Date.now() / 1000);

/** A good token of the provider, but for what is said otherwise; a claim of undefined is left out. */
function token({ header = {}, claims = {}, by = 'provider' }: Recipe = {}): Promise<string> {
  const base = { iss: provider, aud: 'insats', sub: 'anna', iat: now(), exp: now() + 300 };
  return new SignJWT({ ...base, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k', typ: 'at+jwt', ...header })
    .sign(pairs[by].privateKey, { crit: { b64: true, exp: false } } as object);
}

const ownToken = (claims: JWTPayload = {}, header: Recipe['header'] = {}): Promise<string> =>
  token({
    by: 'own',
    header: { alg: 'EdDSA', kid: 'o', ...header },
    claims: {
      iss: own,
      sub: 'client:kalmar',
      client_id: 'kalmar',
      scope: 'grants.read',
      jti: randomUUID(),
      ...claims,
    },
  });

async function outcome(text: string, by = verifier()): Promise<string> {
  try {
    return (await by.verify(text)).subject;
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
}

const refused = 'not-authenticated';
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an access token', () => {
  test('that is good names its subject, whichever of the issuers gave it', async () => {
    expect(await outcome(await token())).toBe('anna');
    expect(await outcome(await token({ header: { typ: 'application/AT+JWT' } }))).toBe('anna');
    expect(await outcome(await token({ claims: { aud: ['other', 'insats'] } }))).toBe('anna');
    expect(await outcome(await ownToken())).toBe('client:kalmar');
  });

  test('is believed a minute before and after its time, since clocks differ, and no longer', async () => {
    expect(await outcome(await token({ claims: { exp: now() - 30 } }))).toBe('anna');
    expect(await outcome(await token({ claims: { exp: now() - 90 } }))).toBe(refused);
    expect(await outcome(await token({ claims: { nbf: now() + 30 } }))).toBe('anna');
    expect(await outcome(await token({ claims: { nbf: now() + 90 } }))).toBe(refused);
    expect(await outcome(await token({ claims: { iat: now() + 30 } }))).toBe('anna');
    expect(await outcome(await token({ claims: { iat: now() + 90 } }))).toBe(refused);
    stopClock();
    expect(await outcome(await token({ claims: { iat: now() + 60 } }))).toBe('anna');
    expect(await outcome(await token({ claims: { iat: now() + 61 } }))).toBe(refused);
  });

  test('may be as long as is read of one, and name a subject as long as any', async () => {
    const padded = async (length: number): Promise<string> => {
      const padding = Math.floor(((length - (await token({ claims: { more: '' } })).length) * 3) / 4);
      for (const size of [padding - 1, padding, padding + 1]) {
        const text = await token({ claims: { more: 'x'.repeat(size) } });
        if (text.length === length) return text;
      }
      throw new Error('no such length');
    };
    const [by, longestRead] = [verifier(), await padded(8192)];
    expect(await outcome(longestRead, by)).toBe('anna');
    expect(by.recall(longestRead)?.subject).toBe('anna');
    expect(await outcome(await padded(8193))).toBe(refused);
    const longest = 'x'.repeat(255);
    expect(await outcome(await token({ claims: { sub: longest } }))).toBe(longest);
  });

  test.each(['EdDSA', 'Ed25519', 'ES256', 'RS256'])('of the provider may be signed by %s', async (alg) => {
    const pair = await generateKeyPair(alg, { extractable: true });
    const find = ownKeys({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k', alg }] });
    const text = await new SignJWT({ iss: provider, aud: 'insats', sub: 'anna', exp: now() + 300 })
      .setProtectedHeader({ alg, kid: 'k', typ: 'at+jwt' })
      .sign(pair.privateKey);
    const by = new TokenVerifier([providerIssuer(providerConfig(['at+jwt']), find)]);
    expect(await outcome(text, by)).toBe('anna');
  });

  test('names its subject in the claim that is configured, as text', async () => {
    const config = { ...providerConfig(['at+jwt']), subjectClaim: 'employeeHsaId' };
    const by = new TokenVerifier([providerIssuer(config, keys.provider)]);
    expect(await outcome(await token({ claims: { employeeHsaId: 'SE1-2' } }), by)).toBe('SE1-2');
    expect(await outcome(await token(), by)).toBe(refused);
    expect(await outcome(await token({ claims: { employeeHsaId: 12 } }), by)).toBe(refused);
    expect(await outcome(await token({ claims: { employeeHsaId: ['SE1-2'] } }), by)).toBe(refused);
  });

  test.each<[string, Recipe]>([
    ['of another issuer', { claims: { iss: 'https://other.example' } }],
    ['of an issuer that is written otherwise', { claims: { iss: `${provider}/` } }],
    ['without an issuer', { claims: { iss: undefined } }],
    ['for another audience', { claims: { aud: 'other' } }],
    ['for no audience', { claims: { aud: undefined } }],
    ['without an end', { claims: { exp: undefined } }],
    ['whose end is no number', { claims: { exp: '2999-01-01' as unknown as number } }],
    ['whose beginning is no number', { claims: { iat: '2000' as unknown as number } }],
    ['without a subject', { claims: { sub: undefined } }],
    ['with an empty subject', { claims: { sub: '' } }],
    ['with an endless subject', { claims: { sub: 'x'.repeat(256) } }],
    ['in the name of a system that is registered here', { claims: { sub: 'client:kalmar' } }],
    ['in the name of a service', { claims: { sub: 'service:directory' } }],
    ['of type JWT', { header: { typ: 'JWT' } }],
    ['of another type', { header: { typ: 'id+jwt' } }],
    ['for logging out', { header: { typ: 'logout+jwt' } }],
    ['without a type', { header: { typ: undefined } }],
    ['with an unknown key', { header: { kid: 'other' } }],
    ['signed by somebody else', { by: 'stranger' }],
    ['that says where its key is', { header: { jku: 'https://evil.example/keys' } }],
    ['that says where its certificate is', { header: { x5u: 'https://evil.example/cert' } }],
    ['that brings its certificate', { header: { x5c: ['MIIB'] } }],
    ['that must be understood', { header: { crit: ['exp'], exp: 1 } }],
    ['that is longer than any', { claims: { more: 'x'.repeat(8192) } }],
  ])('%s is refused', async (_what, recipe) => {
    expect(await outcome(await token(recipe))).toBe(refused);
  });

  test('that brings its own key is refused, be the signature good by it or by ours', async () => {
    for (const by of ['stranger', 'provider'] as const) {
      const jwk = await exportJWK(pairs[by].publicKey);
      expect(await outcome(await token({ by, header: { jwk } }))).toBe(refused);
    }
  });

  test('signed in a way that is not on the list is refused, though the issuer publishes a key for it', async () => {
    const outcomes = await Promise.all(
      ['PS256', 'ES256'].map(async (alg) => {
        const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
        const published = ownKeys({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg }] });
        const text = await new SignJWT({ iss: provider, aud: 'insats', sub: 'anna', exp: now() + 60 })
          .setProtectedHeader({ alg, kid: 'k', typ: 'at+jwt' })
          .sign(privateKey);
        return outcome(text, new TokenVerifier([providerIssuer(providerConfig(['at+jwt']), published)]));
      }),
    );
    expect(outcomes).toEqual([refused, 'anna']);
  });

  test('that is not signed is refused, however none is written', async () => {
    const claims = { iss: provider, aud: 'insats', sub: 'anna', exp: now() + 60 };
    for (const alg of ['none', 'None', 'NONE', '']) {
      expect(await outcome(`${base64({ alg, typ: 'at+jwt', kid: 'k' })}.${base64(claims)}.`)).toBe(refused);
    }
    const [header, payload] = (await token()).split('.');
    expect(await outcome(`${header}.${payload}.`)).toBe(refused);
  });

  test('signed with the public key as a shared secret is refused', async () => {
    const publicTexts = [
      await exportSPKI(pairs.provider.publicKey),
      JSON.stringify(await exportJWK(pairs.provider.publicKey)),
      'shared',
    ];
    const head = base64({ alg: 'HS256', typ: 'at+jwt', kid: 'k' });
    const claims = base64({ iss: provider, aud: 'insats', sub: 'anna', exp: now() + 60 });
    for (const secret of publicTexts) {
      const signature = createHmac('sha256', secret).update(`${head}.${claims}`).digest('base64url');
      expect(await outcome(`${head}.${claims}.${signature}`)).toBe(refused);
    }
  });

  test('that was changed is refused, the header as well as the claims', async () => {
    const [header, payload = '', signature] = (await token()).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as object;
    expect(await outcome(`${header}.${base64({ ...claims, sub: 'bo' })}.${signature}`)).toBe(refused);
    const other = base64({ alg: 'ES256', kid: 'k', typ: 'at+jwt', more: 1 });
    expect(await outcome(`${other}.${payload}.${signature}`)).toBe(refused);
  });

  test('of one issuer is not good by the key of another', async () => {
    const claims = { iss: own, client_id: 'x', scope: 'grants.read', jti: 'j' };
    expect(await outcome(await token({ claims }))).toBe(refused);
    expect(await outcome(await ownToken({ iss: provider }))).toBe(refused);
  });

  test('of our own for a person is refused', async () => {
    expect(await outcome(await ownToken({ sub: 'anna' }))).toBe(refused);
  });

  test.each(['jti', 'client_id', 'scope', 'iat'])('of our own without %s is refused', async (claim) => {
    expect(await outcome(await ownToken({ [claim]: undefined }))).toBe(refused);
  });

  test.each(['', 'x', 'a.b.c', 'a.b', '..', '%%%.e30.x', `${base64([])}.e30.x`, `${base64(null)}.e30.x`])(
    '%p is none',
    async (text) => {
      expect(await outcome(text)).toBe(refused);
    },
  );

  test('cannot be judged while the keys cannot be had: a part is down, the token is not bad', async () => {
    const unreachable: IssuerKeys = {
      generation: () => -1,
      find: () => Promise.reject(new TypeError('fetch failed')),
    };
    const without = new TokenVerifier([providerIssuer(providerConfig(['at+jwt']), unreachable)]);
    expect(await outcome(await token(), without)).toBe('unavailable');
    await expect(without.verify(await token())).rejects.toMatchObject({
      params: { seconds: 5 },
      cause: { message: 'fetch failed' },
    });
  });
});

test('two issuers of one name are a fault of the configuration', () => {
  const issuer = providerIssuer(providerConfig(['at+jwt']), keys.provider);
  expect(() => new TokenVerifier([issuer, issuer])).toThrow('two issuers of one name');
});

describe('an ID token', () => {
  const jwt = { typ: 'JWT' };

  test('is none even where the provider writes one type into everything', async () => {
    const lenient = verifier(['at+jwt', 'jwt']);
    expect(await outcome(await token({ header: jwt }), lenient)).toBe('anna');
    expect(await outcome(await token({ header: jwt, claims: { typ: 'Bearer' } }), lenient)).toBe('anna');
    for (const claims of [
      { nonce: 'n' },
      { at_hash: 'h' },
      { c_hash: 'h' },
      { typ: 'ID' },
      { typ: 'Refresh' },
      { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
      { aud: 'insats-web' },
      { aud: ['insats', 'insats-web'] },
    ]) {
      expect([claims, await outcome(await token({ header: jwt, claims }), lenient)]).toEqual([
        claims,
        refused,
      ]);
    }
  });

  test('is none of ours either, where types are strict', async () => {
    expect(await outcome(await ownToken({}, jwt), verifier(['at+jwt', 'jwt']))).toBe(refused);
  });
});

describe('the scope of a token', () => {
  const scopesOf = async (text: string): Promise<string[] | undefined> => {
    const { scopes } = await verifier().verify(text);
    return scopes && [...scopes];
  };

  test('binds tokens of our own, always', async () => {
    expect(await scopesOf(await ownToken({ scope: 'grants.read plans.read' }))).toEqual([
      'grants.read',
      'plans.read',
    ]);
    expect(await scopesOf(await ownToken({ scope: 'openid' }))).toEqual(['openid']);
    expect(await scopesOf(await ownToken({ scope: ['grants.read'] }))).toEqual([]);
  });

  test("binds the provider's where it names ours", async () => {
    expect(await scopesOf(await token({ claims: { scope: 'openid grants.read' } }))).toEqual([
      'openid',
      'grants.read',
    ]);
    expect(await scopesOf(await token({ claims: { scope: 'openid profile' } }))).toBeUndefined();
    expect(await scopesOf(await token())).toBeUndefined();
  });
});

describe('a token that was verified', () => {
  test('is recalled without another look, and only as it was', async () => {
    let looks = 0;
    const counted: IssuerKeys = {
      generation: () => 1,
      find: (...header) => {
        looks += 1;
        return keys.provider.find(...header);
      },
    };
    const remembering = new TokenVerifier([providerIssuer(providerConfig(['at+jwt']), counted)]);
    const text = await token();
    expect(remembering.recall(text)).toBeUndefined();
    await remembering.verify(text);
    await remembering.verify(text);
    expect(looks).toBe(1);
    expect(remembering.recall(text)?.subject).toBe('anna');
    expect(remembering.recall(`${text}x`)).toBeUndefined();
  });

  test('is looked at again after a minute, and not believed beyond its end', async () => {
    const start = stopClock();
    const remembering = verifier();
    // With the minute of tolerance this one ends half a minute from now.
    const [short, long] = [await token({ claims: { exp: now() - 30 } }), await token()];
    for (const text of [short, long]) expect(await outcome(text, remembering)).toBe('anna');
    jest.setSystemTime(start + 29_999);
    expect(remembering.recall(short)?.subject).toBe('anna');
    jest.setSystemTime(start + 30_000);
    expect(remembering.recall(short)).toBeUndefined();
    expect(await outcome(short, remembering)).toBe(refused);
    jest.setSystemTime(start + 59_999);
    expect(remembering.recall(long)?.subject).toBe('anna');
    jest.setSystemTime(start + 60_000);
    expect(remembering.recall(long)).toBeUndefined();
    expect(await outcome(long, remembering)).toBe('anna');
  });

  test('makes room for others when it is the eldest, counted from when it was looked at last', async () => {
    const start = stopClock();
    const issuer = providerIssuer(providerConfig(['at+jwt']), keys.provider);
    const remembering = new TokenVerifier([issuer], 3);
    const [a, b, c, d] = [await token(), await token(), await token(), await token()];
    const known = () => [a, b, c, d].map((text) => remembering.recall(text) !== undefined);
    await remembering.verify(a);
    jest.setSystemTime(start + 30_000);
    await remembering.verify(b);
    jest.setSystemTime(start + 60_000);
    await remembering.verify(a);
    await remembering.verify(c);
    expect(known()).toEqual([true, true, true, false]);
    await remembering.verify(d);
    expect(known()).toEqual([true, false, true, true]);
  });

  test('is not believed beyond its key', async () => {
    let generation = 1;
    let ended = false;
    const rotating: IssuerKeys = {
      generation: () => generation,
      find: (...header) =>
        ended ? Promise.reject(new errors.JWKSNoMatchingKey()) : keys.provider.find(...header),
    };
    const remembering = new TokenVerifier([providerIssuer(providerConfig(['at+jwt']), rotating)]);
    const text = await token();
    expect(await outcome(text, remembering)).toBe('anna');
    ended = true;
    generation = 2;
    expect(remembering.recall(text)).toBeUndefined();
    expect(await outcome(text, remembering)).toBe(refused);
  });
});

test.each([
  ['loa3', 'loa3'],
  ['', ''],
  [3, undefined],
  [['loa3'], undefined],
  [undefined, undefined],
])('a level of %p is told as %p', async (acr, level) => {
  expect((await verifier().verify(await token({ claims: { acr } }))).level).toBe(level);
});
