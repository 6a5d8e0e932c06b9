import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkReturnTo, landing } from './return-to.ts';

const origin = 'https://insats.example';

test.each(['/', '/ansokningar', '/ansokningar?sida=2#rad-7', '/a%2Fb', '/å?q=ö'])(
  '%s is within the product',
  (path) => {
    expect(new URL(checkReturnTo(path, origin), origin).href).toBe(new URL(path, origin).href);
  },
);

test('without any wish there is somewhere to go', () => {
  expect(checkReturnTo(undefined, origin)).toBe(landing);
});

test('what would not fit into a cookie is refused, measured as it is kept there', () => {
  expect(checkReturnTo(`/${'a'.repeat(999)}`, origin)).toHaveLength(1000);
  expect(() => checkReturnTo(`/${'a'.repeat(1000)}`, origin)).toThrow('invalid-input');
  expect(() => checkReturnTo(`/${'å'.repeat(500)}`, origin)).toThrow('invalid-input');
});

test('whatever is accepted, a browser takes it for a place within the product', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '@',
    ':',
    'evil.example',
    '%2F',
    '%5C',
    '\t',
    '\n',
    'https',
    '?',
    '#',
    ' ',
    ';',
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
    fc.webUrl(),
    fc.string(),
  );
  let accepted = 0;
  fc.assert(
    fc.property(text, (value) => {
      let path: string;
      try {
        path = checkReturnTo(value, origin);
      } catch {
        return;
      }
      accepted += 1;
      expect(new URL(path, origin).origin).toBe(origin);
      expect(path).toMatch(/^\/(?![/\\])/);
    }),
    { numRuns: 3000 },
  );
  expect(accepted).toBeGreaterThan(20);
});
