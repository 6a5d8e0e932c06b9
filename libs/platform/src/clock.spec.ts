import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Clock } from './clock.ts';
import { readDemoClock, writeDemoClock } from './demo-clock.ts';

const day = 86_400_000;

/** Milliseconds the clock is ahead of the machine's, as far as two readings can tell. */
const ahead = (clock: Clock): number => clock.now().getTime() - Date.now();

describe('the clock', () => {
  test('goes with the machine until it is moved', () => {
    const clock = new Clock();
    expect(clock.currentOffset()).toBe(0);
    expect(Math.abs(ahead(clock))).toBeLessThan(1000);
  });

  test.each([7 * day, -day])('adopts an offset of %p ms and goes on from there', (offset) => {
    const clock = new Clock();
    clock.adopt(offset);
    expect(clock.currentOffset()).toBe(offset);
    expect(Math.abs(ahead(clock) - offset)).toBeLessThan(1000);
  });

  test('lets all that became due happen, in order and at the new time, before a move is over', async () => {
    const clock = new Clock();
    const seen: string[] = [];
    for (const name of ['first', 'second']) {
      clock.onMoved(async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        seen.push(`${name} ${clock.currentOffset()}`);
      });
    }
    await clock.move(day);
    expect(seen).toEqual([`first ${day}`, `second ${day}`]);
    clock.adopt(0);
    expect(seen).toHaveLength(2);
  });

  test('tells of work that failed', async () => {
    const clock = new Clock();
    clock.onMoved(() => Promise.reject(new Error('mail is down')));
    await expect(clock.move(day)).rejects.toThrow('mail is down');
    expect(clock.currentOffset()).toBe(day);
  });
});

describe('the demo clock file', () => {
  const home = mkdtempSync(join(tmpdir(), 'insats-clock-'));
  afterAll(() => rmSync(home, { recursive: true }));

  test('keeps the offset for whoever starts next, and goes away when it is taken back', () => {
    expect(readDemoClock(home)).toBe(0);
    writeDemoClock(home, 7 * day);
    expect(readDemoClock(home)).toBe(7 * day);
    writeDemoClock(home, -1);
    expect(readDemoClock(home)).toBe(-1);
    expect(readdirSync(home)).toEqual(['clock.json']);
    writeDemoClock(home, 0);
    writeDemoClock(home, 0);
    expect(readdirSync(home)).toEqual([]);
    expect(readDemoClock(home)).toBe(0);
  });

  test.each(['', '{', 'null', '7', '{"offset":"1"}', '{"offset":1.5}', '{"offset":1e99}'])(
    'with %p in it is as good as none',
    (content) => {
      writeFileSync(join(home, 'clock.json'), content);
      expect(readDemoClock(home)).toBe(0);
    },
  );
});
