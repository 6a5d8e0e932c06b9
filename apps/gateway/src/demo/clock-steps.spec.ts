import { describe, expect, test } from '@jest/globals';
import { clockSteps } from './clock-steps.ts';

const steps = (from: string, to: string): string[] =>
  clockSteps(Date.parse(from), Date.parse(to)).map((step) => new Date(step).toISOString());

describe('the way of a moved clock', () => {
  test('stops each morning and at the end', () => {
    expect(steps('2026-11-24T18:00:00Z', '2026-11-27T09:00:00Z')).toEqual([
      '2026-11-25T06:30:00.000Z',
      '2026-11-26T06:30:00.000Z',
      '2026-11-27T06:30:00.000Z',
      '2026-11-27T09:00:00.000Z',
    ]);
  });

  test('does not stop where it starts, nor twice at the end', () => {
    expect(steps('2026-11-24T06:30:00Z', '2026-11-25T06:30:00Z')).toEqual(['2026-11-25T06:30:00.000Z']);
  });

  test('within a day is one step', () => {
    expect(steps('2026-11-24T10:00:00Z', '2026-11-24T11:00:00Z')).toEqual(['2026-11-24T11:00:00.000Z']);
  });

  test('over many years is bounded and still ends at the end', () => {
    const many = steps('2026-01-01T00:00:00Z', '2036-01-01T00:00:00Z');
    expect(many.length).toBeLessThanOrEqual(801);
    expect(many.at(-1)).toBe('2036-01-01T00:00:00.000Z');
    expect([...many].toSorted()).toEqual(many);
  });
});
