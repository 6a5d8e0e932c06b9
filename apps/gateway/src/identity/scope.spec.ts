import { expect, test } from '@jest/globals';
import { type Endpoint } from '#libs/contracts';
import { requireScope } from './scope.ts';

const contract = { method: 'GET', right: { resource: 'plan', command: 'read' } } as unknown as Endpoint;

test('a token bound by scopes is good for what they cover, whatever roles its holder has', () => {
  expect(() => requireScope(contract, new Set(['openid', 'plans.read']))).not.toThrow();
  for (const scopes of [new Set<string>(), new Set(['plans.write'])]) {
    expect(() => requireScope(contract, scopes)).toThrow(
      expect.objectContaining({ code: 'insufficient-scope', params: { scope: 'plans.read' } }),
    );
  }
});

test('a token bound by none, and an operation that is for everybody, are left to the roles', () => {
  expect(() => requireScope(contract, undefined)).not.toThrow();
  expect(() => requireScope({ ...contract, right: 'everybody' }, new Set())).not.toThrow();
});
