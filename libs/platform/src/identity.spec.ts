import { expect, test } from '@jest/globals';
import { ConfigurationError } from './config.ts';
import { readIdentity } from './identity.ts';

const x = 'A'.repeat(43);
const d = 'SECRET'.padEnd(43, 'B');
const own = { kty: 'OKP', crv: 'Ed25519', kid: 'k', x, d };
const { d: _, ...known } = own;
const environment = {
  INTERNAL_KEY: JSON.stringify(own),
  INTERNAL_KEYS: JSON.stringify({ gateway: [known] }),
  NATS_NKEY: `SU${'A'.repeat(56)}`,
};

test('a process knows its own key and the public ones of all', () => {
  expect(readIdentity(environment)).toEqual({
    nkey: environment.NATS_NKEY,
    key: own,
    keys: { gateway: [known] },
  });
  expect(readIdentity({ ...environment, NATS_NKEY: undefined }).nkey).toBeUndefined();
});

test.each<[string, Record<string, string | undefined>]>([
  ['INTERNAL_KEY', { INTERNAL_KEY: undefined }],
  ['INTERNAL_KEY', { INTERNAL_KEY: `{"d":"${d}"` }],
  ['INTERNAL_KEY', { INTERNAL_KEY: JSON.stringify({ ...own, kty: 'RSA' }) }],
  ['INTERNAL_KEY', { INTERNAL_KEY: JSON.stringify(known) }],
  ['INTERNAL_KEYS', { INTERNAL_KEYS: undefined }],
  ['INTERNAL_KEYS', { INTERNAL_KEYS: JSON.stringify({ gateway: [own] }) }],
  ['INTERNAL_KEYS', { INTERNAL_KEYS: JSON.stringify({ gateway: [] }) }],
  ['INTERNAL_KEYS', { INTERNAL_KEYS: JSON.stringify([known]) }],
  ['NATS_NKEY', { NATS_NKEY: 'SECRET' }],
])('a wrong %s is named, without a word of what it holds (%j)', (variable, changes) => {
  const read = () => readIdentity({ ...environment, ...changes });
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(new RegExp(`^ {2}${variable}[.:]`, 'm'));
  expect(read).not.toThrow(/SECRET/);
});
