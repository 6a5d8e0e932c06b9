import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { compactVerify, calculateJwkThumbprint, importJWK } from 'jose';
import { newKey } from '../test/sample-export.ts';
import { canonical, isPublicJwk, keyIdOf, signRoot, thumbprint, verifyRoot, type TreeRoot } from './index.ts';

const { jwk, privateKey } = newKey('nyckel-1');
const publicKey = createPublicKey(privateKey);
const root: TreeRoot = {
  treeSize: 3,
  rootHash: 'ab'.repeat(32),
  at: '2026-12-01T09:00:00.000Z',
  previous: 'cd'.repeat(32),
  keyId: 'nyckel-1',
};
const signed = signRoot(root, privateKey);
const base64 = (text: string): string => Buffer.from(text).toString('base64url');

function signedAs(header: object, payload: object, key: KeyObject = privateKey): string {
  const text = `${base64(canonical(header))}.${base64(canonical(payload))}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}

describe('a signed root', () => {
  test('verifies with its key, also when another program reads the signature as a JWS', async () => {
    expect(verifyRoot(signed, publicKey)).toBe(true);
    const { payload, protectedHeader } = await compactVerify(
      signed.signature,
      await importJWK({ ...jwk }, 'EdDSA'),
    );
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual(root);
    expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: 'nyckel-1', typ: 'insats-root' });
  });

  test.each(Object.keys(root))('does not with another %s', (field) => {
    const other = field === 'treeSize' ? 4 : 'ef'.repeat(32);
    expect(verifyRoot({ ...signed, [field]: other }, publicKey)).toBe(false);
  });

  test('does not with another key, a header of its own choosing, or another spelling', () => {
    const header = { alg: 'EdDSA', kid: 'nyckel-1', typ: 'insats-root' };
    const signature = (text: string) => ({ ...signed, signature: text });
    expect(verifyRoot(signature(signedAs(header, root)), publicKey)).toBe(true);
    const { jwk: _jwk, privateKey: theirs } = newKey('nyckel-1');
    const wrong = [
      signedAs(header, root, theirs),
      signedAs({ ...header, typ: 'at+jwt' }, root),
      signedAs({ ...header, alg: 'none' }, root),
      signedAs({ ...header, jwk }, root),
      signedAs(header, { ...root, treeSize: 2 }),
      signed.signature.replace(/^./, 'f'),
      `${signed.signature}=`,
      `${signed.signature} `,
      `${signed.signature}.`,
      signed.signature.split('.').slice(0, 2).join('.'),
      '',
    ];
    expect(wrong.filter((text) => verifyRoot(signature(text), publicKey))).toEqual([]);
    const { publicKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(verifyRoot(signed, rsa)).toBe(false);
  });

  test('is the first of its log without a root before it', () => {
    const { previous: _none, ...first } = root;
    expect(verifyRoot(signRoot(first, privateKey), publicKey)).toBe(true);
    expect(signRoot({ ...first, previous: undefined }, privateKey)).not.toHaveProperty('previous');
  });
});

describe('a public key', () => {
  test('has the thumbprint that others give it', async () => {
    expect(thumbprint(jwk)).toBe(await calculateJwkThumbprint({ ...jwk }));
    const { kid: _kid, ...unnamed } = jwk;
    expect([keyIdOf(jwk), keyIdOf(unnamed)]).toEqual(['nyckel-1', thumbprint(jwk)]);
  });

  test.each([
    ['a private key', { ...jwk, d: 'A'.repeat(43) }],
    ['another curve', { ...jwk, crv: 'X25519' }],
    ['another use', { ...jwk, use: 'enc' }],
    ['another algorithm', { ...jwk, alg: 'HS256' }],
    ['too short a key', { ...jwk, x: 'AAAA' }],
    ['a shared secret', { kty: 'oct', k: 'AAAA' }],
    ['nothing', null],
    ['a list', [jwk]],
  ])('is not %s', (_name, value) => {
    expect(isPublicJwk(value)).toBe(false);
  });
});
