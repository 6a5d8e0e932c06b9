import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ObservationValue } from '#libs/contracts';
import { correctObservation, recordObservation } from './observation.ts';

const slot = { measureId: 'm', unit: 'norr' as const, period: { from: '2025-01-01', to: '2025-12-31' } };
const recording = { at: new Date(0), by: 'process-norr' };
const value = fc.oneof<fc.Arbitrary<ObservationValue>[]>(
  fc.nat(50).map((count) => ({ count })),
  fc
    .constantFrom(
      'missing' as const,
      'notApplicable' as const,
      'suppressed' as const,
      'notDue' as const,
      'waived' as const,
    )
    .map((state) => ({ state, reason: 'därför' })),
);

test('corrections add versions and overwrite nothing, whatever is corrected to what', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), ([first = { count: 0 }, ...later]) => {
      let { state } = recordObservation('o', { ...slot, value: first }, recording, undefined);
      for (const each of later) {
        state = correctObservation('o', state, { ...slot, value: each, reason: 'rättat' }, recording).state;
      }
      expect(state.versions.map((version) => version.value)).toEqual([first, ...later]);
      expect(state.versions.map((version) => version.version)).toEqual(
        state.versions.map((_, index) => index + 1),
      );
      expect(state.versions.map((version) => version.reason)).toEqual([null, ...later.map(() => 'rättat')]);
      expect(state.value).toEqual([first, ...later].at(-1));
      expect(state.version).toBe(later.length + 1);
    }),
  );
});

test('what goes on the bus says that there is a value or why not, never the reason in words', () => {
  const zero = recordObservation('o', { ...slot, value: { count: 0 } }, recording, undefined);
  const missing = recordObservation(
    'o',
    { ...slot, value: { state: 'missing', reason: 'hemligt' } },
    recording,
    undefined,
  );
  expect(zero.events[0]?.data).toMatchObject({ state: 'reported' });
  expect(missing.events[0]?.data).toMatchObject({ state: 'missing' });
  expect(JSON.stringify(missing.events[0]?.data)).not.toContain('hemligt');
});

test('without a key no trace of one is stored', () => {
  expect(
    'createdUnder' in recordObservation('o', { ...slot, value: { count: 0 } }, recording, undefined).state,
  ).toBe(false);
});
