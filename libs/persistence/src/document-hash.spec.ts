import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { documentHashes, hashOfState } from './document-hash.ts';

type Loose = Record<string, unknown>;

const name = fc.string({ minLength: 1, maxLength: 6 }).filter((key) => key !== '__proto__');
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.date({ noInvalidDate: true }),
  fc.record({ amount: fc.integer() }),
);
const state = fc.dictionary(name, value, { minKeys: 1, maxKeys: 6 }) as fc.Arbitrary<Loose>;

/** Every place in a state, as paths. */
function placesIn(content: unknown, path: string[] = []): string[][] {
  if (typeof content !== 'object' || content === null) return path.length > 0 ? [path] : [];
  const deeper = Object.entries(content).flatMap(([key, inner]) => placesIn(inner, [...path, key]));
  return path.length > 0 ? [path, ...deeper] : deeper;
}

function another(old: unknown, pick: number): unknown {
  const choices = [null, true, '', 'annat', pick, -1, [], {}, [old], { old }, `${String(old)} `];
  const choice = choices[pick % choices.length];
  return JSON.stringify(choice) === JSON.stringify(old) ? ['något annat'] : choice;
}

const hashOf = (content: object, derived: string[] = []) =>
  hashOfState({ salt: 's', state: content }, derived);

test('of 1,000 random changes of a document each gives it another hash', () => {
  const kinds: Record<string, number> = {};
  fc.assert(
    fc.property(
      state,
      fc.constantFrom('change', 'remove', 'add'),
      fc.nat(),
      fc.nat(),
      (content, kind, place, pick) => {
        const copy = structuredClone(content);
        const places = placesIn(content);
        const path = kind === 'add' ? ['nytt fält'] : (places[place % places.length] as string[]);
        let holder = copy;
        for (const step of path.slice(0, -1)) holder = holder[step] as Loose;
        const key = path.at(-1) as string;
        if (kind !== 'remove') holder[key] = another(holder[key], pick);
        else if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else delete holder[key];
        kinds[kind] = (kinds[kind] ?? 0) + 1;
        expect(hashOf(copy)).not.toBe(hashOf(content));
      },
    ),
    { numRuns: 1000 },
  );
  expect(Object.keys(kinds)).toHaveLength(3);
});

test('does not depend on the order of fields, nor on fields that are left out', () => {
  expect(hashOf({ a: 1, b: { c: 2, d: undefined }, e: undefined })).toBe(hashOf({ b: { c: 2 }, a: 1 }));
  expect(hashOf({ a: 1, rccs: ['sydost'] }, ['rccs'])).toBe(hashOf({ a: 1, rccs: ['norr'] }, ['rccs']));
  expect(hashOf({ a: 1, rccs: ['sydost'] })).not.toBe(hashOf({ a: 1, rccs: ['norr'] }));
});

test('is there also of what has no form in JSON, and another one', () => {
  expect(hashOf({ amount: Number.NaN })).not.toBe(hashOf({ amount: 1 }));
});

test('is made with a new salt by each change, so that what is gone cannot be guessed from it', () => {
  const content = { contact: 'Maj Ek' };
  const first = documentHashes({ salt: undefined, state: {} }, content, []);
  const second = documentHashes({ salt: first.salt, state: content }, content, []);
  expect(first.hashes.before).toBeNull();
  expect(second.hashes.before).toBe(first.hashes.after);
  expect(second.hashes.after).not.toBe(first.hashes.after);
  expect(hashOfState({ salt: second.salt, state: content }, [])).toBe(second.hashes.after);
});
