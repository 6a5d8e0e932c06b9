import { addDays, assertCivilDay, weekdayOf, yearOf } from './civil-day.ts';
import type { CivilDay } from './civil-day.ts';

export type HolidayLanguage = 'sv' | 'en';

interface Names {
  sv: string;
  en: string;
}

const sunday: Names = { sv: 'Söndag', en: 'Sunday' };
const and: Names = { sv: ' och ', en: ' and ' };

/** A year's table is made once; there are at most as many as the years a civil day may have. */
const namesByYear = new Map<number, ReadonlyMap<CivilDay, Names>>();

/**
 * True on a public holiday (*allmän helgdag*) under 1 § lagen (1989:253) om allmänna helgdagar, which counts
 * every Sunday. Midsummer's Eve, Christmas Eve and New Year's Eve are none; they only are no working days.
 *
 * The law holds from 1990, with the National Day for Whit Monday since 2005 (lag 2004:1320). Earlier years are
 * answered by the same rules, which restate what applied since 1953; days before that are not to be relied on.
 */
export function isSwedishPublicHoliday(day: CivilDay): boolean {
  return weekdayOf(day) === 7 || holidaysOf(yearOf(day)).has(day);
}

/**
 * The name of the public holiday, or null when the day is none. A Sunday without another name is 'Söndag';
 * two holidays on one day (1 May and Ascension Day in 2008) are named together.
 */
export function holidayName(day: CivilDay, language: HolidayLanguage): string | null {
  assertCivilDay(day);
  const names = holidaysOf(yearOf(day)).get(day) ?? (weekdayOf(day) === 7 ? sunday : undefined);
  return names ? names[language] : null;
}

/**
 * Easter Sunday of a year in the Gregorian calendar: the Sunday after the full moon on or next after 21 March,
 * 2 § lagen (1989:253), by the church's tables. The arithmetic is the anonymous computus of Nature (1876) as
 * given by Meeus, Astronomical Algorithms, chapter 8.
 */
export function easterSunday(year: number): CivilDay {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const leapCenturies = Math.floor(century / 4);
  const moonCorrection = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - leapCenturies - moonCorrection + 15) % 30;
  const toSunday =
    (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * toSunday) / 451);
  const count = epact + toSunday - 7 * late + 114;
  return dayOf(year, Math.floor(count / 31), (count % 31) + 1);
}

/** Midsummer Day: the Saturday of 20–26 June, 2 § lagen (1989:253). */
export function midsummerDay(year: number): CivilDay {
  return saturdayFrom(dayOf(year, 6, 20));
}

/** All Saints' Day: the Saturday of 31 October–6 November, 2 § lagen (1989:253). */
export function allSaintsDay(year: number): CivilDay {
  return saturdayFrom(dayOf(year, 10, 31));
}

function holidaysOf(year: number): ReadonlyMap<CivilDay, Names> {
  const known = namesByYear.get(year);
  if (known) return known;
  const made = namesOf(year);
  namesByYear.set(year, made);
  return made;
}

function namesOf(year: number): ReadonlyMap<CivilDay, Names> {
  const easter = easterSunday(year);
  const days: [CivilDay, string, string][] = [
    [dayOf(year, 1, 1), 'Nyårsdagen', "New Year's Day"],
    [dayOf(year, 1, 6), 'Trettondedag jul', 'Epiphany'],
    [addDays(easter, -2), 'Långfredagen', 'Good Friday'],
    [easter, 'Påskdagen', 'Easter Sunday'],
    [addDays(easter, 1), 'Annandag påsk', 'Easter Monday'],
    [dayOf(year, 5, 1), 'Första maj', 'May Day'],
    [addDays(easter, 39), 'Kristi himmelsfärdsdag', 'Ascension Day'],
    [addDays(easter, 49), 'Pingstdagen', 'Whit Sunday'],
    year >= 2005
      ? [dayOf(year, 6, 6), 'Nationaldagen', 'National Day']
      : [addDays(easter, 50), 'Annandag pingst', 'Whit Monday'],
    [midsummerDay(year), 'Midsommardagen', 'Midsummer Day'],
    [allSaintsDay(year), 'Alla helgons dag', "All Saints' Day"],
    [dayOf(year, 12, 25), 'Juldagen', 'Christmas Day'],
    [dayOf(year, 12, 26), 'Annandag jul', 'Boxing Day'],
  ];
  const names = new Map<CivilDay, Names>();
  for (const [day, sv, en] of days) {
    const other = names.get(day);
    names.set(day, other ? { sv: other.sv + and.sv + sv, en: other.en + and.en + en } : { sv, en });
  }
  return names;
}

function saturdayFrom(day: CivilDay): CivilDay {
  return addDays(day, (6 - weekdayOf(day) + 7) % 7);
}

function dayOf(year: number, month: number, day: number): CivilDay {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
