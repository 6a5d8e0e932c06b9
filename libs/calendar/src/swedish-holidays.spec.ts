import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, daysBetween, weekdayOf, yearOf } from './civil-day.ts';
import {
  allSaintsDay,
  easterSunday,
  holidayName,
  isSwedishPublicHoliday,
  midsummerDay,
} from './swedish-holidays.ts';

/** Month and day of Easter Sunday 1990–2050, from another implementation (dateutil's, by another method). */
const easters = `
  04-15 03-31 04-19 04-11 04-03 04-16 04-07 03-30 04-12 04-04
  04-23 04-15 03-31 04-20 04-11 03-27 04-16 04-08 03-23 04-12
  04-04 04-24 04-08 03-31 04-20 04-05 03-27 04-16 04-01 04-21
  04-12 04-04 04-17 04-09 03-31 04-20 04-05 03-28 04-16 04-01
  04-21 04-13 03-28 04-17 04-09 03-25 04-13 04-05 04-25 04-10
  04-01 04-21 04-06 03-29 04-17 04-09 03-25 04-14 04-05 04-18
  04-10`
  .trim()
  .split(/\s+/)
  .map((monthDay, index): [number, string] => [1990 + index, `${1990 + index}-${monthDay}`]);

const anyYear = fc.integer({ min: 1900, max: 2200 });
const holidaysIn = (year: number) => {
  const days: string[] = [];
  for (let day = `${year}-01-01`; yearOf(day) === year; day = addDays(day, 1)) {
    if (isSwedishPublicHoliday(day)) days.push(day);
    if (day === '2200-12-31') break;
  }
  return days;
};

describe('Easter', () => {
  test.each(easters)('of %p is %s', (year, day) => {
    expect(easterSunday(year)).toBe(day);
  });

  // The latest possible day, and the years in which the lunar tables make their exceptions.
  test.each([
    [1943, '1943-04-25'],
    [1954, '1954-04-18'],
    [1961, '1961-04-02'],
    [1981, '1981-04-19'],
    [2076, '2076-04-19'],
    [2100, '2100-03-28'],
    [2106, '2106-04-18'],
    [2200, '2200-04-06'],
  ])('of %p is %s', (year, day) => {
    expect(easterSunday(year)).toBe(day);
  });

  test('is a Sunday between 22 March and 25 April', () => {
    fc.assert(
      fc.property(anyYear, (year) => {
        const day = easterSunday(year);
        expect(weekdayOf(day)).toBe(7);
        expect(day >= `${year}-03-22` && day <= `${year}-04-25`).toBe(true);
      }),
    );
  });
});

describe('Midsummer and All Saints', () => {
  test.each([
    [2015, '06-20', '10-31'],
    [2016, '06-25', '11-05'],
    [2017, '06-24', '11-04'],
    [2018, '06-23', '11-03'],
    [2019, '06-22', '11-02'],
    [2020, '06-20', '10-31'],
    [2021, '06-26', '11-06'],
    [2022, '06-25', '11-05'],
    [2023, '06-24', '11-04'],
    [2024, '06-22', '11-02'],
    [2025, '06-21', '11-01'],
    [2026, '06-20', '10-31'],
    [2027, '06-26', '11-06'],
    [2028, '06-24', '11-04'],
    [2029, '06-23', '11-03'],
    [2030, '06-22', '11-02'],
  ])('of %p are %s and %s', (year, midsummer, allSaints) => {
    expect(midsummerDay(year)).toBe(`${year}-${midsummer}`);
    expect(allSaintsDay(year)).toBe(`${year}-${allSaints}`);
  });

  test('are Saturdays within the seven days of the law', () => {
    fc.assert(
      fc.property(anyYear, (year) => {
        for (const [day, from] of [
          [midsummerDay(year), `${year}-06-20`],
          [allSaintsDay(year), `${year}-10-31`],
        ] as const) {
          expect(weekdayOf(day)).toBe(6);
          expect(daysBetween(from, day)).toBeGreaterThanOrEqual(0);
          expect(daysBetween(from, day)).toBeLessThanOrEqual(6);
        }
      }),
    );
  });
});

describe('public holidays', () => {
  test.each<[string, string | null, string | null]>([
    ['2026-01-01', 'Nyårsdagen', "New Year's Day"],
    ['2026-01-05', null, null],
    ['2026-01-06', 'Trettondedag jul', 'Epiphany'],
    ['2026-04-02', null, null],
    ['2026-04-03', 'Långfredagen', 'Good Friday'],
    ['2026-04-04', null, null],
    ['2026-04-05', 'Påskdagen', 'Easter Sunday'],
    ['2026-04-06', 'Annandag påsk', 'Easter Monday'],
    ['2026-05-01', 'Första maj', 'May Day'],
    ['2026-05-14', 'Kristi himmelsfärdsdag', 'Ascension Day'],
    ['2026-05-15', null, null],
    ['2026-05-24', 'Pingstdagen', 'Whit Sunday'],
    ['2026-05-25', null, null],
    ['2026-06-06', 'Nationaldagen', 'National Day'],
    ['2026-06-19', null, null],
    ['2026-06-20', 'Midsommardagen', 'Midsummer Day'],
    ['2026-10-31', 'Alla helgons dag', "All Saints' Day"],
    ['2026-12-24', null, null],
    ['2026-12-25', 'Juldagen', 'Christmas Day'],
    ['2026-12-26', 'Annandag jul', 'Boxing Day'],
    ['2026-12-31', null, null],
    ['2026-11-15', 'Söndag', 'Sunday'],
    ['2026-11-14', null, null],
    ['2004-05-31', 'Annandag pingst', 'Whit Monday'],
    ['2004-06-06', 'Söndag', 'Sunday'],
    ['2003-06-06', null, null],
    ['2003-06-09', 'Annandag pingst', 'Whit Monday'],
    ['2005-05-16', null, null],
    ['2005-06-06', 'Nationaldagen', 'National Day'],
    ['2008-05-01', 'Första maj och Kristi himmelsfärdsdag', 'May Day and Ascension Day'],
    ['2049-06-06', 'Pingstdagen och Nationaldagen', 'Whit Sunday and National Day'],
  ])('%s is %p', (day, sv, en) => {
    expect(holidayName(day, 'sv')).toBe(sv);
    expect(holidayName(day, 'en')).toBe(en);
    expect(isSwedishPublicHoliday(day)).toBe(sv !== null);
  });

  test('those of 2025 that fall on Monday to Saturday are these and no others', () => {
    expect(holidaysIn(2025).filter((day) => weekdayOf(day) !== 7)).toEqual([
      '2025-01-01',
      '2025-01-06',
      '2025-04-18',
      '2025-04-21',
      '2025-05-01',
      '2025-05-29',
      '2025-06-06',
      '2025-06-21',
      '2025-11-01',
      '2025-12-25',
      '2025-12-26',
    ]);
  });

  test('a day has a name exactly when it is a holiday, and every Sunday is one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 109_937 }), (n) => {
        const day = addDays('1900-01-01', n);
        expect(holidayName(day, 'sv') !== null).toBe(isSwedishPublicHoliday(day));
        if (weekdayOf(day) === 7) expect(isSwedishPublicHoliday(day)).toBe(true);
      }),
    );
  });

  test('what is no day is refused', () => {
    expect(() => isSwedishPublicHoliday('2026-02-29')).toThrow(RangeError);
    expect(() => holidayName('2026-02-29', 'sv')).toThrow(RangeError);
  });
});
