import { expect, test } from '@jest/globals';
import { isForm, isJson } from './media-type.ts';

test.each([
  ['application/json', true],
  ['application/json; charset=utf-8', true],
  ['Application/JSON;charset="UTF-8"', true],
  ['application/json; charset=iso-8859-1', false],
  ['application/json-patch+json', false],
  ['application/jsonx', false],
  ['text/plain', false],
  ['text/json', false],
  ['application/x-www-form-urlencoded', false],
  ['multipart/form-data; boundary=x', false],
  ['', false],
  [undefined, false],
])('%p counts as JSON: %p', (header, expected) => {
  expect(isJson(header)).toBe(expected);
});

test('a form is a form', () => {
  expect(isForm('application/x-www-form-urlencoded')).toBe(true);
  expect(isForm('application/json')).toBe(false);
});
