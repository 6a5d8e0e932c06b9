import { addDays, weekdayOf } from './civil-day.ts';
import type { CivilDay } from './civil-day.ts';
import { isSwedishPublicHoliday } from './swedish-holidays.ts';

/**
 * True on a day that is neither Saturday, Sunday nor another public holiday, nor Midsummer's Eve, Christmas
 * Eve or New Year's Eve: the days that 2 § lagen (1930:173) om beräkning av lagstadgad tid lets pass before
 * something must be done, so one notion of a working day serves both law and office.
 */
export function isWorkingDay(day: CivilDay): boolean {
  const weekday = weekdayOf(day);
  return weekday < 6 && !isSwedishPublicHoliday(day) && !isEveLikeHoliday(day, weekday);
}

/** The day itself when it is a working day, else the first working day after it. */
export function nextWorkingDay(day: CivilDay): CivilDay {
  let candidate = day;
  while (!isWorkingDay(candidate)) candidate = addDays(candidate, 1);
  return candidate;
}

/**
 * The `n`th working day after `day` (before it when `n` is negative); `day` itself is never counted, whether
 * it is a working day or not. With 0 the answer is `nextWorkingDay(day)`.
 * @throws RangeError when `n` is no whole number or the answer is outside 1900–2200
 */
export function addWorkingDays(day: CivilDay, n: number): CivilDay {
  if (!Number.isSafeInteger(n)) throw new RangeError(`Not a whole number of working days: ${n}`);
  if (n === 0) return nextWorkingDay(day);
  const step = Math.sign(n);
  let candidate = day;
  for (let left = Math.abs(n); left > 0;) {
    candidate = addDays(candidate, step);
    if (isWorkingDay(candidate)) left -= 1;
  }
  return candidate;
}

/**
 * The day on which something that law or regulation says must be done by `day` may still be done: when `day`
 * is a Sunday, another public holiday, a Saturday, Midsummer's Eve, Christmas Eve or New Year's Eve, it is the
 * next working day (2 § lagen (1930:173) om beräkning av lagstadgad tid). Holds for statutory days only: a
 * call's own closing day moves only where the call says so.
 */
export function statutoryDueDay(day: CivilDay): CivilDay {
  return nextWorkingDay(day);
}

function isEveLikeHoliday(day: CivilDay, weekday: number): boolean {
  const monthDay = day.slice(5);
  if (monthDay === '12-24' || monthDay === '12-31') return true;
  // Midsummer Day is the Saturday of 20–26 June, so its eve is the Friday of 19–25 June.
  return weekday === 5 && monthDay >= '06-19' && monthDay <= '06-25';
}
