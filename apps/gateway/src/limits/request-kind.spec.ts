import { expect, test } from '@jest/globals';
import { requestKind } from './request-kind.ts';

test('reading, writing and what is heavy are told apart', () => {
  const get = { method: 'GET', path: '/calls' } as const;
  expect(requestKind(get, {})).toBe('read');
  expect(requestKind(get, { limit: '99' })).toBe('read');
  expect(requestKind(get, { limit: '100' })).toBe('heavy');
  expect(requestKind(get, { limit: ['1', '2'] })).toBe('read');
  expect(requestKind({ method: 'POST', path: '/calls' }, {})).toBe('write');
  expect(requestKind({ method: 'PATCH', path: '/calls/:id' }, { limit: '200' })).toBe('write');
  expect(requestKind({ method: 'POST', path: '/plan-imports' }, {})).toBe('heavy');
  expect(requestKind({ method: 'GET', path: '/reports/:id/document' }, {})).toBe('heavy');
  expect(requestKind({ method: 'GET', path: '/people/:id/personal-data' }, {})).toBe('heavy');
  expect(requestKind({ method: 'POST', path: '/thinning-rules/:id/dry-runs' }, {})).toBe('heavy');
  expect(requestKind({ method: 'POST', path: '/thinning-rules/:id/runs' }, {})).toBe('heavy');
  expect(requestKind({ method: 'GET', path: '/thinning-runs' }, {})).toBe('read');
  expect(requestKind({ method: 'GET', path: '/documents/:id' }, {})).toBe('read');
});
