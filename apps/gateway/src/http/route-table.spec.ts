import { expect, test } from '@jest/globals';
import { RouteTable } from './route-table.ts';

test('a path tells the methods of every route that it fits', () => {
  const table = new RouteTable();
  table.add('/insats/v1/calls', ['GET', 'HEAD']);
  table.add('/insats/v1/calls', 'POST');
  table.add('/insats/v1/calls/:id', 'PATCH');
  table.add('/insats/v1/openapi.json', 'GET');
  expect(table.methodsOf('/insats/v1/calls')).toEqual(['GET', 'HEAD', 'POST']);
  expect(table.methodsOf('/insats/v1/calls/7')).toEqual(['PATCH']);
  expect(table.methodsOf('/insats/v1/calls/7/frame')).toEqual([]);
  expect(table.methodsOf('/insats/v1/openapixjson')).toEqual([]);
});
