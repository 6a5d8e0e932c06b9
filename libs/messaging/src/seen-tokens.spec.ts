import { afterEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { SeenTokens } from './seen-tokens.ts';

afterEach(() => {
  jest.useRealTimers();
});

describe('tokens seen', () => {
  test('are taken once each', () => {
    const seen = new SeenTokens(70, 1000, () => 100);
    expect([seen.take('a', 100), seen.take('b', 100), seen.take('a', 100)]).toEqual([true, true, false]);
  });

  test('are forgotten when nobody would take them any more, so that memory stays small', () => {
    let now = 100;
    const seen = new SeenTokens(70, 1000, () => now);
    for (let n = 0; n < 10_000; n += 1) {
      seen.take(`t${n}`, now);
      now += 1;
    }
    expect(seen.size).toBeLessThanOrEqual(142);
  });

  test('are kept for two lifetimes at the most, by the machine’s clock unless another is given', () => {
    jest.useFakeTimers({ now: 0 });
    const seen = new SeenTokens(70, 1000);
    const sizes = [0, 1, 69, 70, 139, 140].map((second) => {
      jest.setSystemTime(second * 1000);
      seen.take(`t${second}`, second);
      return seen.size;
    });
    expect(sizes).toEqual([1, 2, 3, 4, 5, 3]);
  });

  test('are never taken twice within their time, however many come and in whatever order', () => {
    const arrivals = fc.array(
      fc.record({
        id: fc.integer({ min: 0, max: 30 }),
        pause: fc.integer({ min: 0, max: 20 }),
        late: fc.integer({ min: -5, max: 65 }),
      }),
      { minLength: 50, maxLength: 300 },
    );
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 8 }), (all, capacity) => {
        let now = 1000;
        const seen = new SeenTokens(70, capacity, () => now);
        // A token has one time of signing, whenever it is shown.
        const signed = new Map<number, number>();
        const taken = new Set<number>();
        for (const { id, pause, late } of all) {
          now += pause;
          const signedAt = signed.get(id) ?? now - late;
          signed.set(id, signedAt);
          if (signedAt + 65 < now) continue;
          if (!seen.take(`${id}`, signedAt)) continue;
          expect(taken.has(id)).toBe(false);
          taken.add(id);
        }
        expect(seen.size).toBeLessThanOrEqual(2 * capacity);
      }),
    );
  });
});
