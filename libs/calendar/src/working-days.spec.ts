import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, weekdayOf, yearOf } from './civil-day.ts';
import { isSwedishPublicHoliday, midsummerDay } from './swedish-holidays.ts';
import { addWorkingDays, isWorkingDay, nextWorkingDay, statutoryDueDay } from './working-days.ts';

const workingDaysOf = (year: number) => {
  let count = 0;
  for (let day = `${year}-01-01`; yearOf(day) === year; day = addDays(day, 1))
    if (isWorkingDay(day)) count += 1;
  return count;
};
// A year's distance from the ends, so that every answer exists.
const anyDay = fc.integer({ min: 400, max: 109_500 }).map((n) => addDays('1900-01-01', n));

describe('a working day', () => {
  test.each([
    ['2026-01-02', true, 'Friday after New Year'],
    ['2026-01-05', true, "Twelfth Night's Eve is an ordinary Monday"],
    ['2026-01-06', false, 'Epiphany'],
    ['2026-04-02', true, 'Maundy Thursday'],
    ['2026-04-03', false, 'Good Friday'],
    ['2026-04-30', true, 'Walpurgis Night'],
    ['2026-05-15', true, 'the Friday after Ascension Day'],
    ['2026-05-25', true, 'Whit Monday, no holiday since 2005'],
    ['2004-05-31', false, 'Whit Monday while it was a holiday'],
    ['2025-06-06', false, 'National Day on a Friday'],
    ['2003-06-06', true, '6 June before it was a holiday'],
    ['2026-06-19', false, "Midsummer's Eve"],
    ['2026-06-18', true, "the day before Midsummer's Eve"],
    ['2026-06-26', true, 'a Friday of a later week'],
    ['2026-10-30', true, "the eve of All Saints' Day"],
    ['2026-12-23', true, ''],
    ['2026-12-24', false, 'Christmas Eve'],
    ['2026-12-25', false, 'Christmas Day'],
    ['2026-12-28', true, ''],
    ['2026-12-31', false, "New Year's Eve"],
    ['2026-11-14', false, 'Saturday'],
    ['2026-11-15', false, 'Sunday'],
    ['2026-11-16', true, 'Monday'],
  ])('%s: %p (%s)', (day, expected) => {
    expect(isWorkingDay(day)).toBe(expected);
  });

  // Counted with another implementation (Sweden in the Python package holidays 0.109, less the three eves).
  test.each([
    [2024, 251],
    [2025, 249],
    [2026, 251],
  ])('%p has %p of them', (year, count) => {
    expect(workingDaysOf(year)).toBe(count);
  });
});

describe("Midsummer's Eve", () => {
  test('is the day before Midsummer Day in every year, and no other June Friday is like it', () => {
    for (let year = 1900; year <= 2200; year += 1) {
      const idleFridays = Array.from({ length: 30 }, (_, i) => addDays(`${year}-06-01`, i)).filter(
        (day) => weekdayOf(day) === 5 && !isSwedishPublicHoliday(day) && !isWorkingDay(day),
      );
      expect(idleFridays).toEqual([addDays(midsummerDay(year), -1)]);
    }
  });
});

describe('moving to the next working day', () => {
  test.each([
    ['2026-03-01', '2026-03-02', 'the financial account of 1 March, a Sunday'],
    ['2025-03-01', '2025-03-03', 'the same on a Saturday'],
    ['2027-03-01', '2027-03-01', 'and on a Monday'],
    ['2026-04-03', '2026-04-07', 'over Easter'],
    ['2025-12-24', '2025-12-29', 'over Christmas'],
    ['2025-12-31', '2026-01-02', 'over New Year'],
    ['2026-06-19', '2026-06-22', 'over Midsummer'],
    ['2021-12-31', '2022-01-03', ''],
  ])('%s becomes %s (%s)', (day, expected) => {
    expect(statutoryDueDay(day)).toBe(expected);
    expect(nextWorkingDay(day)).toBe(expected);
  });

  test('gives a working day with none between, the same when asked again', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const next = nextWorkingDay(day);
        expect(isWorkingDay(next)).toBe(true);
        for (let between = day; between < next; between = addDays(between, 1)) {
          expect(isWorkingDay(between)).toBe(false);
        }
        expect(next >= day).toBe(true);
        expect(nextWorkingDay(next)).toBe(next);
      }),
    );
  });
});

describe('counting working days', () => {
  test.each([
    ['2026-04-01', 1, '2026-04-02'],
    ['2026-04-01', 2, '2026-04-07'],
    ['2026-04-04', 1, '2026-04-07'],
    ['2026-04-07', -1, '2026-04-02'],
    ['2026-04-05', -1, '2026-04-02'],
    ['2025-12-23', 1, '2025-12-29'],
    ['2025-12-23', 3, '2026-01-02'],
    ['2026-04-03', 0, '2026-04-07'],
    ['2026-04-02', 0, '2026-04-02'],
    ['2025-01-01', 249, '2025-12-30'],
  ])('%s and %p working days is %s', (day, n, expected) => {
    expect(addWorkingDays(day, n)).toBe(expected);
  });

  test('exactly n working days lie after the day up to the answer', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 60 }), (day, n) => {
        const end = addWorkingDays(day, n);
        let counted = 0;
        for (let each = addDays(day, 1); each <= end; each = addDays(each, 1))
          if (isWorkingDay(each)) counted += 1;
        expect(counted).toBe(n);
        expect(isWorkingDay(end)).toBe(true);
      }),
    );
  });

  test('there and back again ends on the same working day', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -60, max: 60 }), (day, n) => {
        const start = nextWorkingDay(day);
        expect(addWorkingDays(addWorkingDays(start, n), -n)).toBe(start);
      }),
    );
  });

  test('steps add up', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (day, a, b) => {
        expect(addWorkingDays(addWorkingDays(day, a), b)).toBe(addWorkingDays(day, a + b));
      }),
    );
  });

  test.each([0.5, NaN, Infinity])('%p working days are refused', (n) => {
    expect(() => addWorkingDays('2026-01-01', n)).toThrow(RangeError);
  });

  test('an answer beyond the calendar is refused', () => {
    expect(() => addWorkingDays('2200-12-01', 1000)).toThrow(RangeError);
    expect(() => nextWorkingDay('2026-02-30')).toThrow(RangeError);
  });
});
