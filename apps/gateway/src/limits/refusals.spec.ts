import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { holdOf, Refusals } from './refusals.ts';

describe('refusals', () => {
  test('are held for a tenth of a second, and so that 640 a second are told where there are many', () => {
    expect([1, 64, 320, 640].map(holdOf)).toEqual([100, 100, 500, 1000]);
  });

  test('are held 640 at a time; the next ones are told at once, and places that are free again are taken', async () => {
    const refusals = new Refusals();
    let told = 0;
    const hold = async (): Promise<void> => {
      await refusals.hold();
      told += 1;
    };
    const asked = Array.from({ length: 700 }, hold);
    await turnOfTheLoop();
    // On a machine that stood still meanwhile the first ones may have been told as well.
    expect(told).toBeGreaterThanOrEqual(60);
    expect(told).toBeLessThan(700);
    await Promise.all(asked);
    expect(told).toBe(700);
    const again = hold();
    await turnOfTheLoop();
    expect(told).toBe(700);
    await again;
  });
});
