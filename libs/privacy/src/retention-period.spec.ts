import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '#libs/calendar';
import { dueDay, parseRetentionPeriod } from './retention-period.ts';

const due = (day: string, text: string): string | undefined => {
  const period = parseRetentionPeriod(text);
  if (!period) throw new Error(`no period: ${text}`);
  return dueDay(day, period);
};

describe('a retention period', () => {
  test.each([
    ['P10Y', { months: 120, days: 0 }],
    ['P1Y6M', { months: 18, days: 0 }],
    ['P3W', { months: 0, days: 21 }],
    ['P2M10D', { months: 2, days: 10 }],
  ])('%s is read', (text, period) => expect(parseRetentionPeriod(text)).toEqual(period));

  test.each([
    '',
    'P',
    'P0D',
    'P0Y0M',
    '10Y',
    'P1',
    'PT5H',
    'P1DT1H',
    'P-1Y',
    'P1.5Y',
    'p1y',
    'P1D1Y',
    ' P1Y',
    'P1Y ',
  ])('%p is none', (text) => expect(parseRetentionPeriod(text)).toBeUndefined());
});

describe('what happened on a day is due', () => {
  test.each([
    ['2021-03-01', 'P5Y', '2026-03-01'],
    ['2024-02-29', 'P1Y', '2025-02-28'],
    ['2024-02-29', 'P4Y', '2028-02-29'],
    ['2025-01-31', 'P1M', '2025-02-28'],
    ['2025-12-31', 'P2M', '2026-02-28'],
    ['2025-11-30', 'P3M', '2026-02-28'],
    ['2025-01-31', 'P1M1D', '2025-03-01'],
    ['2026-12-31', 'P1D', '2027-01-01'],
    ['2026-10-24', 'P1W', '2026-10-31'],
    ['2025-12-15', 'P1M', '2026-01-15'],
  ])('%s after %s on %s', (day, period, expected) => expect(due(day, period)).toBe(expected));

  test('never, beyond the years that the product answers for', () => {
    expect(due('2026-11-24', 'P200Y')).toBeUndefined();
    expect(due('2199-12-31', 'P99999D')).toBeUndefined();
  });

  test('later the longer the period, and after the day itself', () => {
    const day = fc.integer({ min: 0, max: 60_000 }).map((n) => addDays('1950-01-01', n));
    fc.assert(
      fc.property(day, fc.nat(300), fc.nat(800), (from, months, days) => {
        const at = (m: number, d: number) => dueDay(from, { months: m, days: d }) ?? '9999';
        if (months + days > 0) expect(at(months, days) > from).toBe(true);
        expect(at(months, days + 1) > at(months, days)).toBe(true);
        expect(at(months + 1, days) >= at(months, days)).toBe(true);
      }),
    );
  });
});
