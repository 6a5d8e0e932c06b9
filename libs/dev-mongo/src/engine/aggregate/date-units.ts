import { mongoError } from '../errors.ts';
import type { Value } from '../types.ts';
import { fromLocal, toLocal } from './time-zone.ts';

const fixedUnits: Record<string, number> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
};

const dayLength = 86_400_000;

export const unitNames: ReadonlySet<string> = new Set([
  ...Object.keys(fixedUnits),
  'day',
  'week',
  'month',
  'quarter',
  'year',
]);

const monthsOf: Record<string, number> = { month: 1, quarter: 3, year: 12 };

const weekDays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** The ISO 8601 week and its year of a wall clock date. */
export function isoWeek(local: Date): { week: number; year: number } {
  const thursday = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()));
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  return { week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * dayLength)) + 1, year };
}

/** Adds units: hours and smaller are spans of time, days and larger go by the calendar of the zone. */
export function addUnits(instant: number, unit: string, amount: number, zone: string): number {
  const fixed = fixedUnits[unit];
  if (fixed !== undefined) return checked(instant + fixed * amount);
  const local = toLocal(instant, zone);
  const months = monthsOf[unit];
  if (months === undefined)
    return checked(fromLocal(local.getTime() + amount * (unit === 'week' ? 7 : 1) * dayLength, zone));
  const dayOfMonth = local.getUTCDate();
  local.setUTCDate(1);
  local.setUTCMonth(local.getUTCMonth() + amount * months);
  const last = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 0)).getUTCDate();
  local.setUTCDate(Math.min(dayOfMonth, last));
  return checked(fromLocal(local.getTime(), zone));
}

function checked(instant: number): number {
  if (Number.isNaN(new Date(instant).getTime())) throw mongoError(5976500, 'date overflow');
  return instant;
}

function firstWeekDay(startOfWeek: Value): number {
  if (startOfWeek === undefined || startOfWeek === null) return 0;
  const name = typeof startOfWeek === 'string' ? startOfWeek.toLowerCase() : '';
  const index = weekDays.findIndex((day) => day === name || (name.length === 3 && day.startsWith(name)));
  if (index < 0) throw mongoError(9, `unknown day of week value: ${String(startOfWeek)}`);
  return index;
}

function localStart(local: Date, unit: string, startOfWeek: Value): number {
  const year = local.getUTCFullYear();
  const month = local.getUTCMonth();
  switch (unit) {
    case 'year':
      return Date.UTC(year, 0, 1);
    case 'quarter':
      return Date.UTC(year, month - (month % 3), 1);
    case 'month':
      return Date.UTC(year, month, 1);
    case 'week': {
      const back = (local.getUTCDay() - firstWeekDay(startOfWeek) + 7) % 7;
      return Date.UTC(year, month, local.getUTCDate() - back);
    }
    case 'day':
      return Date.UTC(year, month, local.getUTCDate());
    default: {
      const length = fixedUnits[unit]!;
      return Math.floor(local.getTime() / length) * length;
    }
  }
}

/** The beginning of the unit that an instant lies in. */
export function startOfUnit(instant: number, unit: string, zone: string, startOfWeek: Value): number {
  const local = toLocal(instant, zone);
  const start = localStart(local, unit, startOfWeek);
  // Within a day the span since the start is real time: the wall clock may have changed.
  return fixedUnits[unit] === undefined ? fromLocal(start, zone) : instant - (local.getTime() - start);
}

/** The number of unit boundaries between two instants, as `$dateDiff` counts. */
export function unitsBetween(
  from: number,
  to: number,
  unit: string,
  zone: string,
  startOfWeek: Value,
): number {
  const fixed = fixedUnits[unit];
  if (fixed !== undefined) return Math.floor(to / fixed) - Math.floor(from / fixed);
  const start = new Date(localStart(toLocal(from, zone), unit, startOfWeek));
  const end = new Date(localStart(toLocal(to, zone), unit, startOfWeek));
  const months = monthsOf[unit];
  if (months !== undefined) {
    const between =
      (end.getUTCFullYear() - start.getUTCFullYear()) * 12 + end.getUTCMonth() - start.getUTCMonth();
    return between / months;
  }
  return Math.round((end.getTime() - start.getTime()) / (unit === 'week' ? 7 * dayLength : dayLength));
}
