import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { unitDigest as schema } from '#libs/contracts';
import { unitDigest, wholeRegion } from './index.ts';

test('two clinics are one when region and name are, letter by letter', () => {
  const clinic = fc.tuple(fc.constantFrom('kalmar', 'skane'), fc.string({ maxLength: 2 }));
  fc.assert(
    fc.property(clinic, clinic, (one, other) => {
      expect(unitDigest(...one) === unitDigest(...other)).toBe(one[0] === other[0] && one[1] === other[1]);
    }),
  );
  expect(unitDigest('kalmar', 'Barnkliniken')).not.toBe(unitDigest('kalmar', 'barnkliniken'));
  expect(unitDigest('kalmar', 'Barnkliniken ')).not.toBe(unitDigest('kalmar', 'Barnkliniken'));
});

test('no name of a clinic can pass for the whole region, and every digest fits into an event', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (region, unit) => {
      const digest = unitDigest(region, unit);
      expect(digest).not.toBe(wholeRegion);
      expect(schema.safeParse(digest).success).toBe(true);
    }),
  );
  expect(schema.safeParse(wholeRegion).success).toBe(false);
  expect(schema.safeParse('Barnkliniken i Kalmar').success).toBe(false);
});

test('it stays what it is: it lies in journals and on streams', () => {
  expect(unitDigest('kalmar', 'Barnkliniken i Kalmar')).toBe('nge7QdR_h1ygEjFHdrkL8E-VvDkEeRzKoPX0223jU_A');
});
