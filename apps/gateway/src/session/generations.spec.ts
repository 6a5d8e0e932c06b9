import { describe, expect, test } from '@jest/globals';
import { grace, seenAt, standingOf, stepOf, type Generations } from './generations.ts';

const t = 1_800_000_000;
/** Cookie 3 was shown first at `t`, after cookie 2; cookie 4 was issued just then. */
const known: Generations = { issued: 4, issuedAt: t, shown: 3, shownAt: t, before: 2 };

describe('a cookie', () => {
  test.each([
    [0, undefined, 'newest'],
    [7, undefined, 'newest'],
    [3, known, 'newest'],
    [4, known, 'newest'],
    [5, known, 'newest'],
    [2, known, 'superseded'],
    [1, known, 'reused'],
    [0, known, 'reused'],
  ] as const)('with number %i is what it is', (generation, about, standing) => {
    expect(standingOf(generation, about, t)).toBe(standing);
  });

  test('that was replaced is good for 45 seconds from when the next one was shown, to the second', () => {
    expect(grace).toBe(45);
    expect(standingOf(2, known, t + 44)).toBe('superseded');
    expect(standingOf(2, known, t + 45)).toBe('reused');
  });

  test('that was issued and overtaken before anybody showed it is superseded like the one before it', () => {
    const overtaken = { ...known, issued: 5, shown: 5 };
    for (const generation of [2, 3, 4]) expect(standingOf(generation, overtaken, t + 44)).toBe('superseded');
    for (const generation of [1, 2, 3, 4]) expect(standingOf(generation, overtaken, t + 45)).toBe('reused');
  });
});

describe('showing the newest cookie', () => {
  test('changes nothing while it is younger than a minute and known to have arrived', () => {
    expect(stepOf({ generation: 0, seenAt: t }, undefined, t + 59)).toBeUndefined();
    expect(stepOf({ generation: 3, seenAt: t - 500 }, known, t + 59)).toBeUndefined();
  });

  test('renews it after a minute, and nothing is superseded by that alone', () => {
    const step = stepOf({ generation: 0, seenAt: t }, undefined, t + 60);
    expect(step).toEqual({
      renews: true,
      generations: { issued: 1, issuedAt: t + 60, shown: 0, shownAt: t + 60, before: 0 },
    });
    expect(standingOf(0, step?.generations, t + 9999)).toBe('newest');
  });

  test('renews it again after another minute when nobody has shown its successor, under another number', () => {
    const step = stepOf({ generation: 3, seenAt: t - 500 }, known, t + 60);
    expect(step).toEqual({ renews: true, generations: { ...known, issued: 5, issuedAt: t + 60 } });
  });

  test('tells that it has arrived, once', () => {
    const arrived = stepOf({ generation: 4, seenAt: t }, known, t + 7);
    const generations = { issued: 4, issuedAt: t, shown: 4, shownAt: t + 7, before: 3 };
    expect(arrived).toEqual({ renews: false, generations });
    expect(stepOf({ generation: 4, seenAt: t }, generations, t + 8)).toBeUndefined();
  });

  test('tells that it has arrived and renews it, where it was not shown for a minute', () => {
    expect(stepOf({ generation: 4, seenAt: t }, known, t + 60)).toEqual({
      renews: true,
      generations: { issued: 5, issuedAt: t + 60, shown: 4, shownAt: t + 60, before: 3 },
    });
  });

  test('never gives a number twice, not even where what was known is lost or late', () => {
    expect(stepOf({ generation: 9, seenAt: t }, undefined, t + 60)?.generations.issued).toBe(10);
    expect(stepOf({ generation: 9, seenAt: t }, known, t + 60)?.generations.issued).toBe(10);
    expect(stepOf({ generation: 9, seenAt: t }, known, t + 1)?.generations).toMatchObject({
      issued: 9,
      shown: 9,
    });
  });
});

test('who was given a new cookie was active, whether or not it arrived', () => {
  expect(seenAt({ seenAt: t - 1000 }, known)).toBe(t);
  expect(seenAt({ seenAt: t + 5 }, known)).toBe(t + 5);
  expect(seenAt({ seenAt: t }, undefined)).toBe(t);
});
