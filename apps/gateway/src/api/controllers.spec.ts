import { expect, test } from '@jest/globals';
import { endpoints } from '../openapi/endpoints.ts';

test('no two operations share method and path, or a subject', () => {
  const routes = endpoints.map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':')}`);
  expect(new Set(routes).size).toBe(endpoints.length);
  expect(new Set(endpoints.map(({ subject }) => subject)).size).toBe(endpoints.length);
});
