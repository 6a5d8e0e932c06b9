import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fingerprintOf } from './fingerprint.ts';

test('the order of fields makes no other request', () => {
  expect(fingerprintOf('POST', '/calls', { a: 1, b: { c: 'å', d: [1, 2] } })).toBe(
    fingerprintOf('POST', '/calls', { b: { d: [1, 2], c: 'å' }, a: 1 }),
  );
});

test('no body and an empty one are the same', () => {
  expect(fingerprintOf('POST', '/calls', undefined)).toBe(fingerprintOf('POST', '/calls', {}));
});

test('method, path, values and the order of lists make another request', () => {
  const all = [
    fingerprintOf('POST', '/calls', { a: [1, 2] }),
    fingerprintOf('PATCH', '/calls', { a: [1, 2] }),
    fingerprintOf('POST', '/calls/1', { a: [1, 2] }),
    fingerprintOf('POST', '/calls', { a: [2, 1] }),
    fingerprintOf('POST', '/calls', { a: ['1', 2] }),
    fingerprintOf('POST', '/calls', { a: null }),
    fingerprintOf('POST', '/calls', {}),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test('two bodies have one fingerprint only when they say the same', () => {
  const body = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(body, body, (one, other) => {
      const same = fingerprintOf('POST', '/', one) === fingerprintOf('POST', '/', other);
      const reread = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
      return same === equal(reread(one), reread(other));
    }),
  );
});

function equal(one: unknown, other: unknown): boolean {
  try {
    expect(one).toStrictEqual(other);
    return true;
  } catch {
    return false;
  }
}
