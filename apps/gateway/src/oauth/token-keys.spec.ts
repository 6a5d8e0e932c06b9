import { expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { parseTokenKeys, tokenKeys } from './token-keys.ts';

const make = async (): Promise<JWK> =>
  exportJWK((await generateKeyPair('EdDSA', { extractable: true })).privateKey);
const publicOf = ({ d: _secret, ...rest }: JWK): JWK => rest;

test('the first key signs, all are published, and nothing private is', async () => {
  const [first, second] = [{ ...(await make()), kid: 'a' }, await make()];
  for (const text of [JSON.stringify([first, publicOf(second)]), JSON.stringify({ keys: [first, second] })]) {
    const keys = await tokenKeys(parseTokenKeys(text) ?? []);
    expect(keys.id).toBe('a');
    expect(keys.jwks.keys.map(({ x }) => x)).toEqual([first.x, second.x]);
    expect(keys.jwks.keys[1]?.kid).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(keys.jwks)).not.toContain('"d"');
    for (const { d } of [first, second]) expect(JSON.stringify(keys.jwks)).not.toContain(d);
  }
});

test('one key by itself will do', async () => {
  const key = await make();
  expect(parseTokenKeys(JSON.stringify(key))).toEqual([key]);
});

test('anything else is not taken for a key', async () => {
  const key = await make();
  const rsa = await exportJWK((await generateKeyPair('RS256', { extractable: true })).privateKey);
  for (const value of [
    [],
    {},
    null,
    'secret',
    { keys: [] },
    [publicOf(key)],
    [publicOf(await make()), key],
    [key, key],
    [
      { ...key, kid: 'a' },
      { ...(await make()), kid: 'a' },
    ],
    [key, null],
    [{ ...key, d: 'short' }],
    [{ ...key, kid: 7 }],
    rsa,
  ]) {
    expect([value, parseTokenKeys(JSON.stringify(value))]).toEqual([value, undefined]);
  }
  expect(parseTokenKeys('{"kty":')).toBeUndefined();
});

test('halves of two keys do not make one', async () => {
  const [left, right] = [await make(), await make()];
  await expect(tokenKeys([{ ...left, x: right.x ?? '' }])).rejects.toThrow(/key/i);
});
