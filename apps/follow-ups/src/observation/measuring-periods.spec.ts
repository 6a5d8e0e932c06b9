import { describe, expect, test } from '@jest/globals';
import { isPeriodOf } from './measuring-periods.ts';

describe('whole periods of the calendar year', () => {
  test.each([
    ['year', '2024-01-01', '2024-12-31'],
    ['half-year', '2024-01-01', '2024-06-30'],
    ['half-year', '2024-07-01', '2024-12-31'],
    ['term', '2024-01-01', '2024-06-30'],
    ['term', '2024-07-01', '2024-12-31'],
    ['quarter', '2024-01-01', '2024-03-31'],
    ['quarter', '2024-10-01', '2024-12-31'],
    ['month', '2024-02-01', '2024-02-29'],
    ['month', '2025-02-01', '2025-02-28'],
    ['month', '2025-12-01', '2025-12-31'],
  ] as const)('%s %s–%s fits', (periods, from, to) => {
    expect(isPeriodOf(periods, { from, to })).toBe(true);
  });

  test.each([
    ['year', '2024-02-01', '2025-01-31'],
    ['year', '2024-01-01', '2025-12-31'],
    ['year', '2024-01-01', '2024-12-30'],
    ['half-year', '2024-04-01', '2024-09-30'],
    ['quarter', '2024-02-01', '2024-04-30'],
    ['quarter', '2024-01-01', '2024-06-30'],
    ['month', '2025-02-01', '2025-03-01'],
    ['month', '2025-02-02', '2025-02-28'],
    ['term', '2024-08-01', '2025-01-31'],
  ] as const)('%s %s–%s does not', (periods, from, to) => {
    expect(isPeriodOf(periods, { from, to })).toBe(false);
  });
});
