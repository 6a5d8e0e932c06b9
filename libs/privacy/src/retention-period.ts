import { addDays, isCivilDay, type CivilDay } from '#libs/calendar';

/** A period in whole days, months and years, such as `P10Y` (ISO 8601-1, 5.5.2.4). */
export interface RetentionPeriod {
  readonly months: number;
  readonly days: number;
}

const form = /^P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?$/;
const lastMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Undefined for what is no period, and for one without length: nothing is thinned the day it happens. */
export function parseRetentionPeriod(text: string): RetentionPeriod | undefined {
  const match = form.exec(text);
  if (!match) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  const period = { months: years * 12 + months, days: weeks * 7 + days };
  return period.months + period.days > 0 ? period : undefined;
}

/**
 * The first day on which what happened on `day` may be thinned. Years and months are counted first and
 * end on the month's last day where the day does not exist (a month after 31 January is 28 or 29 February),
 * then days. Undefined beyond the years this product answers for: that day never comes.
 */
export function dueDay(day: CivilDay, { months, days }: RetentionPeriod): CivilDay | undefined {
  const index = Number(day.slice(0, 4)) * 12 + (Number(day.slice(5, 7)) - 1) + months;
  const [year, month] = [Math.floor(index / 12), index % 12];
  const date = Math.min(Number(day.slice(8)), lengthOf(year, month));
  const counted = `${String(year).padStart(4, '0')}-${pad(month + 1)}-${pad(date)}`;
  if (!isCivilDay(counted)) return undefined;
  try {
    return addDays(counted, days);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Days in a month, which is counted from 0. */
function lengthOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (lastMonths[month] ?? 0) + (month === 1 && isLeap ? 1 : 0);
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
