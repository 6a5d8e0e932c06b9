import { mongoError } from '../errors.ts';

// Dates are computed in UTC or in the zone that the query names; the zone of this process is never asked.

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds of an offset such as +02, +0200 or -05:30; undefined when the text is none. */
export function parseOffset(zone: string): number | undefined {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (!match) return undefined;
  const size = (Number(match[2]) * 60 + Number(match[3] ?? 0)) * 60_000;
  return match[1] === '-' ? -size : size;
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (!formatter) {
    try {
      formatter = new Intl.DateTimeFormat('en-US-u-hc-h23', {
        timeZone: zone,
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
        era: 'short',
      });
    } catch {
      throw mongoError(40485, `unrecognized time zone identifier: "${zone}"`);
    }
    formatters.set(zone, formatter);
  }
  return formatter;
}

/** The offset from UTC of a zone at an instant, in milliseconds. */
export function offsetAt(instant: number, zone: string): number {
  if (zone === 'UTC' || zone === 'GMT' || zone === 'Z') return 0;
  const fixed = parseOffset(zone);
  if (fixed !== undefined) return fixed;
  const parts: Record<string, number | string> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(instant))
    parts[type] = type === 'era' ? value : Number(value);
  const year = parts['era'] === 'BC' ? 1 - Number(parts['year']) : Number(parts['year']);
  const local = new Date(0);
  local.setUTCFullYear(year, Number(parts['month']) - 1, Number(parts['day']));
  local.setUTCHours(Number(parts['hour']), Number(parts['minute']), Number(parts['second']));
  return local.getTime() - (instant - (((instant % 1000) + 1000) % 1000));
}

/** The wall clock of a zone at an instant, as a date whose UTC fields are the local ones. */
export function toLocal(instant: number, zone: string): Date {
  return new Date(instant + offsetAt(instant, zone));
}

/** The instant of a wall clock time; in the gap of a clock change the time after it, in the overlap the first. */
export function fromLocal(local: number, zone: string): number {
  const before = offsetAt(local - 86_400_000, zone);
  const candidate = local - before;
  if (offsetAt(candidate, zone) === before) return candidate;
  return local - offsetAt(candidate, zone) + gap(local, candidate, before, zone);
}

function gap(local: number, candidate: number, before: number, zone: string): number {
  const after = offsetAt(candidate, zone);
  // A wall clock time that is skipped exists only with the offset from before the change.
  return offsetAt(local - after, zone) === after ? 0 : after - before;
}
