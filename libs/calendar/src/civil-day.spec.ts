import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { addDays, compareDays, daysBetween, isCivilDay, isPeriod, weekdayOf, yearOf } from './civil-day.ts';

const first = Temporal.PlainDate.from('1900-01-01');
const span = first.until('2200-12-31', { largestUnit: 'days' }).days;
const anyDay = fc.integer({ min: 0, max: span }).map((days) => first.add({ days }).toString());

describe('a civil day', () => {
  test.each(['1900-01-01', '2200-12-31', '2024-02-29', '2000-02-29', '2026-03-29', '2026-12-31'])(
    '%p is one',
    (day) => {
      expect(isCivilDay(day)).toBe(true);
    },
  );

  test.each<[unknown, string]>([
    ['2026-02-29', 'no leap year'],
    ['2100-02-29', 'a century is no leap year'],
    ['2026-02-30', ''],
    ['2026-04-31', ''],
    ['2026-13-01', ''],
    ['2026-00-01', ''],
    ['2026-01-00', ''],
    ['2026-01-32', ''],
    ['1899-12-31', 'before the first year'],
    ['2201-01-01', 'after the last year'],
    ['0026-01-01', ''],
    ['2026-1-1', 'not padded'],
    ['20260101', 'basic form'],
    ['2026-01-01T00:00:00Z', 'an instant'],
    ['2026-01-01\n', 'a line end after it'],
    [' 2026-01-01', ''],
    ['+002026-01-01', ''],
    ['２０２６-01-01', 'other digits'],
    ['', ''],
    [null, ''],
    [undefined, ''],
    [20260101, ''],
    [new Date(0), ''],
    [['2026-01-01'], 'a list that prints like one'],
  ])('%p is none (%s)', (value) => {
    expect(isCivilDay(value)).toBe(false);
  });

  test('a text is a day exactly when Temporal reads it as that day', () => {
    const number = (max: number, digits: number) =>
      fc.integer({ min: 0, max }).map((n) => String(n).padStart(digits, '0'));
    fc.assert(
      fc.property(fc.integer({ min: 1900, max: 2200 }), number(13, 2), number(32, 2), (year, month, day) => {
        const text = `${year}-${month}-${day}`;
        let real = true;
        try {
          Temporal.PlainDate.from(text);
        } catch {
          real = false;
        }
        expect(isCivilDay(text)).toBe(real);
      }),
      { numRuns: 2000 },
    );
  });

  test('adding, comparing, counting and weekdays agree with Temporal', () => {
    fc.assert(
      fc.property(anyDay, anyDay, (a, b) => {
        const [dayA, dayB] = [Temporal.PlainDate.from(a), Temporal.PlainDate.from(b)];
        const days = dayA.until(dayB, { largestUnit: 'days' }).days;
        expect(daysBetween(a, b)).toBe(days);
        expect(addDays(a, days)).toBe(b);
        expect(Math.sign(compareDays(a, b))).toBe(Temporal.PlainDate.compare(dayA, dayB));
        expect(weekdayOf(a)).toBe(dayA.dayOfWeek);
        expect(yearOf(a)).toBe(dayA.year);
      }),
      { numRuns: 1000 },
    );
  });

  test('days sort as text in time order', () => {
    fc.assert(
      fc.property(fc.array(anyDay), (days) => {
        expect([...days].sort()).toEqual([...days].sort(compareDays));
      }),
    );
  });

  test.each<[string, number]>([
    ['2200-12-31', 1],
    ['1900-01-01', -1],
    ['2026-01-01', 1e15],
    ['2026-01-01', 0.5],
    ['2026-01-01', NaN],
    ['2026-02-29', 1],
  ])('adding to %p %p days is refused', (day, n) => {
    expect(() => addDays(day, n)).toThrow(RangeError);
  });

  test('arithmetic on what is no day is refused, not answered', () => {
    expect(() => compareDays('2026-1-1', '2026-01-01')).toThrow(RangeError);
    expect(() => daysBetween('2026-01-01', 'i morgon')).toThrow(RangeError);
    expect(() => weekdayOf('2026-02-30')).toThrow(RangeError);
    expect(() => yearOf('2026')).toThrow(RangeError);
  });
});

describe('a period', () => {
  test.each([
    [{ from: '2026-01-01', to: '2026-12-31' }, true],
    [{ from: '2026-01-01', to: '2026-01-01' }, true],
    [{ from: '2026-01-02', to: '2026-01-01' }, false],
    [{ from: '2026-01-01' }, false],
    [{ from: '2026-02-29', to: '2026-12-31' }, false],
    [null, false],
    ['2026-01-01/2026-12-31', false],
  ])('%j: %p', (value, expected) => {
    expect(isPeriod(value)).toBe(expected);
  });
});
