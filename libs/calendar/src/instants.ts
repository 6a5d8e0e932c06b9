import { Temporal } from 'temporal-polyfill';
import { assertCivilDay, firstYear, lastYear } from './civil-day.ts';
import type { CivilDay } from './civil-day.ts';

/** Deadlines, arrivals and reports follow the clock of this zone, wherever the server stands. */
export const timeZone = 'Europe/Stockholm';

const msPerHour = 3_600_000;
const clockForm = /^([01]\d|2[0-3]):([0-5]\d)$/;

/**
 * Days of recent hours. A conversion through the time zone takes tens of microseconds and every submission
 * needs one, while nearly all instants asked for lie within a few hours. Swedish time has differed from UTC
 * by whole hours, and changed on whole hours, since 1900, so within one UTC hour the day is the same; the
 * look-up proves that for each hour before it remembers it.
 */
const dayByHour = new Map<number, CivilDay>();
const rememberedHours = 20_000;

/**
 * The civil day in Europe/Stockholm at an instant (a Date, or milliseconds since 1970-01-01T00:00Z).
 * @throws RangeError for an invalid Date, or an instant outside the years 1900–2200
 */
export function civilDayAt(instant: Date | number): CivilDay {
  const ms = typeof instant === 'number' ? instant : instant.getTime();
  const hour = Math.floor(ms / msPerHour);
  return dayByHour.get(hour) ?? lookUpDay(ms, hour);
}

/** The first instant of a day in Europe/Stockholm (midnight: daylight saving time changes at 02 and 03). */
export function startOfDay(day: CivilDay): Date {
  assertCivilDay(day);
  return new Date(Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds);
}

/**
 * The last instant that still is that day: one millisecond before the next day starts. What closes on day D
 * is open through `endOfDay(D)` and closed from `startOfDay` of the day after.
 */
export function endOfDay(day: CivilDay): Date {
  assertCivilDay(day);
  const next = Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(timeZone);
  return new Date(next.epochMilliseconds - 1);
}

/**
 * The instant when the clock in Europe/Stockholm shows `time` ('HH:MM', 00:00–23:59) on a day.
 *
 * A time that does not exist (02:00–02:59 on the last Sunday of March) is moved forward by the hour that is
 * skipped, 02:30 becomes 03:30; one that exists twice (02:00–02:59 on the last Sunday of October) is the
 * first. Both are the "compatible" choice of Temporal and RFC 5545, so calendar programs agree with us.
 * @throws RangeError when the day or the time is none
 */
export function instantAt(day: CivilDay, time: string): Date {
  assertCivilDay(day);
  if (!clockForm.test(time)) throw new RangeError(`Not a time of day HH:MM: ${time}`);
  const zoned = Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(timeZone, {
    disambiguation: 'compatible',
  });
  return new Date(zoned.epochMilliseconds);
}

function lookUpDay(ms: number, hour: number): CivilDay {
  if (!Number.isFinite(ms)) throw new RangeError('Not an instant');
  const day = dayThroughZone(ms);
  const first = hour * msPerHour;
  if (dayThroughZone(first) === day && dayThroughZone(first + msPerHour - 1) === day) {
    // Emptying it all is coarse, but keeps the memory bounded and is never reached in ordinary running.
    if (dayByHour.size >= rememberedHours) dayByHour.clear();
    dayByHour.set(hour, day);
  }
  return day;
}

function dayThroughZone(ms: number): CivilDay {
  // Temporal takes whole milliseconds; flooring never moves an instant into another day.
  const date = Temporal.Instant.fromEpochMilliseconds(Math.floor(ms))
    .toZonedDateTimeISO(timeZone)
    .toPlainDate();
  if (date.year < firstYear || date.year > lastYear) {
    throw new RangeError(`The instant is outside the years ${firstYear}–${lastYear}`);
  }
  return date.toString();
}
