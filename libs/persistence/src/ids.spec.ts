import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { identifier } from '#libs/contracts';
import { derivedId, newId } from './ids.ts';

test('a derived identifier is the same for the same parts and another one for any others', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string(), { maxLength: 4 }),
      fc.array(fc.string(), { maxLength: 4 }),
      (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(derivedId(...one) === derivedId(...other)).toBe(same);
      },
    ),
  );
  // The limits between the parts count.
  expect(derivedId('ab', 'c')).not.toBe(derivedId('a', 'bc'));
});

test('identifiers are of the form that the contracts accept, and a UUID’s', () => {
  const uuid = (version: number) =>
    new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`);
  fc.assert(
    fc.property(fc.array(fc.string()), (parts) => {
      expect(derivedId(...parts)).toMatch(uuid(8));
      expect(identifier.safeParse(derivedId(...parts)).success).toBe(true);
    }),
  );
  expect(newId()).toMatch(uuid(7));
});

test('new identifiers are all different and in the order they were made', () => {
  const ids = Array.from({ length: 1000 }, newId);
  expect(new Set(ids).size).toBe(1000);
  expect([...ids].sort()).toEqual(ids);
});
