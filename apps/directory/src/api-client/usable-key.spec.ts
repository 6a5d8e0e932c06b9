import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { addClientKey, DomainError, faultsOf, publicJwk, type PublicJwk } from '#libs/contracts';
import { requireUsableKey } from './usable-key.check.ts';

const ed25519 = generateKeyPairSync('ed25519');
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

const withKid = (jwk: JsonWebKey): PublicJwk => ({ kid: 'k1', ...jwk }) as unknown as PublicJwk;
const publicOf = (pair: { publicKey: ReturnType<typeof createPublicKey> }) =>
  withKid(pair.publicKey.export({ format: 'jwk' }));

/** Code at each place, whether the form or the key itself is refused. */
function faults(jwk: object): Record<string, string> {
  const parsed = publicJwk.safeParse(jwk, { reportInput: true });
  if (!parsed.success) {
    return Object.fromEntries(faultsOf(parsed.error).map(({ pointer, code }) => [pointer, code]));
  }
  try {
    requireUsableKey(parsed.data);
  } catch (error) {
    return Object.fromEntries(
      (error as DomainError).faults.map(({ pointer, code }) => [pointer.replace('/jwk', ''), code]),
    );
  }
  return {};
}

describe('a public key', () => {
  test.each([
    ['Ed25519', publicOf(ed25519)],
    ['P-256', publicOf(p256)],
    ['RSA of 2048 bits', publicOf(rsa)],
  ])('%s is taken', (_name, jwk) => {
    expect(faults(jwk)).toEqual({});
  });

  test.each([
    ['Ed25519', withKid(ed25519.privateKey.export({ format: 'jwk' })), ['/d']],
    ['P-256', withKid(p256.privateKey.export({ format: 'jwk' })), ['/d']],
    ['RSA', withKid(rsa.privateKey.export({ format: 'jwk' })), ['/d', '/dp', '/dq', '/p', '/q', '/qi']],
  ])('with its private part, %s, is refused without repeating it', (_name, jwk, places) => {
    const result = addClientKey.safeParse({ jwk }, { reportInput: true });
    const found = result.error ? faultsOf(result.error) : [];
    expect(found.map(({ pointer }) => pointer).toSorted()).toEqual(places.map((place) => `/jwk${place}`));
    expect(new Set(found.map(({ code }) => code))).toEqual(new Set(['private-key']));
    expect(JSON.stringify(found)).not.toContain(jwk.d as string);
  });

  test.each<[string, object, Record<string, string>]>([
    [
      'a shared secret',
      { kty: 'oct', kid: 'k1', k: 'c2VjcmV0' },
      { '/k': 'private-key', '/kty': 'not-allowed-value' },
    ],
    ['no name', { ...publicOf(ed25519), kid: undefined }, { '/kid': 'required' }],
    ['a name that is a path', { ...publicOf(ed25519), kid: '../k' }, { '/kid': 'invalid-format' }],
    ['another curve', { ...publicOf(p256), crv: 'Ed25519' }, { '/crv': 'not-allowed-value' }],
    [
      'P-384',
      withKid(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' })),
      { '/crv': 'not-allowed-value' },
    ],
    ['a missing member', { ...publicOf(p256), y: undefined }, { '/y': 'required' }],
    ['a member of another kind', { ...publicOf(ed25519), n: 'AQAB' }, { '/n': 'unknown-field' }],
    ['another kind’s algorithm', { ...publicOf(rsa), alg: 'ES256' }, { '/alg': 'not-allowed-value' }],
    ['none as algorithm', { ...publicOf(rsa), alg: 'none' }, { '/alg': 'not-allowed-value' }],
    ['use for encryption', { ...publicOf(rsa), use: 'enc' }, { '/use': 'not-allowed-value' }],
    [
      'an address to fetch a key from',
      { ...publicOf(rsa), x5u: 'https://x.example' },
      { '/x5u': 'unknown-field' },
    ],
    ['a point off the curve', { ...publicOf(p256), y: publicOf(p256).x }, { '/x': 'unusable-key' }],
    ['an Ed25519 key that is too short', { ...publicOf(ed25519), x: 'AAAA' }, { '/x': 'unusable-key' }],
    [
      'RSA of 1024 bits',
      publicOf(generateKeyPairSync('rsa', { modulusLength: 1024 })),
      { '/n': 'unusable-key' },
    ],
    ['RSA with exponent 3', { ...publicOf(rsa), e: 'Aw' }, { '/n': 'unusable-key' }],
    ['no base64url', { ...publicOf(rsa), n: 'a+b/c==' }, { '/n': 'invalid-format' }],
  ])('with %s is refused at its place', (_name, jwk, expected) => {
    expect(faults(jwk)).toEqual(expected);
  });
});

test('a key that ends before it begins is refused', () => {
  const body = {
    jwk: publicOf(ed25519),
    validFrom: '2026-11-24T10:00:00Z',
    validTo: '2026-11-24T10:00:00Z',
  };
  const { error } = addClientKey.safeParse(body);
  expect(error && faultsOf(error)).toEqual([{ pointer: '/validTo', code: 'period-reversed' }]);
});
