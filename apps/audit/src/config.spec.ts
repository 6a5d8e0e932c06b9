import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { thumbprint } from '#libs/audit';
import { signingKey, trustedKeys } from './config.ts';

function newKey(kid?: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const name = kid === undefined ? {} : { kid };
  return {
    secret: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...name }),
    jwk: { ...publicKey.export({ format: 'jwk' }), ...name } as { kty: 'OKP'; crv: 'Ed25519'; x: string },
  };
}

const present = newKey('2026');
const trusted = (AUDIT_FORMER_KEYS?: string) => {
  const environment = { AUDIT_SIGNING_KEY: present.secret, ...(AUDIT_FORMER_KEYS && { AUDIT_FORMER_KEYS }) };
  return trustedKeys(signingKey(environment), environment).map(({ kid, x }) => [kid, x]);
};

test('roots may be signed with the present key, and with those that were used before', () => {
  const [first, second] = [newKey('2024'), newKey()];
  const own = ['2026', present.jwk.x];
  expect(trusted()).toEqual([own]);
  expect(trusted(JSON.stringify({ keys: [first.jwk, second.jwk] }))).toEqual([
    own,
    ['2024', first.jwk.x],
    [thumbprint(second.jwk), second.jwk.x],
  ]);
  expect(trusted(JSON.stringify(first.jwk))).toEqual([own, ['2024', first.jwk.x]]);
  expect(trusted(JSON.stringify(present.jwk))).toEqual([own]);
});

test.each([
  ['no JSON', 'x'],
  ['a private key', newKey('2024').secret],
  ['something else', '{"keys":[{}]}'],
  ['another key under the same name', JSON.stringify(newKey('2026').jwk)],
])('%s is refused at start, by the name of the variable', (_what, text) => {
  expect(() => trusted(text)).toThrow('AUDIT_FORMER_KEYS');
});
