/**
 * A day of the civil calendar, 'YYYY-MM-DD', without clock time or zone. Text of this form sorts in
 * time order, so it can be stored, indexed and compared as it is.
 */
export type CivilDay = string;

/** A period of whole days, both ends included. */
export interface Period {
  from: CivilDay;
  to: CivilDay;
}

/** The years this product answers for: no record of ours is older, no plan or retention rule reaches further. */
export const firstYear = 1900;
export const lastYear = 2200;

const form = /^(\d{4})-(\d{2})-(\d{2})$/;
const msPerDay = 86_400_000;

/** True for a day that exists, written exactly as YYYY-MM-DD, in the years 1900–2200. Takes anything. */
export function isCivilDay(value: unknown): value is CivilDay {
  return typeof value === 'string' && parse(value) !== undefined;
}

/** Negative when `a` is before `b`, 0 when they are the same day, positive when `a` is after `b`. */
export function compareDays(a: CivilDay, b: CivilDay): number {
  return dayNumber(a) - dayNumber(b);
}

/**
 * The day `n` days after `day` (before it when `n` is negative).
 * @throws RangeError when `day` is no day, `n` no whole number, or the answer is outside 1900–2200
 */
export function addDays(day: CivilDay, n: number): CivilDay {
  if (!Number.isSafeInteger(n)) throw new RangeError(`Not a whole number of days: ${n}`);
  return dayOfNumber(dayNumber(day) + n);
}

/** How many days it is from `a` to `b`: 1 from a day to the next, negative when `b` is before `a`. */
export function daysBetween(a: CivilDay, b: CivilDay): number {
  return dayNumber(b) - dayNumber(a);
}

/** True for `{ from, to }` of two real days where `to` is not before `from`. Takes anything. */
export function isPeriod(value: unknown): value is Period {
  if (typeof value !== 'object' || value === null) return false;
  const { from, to } = value as Partial<Record<keyof Period, unknown>>;
  return isCivilDay(from) && isCivilDay(to) && from <= to;
}

/** ISO weekday: 1 is Monday, 7 is Sunday. */
export function weekdayOf(day: CivilDay): number {
  // Day 0 of the count, 1970-01-01, was a Thursday; the double remainder keeps days before it positive.
  return ((((dayNumber(day) + 3) % 7) + 7) % 7) + 1;
}

/** The year of a day. */
export function yearOf(day: CivilDay): number {
  assertCivilDay(day);
  return Number(day.slice(0, 4));
}

/** Refuses anything that is no day of 1900–2200, since arithmetic on it would answer nonsense. */
export function assertCivilDay(day: CivilDay): void {
  dayNumber(day);
}

/** Days since 1970-01-01 (negative before it). */
function dayNumber(day: CivilDay): number {
  const ms = parse(day);
  if (ms === undefined) throw new RangeError(`Not a day of ${firstYear}–${lastYear}: ${String(day)}`);
  return ms / msPerDay;
}

function dayOfNumber(number: number): CivilDay {
  const date = new Date(number * msPerDay);
  const year = date.getUTCFullYear();
  // An invalid Date gives NaN here, which fails both comparisons and so is refused as well.
  if (!(year >= firstYear && year <= lastYear)) {
    throw new RangeError(`The answer is outside the years ${firstYear}–${lastYear}`);
  }
  return date.toISOString().slice(0, 10);
}

/**
 * UTC midnight in milliseconds, or undefined when it is no day. UTC serves as a counter of days only: it
 * has no daylight saving time, so every day has 24 hours and the arithmetic is exact.
 */
function parse(value: string): number | undefined {
  const match = form.exec(value);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < firstYear || year > lastYear) return undefined;
  const ms = Date.UTC(year, month - 1, day);
  // Date.UTC rolls 30 February over into March: a day exists only if it comes back as it was written.
  const date = new Date(ms);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms : undefined;
}
