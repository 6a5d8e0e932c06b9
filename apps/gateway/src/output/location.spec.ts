import { expect, test } from '@jest/globals';
import { createCallEndpoint, decideCall, importPlanEndpoint } from '#libs/contracts';
import { locationOf } from './location.ts';

test('a created resource is found under the id that the reply gives', () => {
  expect(locationOf(createCallEndpoint, { id: 'abc' })).toBe('/insats/v1/calls/abc');
  expect(locationOf(importPlanEndpoint, { planId: 'p1' })).toBe('/insats/v1/plans/p1');
});

test('what has no address gets none', () => {
  expect(locationOf(decideCall, { id: 'abc' })).toBeUndefined();
  expect(locationOf(importPlanEndpoint, { planId: null })).toBeUndefined();
  expect(locationOf(createCallEndpoint, null)).toBeUndefined();
});
