import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { addDays } from './civil-day.ts';
import { civilDayAt, endOfDay, instantAt, startOfDay } from './instants.ts';

const hour = 3_600_000;
const throughTemporal = (ms: number) =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO('Europe/Stockholm').toPlainDate().toString();
const anyInstant = fc.integer({
  min: Date.parse('1900-01-01T00:00:00+01:00'),
  max: Date.parse('2200-12-31T23:59:59.999+01:00'),
});
const anyDay = fc.integer({ min: 0, max: 109_937 }).map((n) => addDays('1900-01-01', n));

describe('the civil day at an instant', () => {
  test.each([
    ['2026-01-14T22:59:59.999Z', '2026-01-14', 'winter, last millisecond'],
    ['2026-01-14T23:00:00.000Z', '2026-01-15', 'winter, midnight'],
    ['2026-07-14T21:59:59.999Z', '2026-07-14', 'summer, last millisecond'],
    ['2026-07-14T22:00:00.000Z', '2026-07-15', 'summer, midnight'],
    ['2026-03-28T23:00:00.000Z', '2026-03-29', 'the day of 23 hours starts'],
    ['2026-03-29T21:59:59.999Z', '2026-03-29', 'and ends in summer time'],
    ['2026-03-29T22:00:00.000Z', '2026-03-30', ''],
    ['2026-10-24T22:00:00.000Z', '2026-10-25', 'the day of 25 hours starts'],
    ['2026-10-25T22:59:59.999Z', '2026-10-25', 'and ends in winter time'],
    ['2026-10-25T23:00:00.000Z', '2026-10-26', ''],
    ['2026-12-31T23:00:00.000Z', '2027-01-01', 'new year'],
    ['1969-12-31T22:59:59.999Z', '1969-12-31', 'before 1970 the count is negative'],
    ['1969-12-31T23:00:00.000Z', '1970-01-01', ''],
  ])('%s is %s (%s)', (instant, day) => {
    const ms = Date.parse(instant);
    expect(civilDayAt(ms)).toBe(day);
    expect(civilDayAt(new Date(ms))).toBe(day);
    expect(civilDayAt(ms)).toBe(day);
  });

  test('agrees with Temporal at any instant of 1900–2200, first time and remembered', () => {
    fc.assert(
      fc.property(anyInstant, (ms) => {
        const expected = throughTemporal(ms);
        expect(civilDayAt(ms)).toBe(expected);
        expect(civilDayAt(ms)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test('what is remembered for one instant of an hour holds for every other of that hour', () => {
    fc.assert(
      fc.property(anyInstant, fc.integer({ min: 0, max: hour - 1 }), (ms, other) => {
        const start = Math.floor(ms / hour) * hour;
        civilDayAt(Math.max(ms, start));
        fc.pre(start + other <= Date.parse('2200-12-31T23:59:59.999+01:00'));
        expect(civilDayAt(start + other)).toBe(throughTemporal(start + other));
      }),
      { numRuns: 1000 },
    );
  });

  test('every hour of a year is right, also around both changes of the clock', () => {
    const start = Date.parse('2026-01-01T00:00:00Z');
    for (let ms = start; ms < start + 366 * 24 * hour; ms += hour) {
      for (const instant of [ms - 1, ms]) {
        const day = civilDayAt(instant);
        if (day !== throughTemporal(instant))
          throw new Error(`${new Date(instant).toISOString()} gave ${day}`);
      }
    }
    expect(civilDayAt(start)).toBe('2026-01-01');
  });

  test('more hours than are remembered stay right', () => {
    const start = Date.parse('2030-01-01T00:00:00Z');
    const hours = 20_050;
    for (let i = 0; i < hours; i += 1) civilDayAt(start + i * hour);
    expect(civilDayAt(start)).toBe('2030-01-01');
    expect(civilDayAt(start + (hours - 1) * hour)).toBe(throughTemporal(start + (hours - 1) * hour));
  });

  test('an instant between two milliseconds belongs to the day that is not over', () => {
    expect(civilDayAt(Date.parse('2026-01-14T23:00:00Z') - 0.5)).toBe('2026-01-14');
  });

  test.each([
    NaN,
    Infinity,
    -Infinity,
    9e15,
    Date.parse('1899-12-31T12:00Z'),
    Date.parse('2201-01-01T12:00Z'),
  ])('%p is refused', (ms) => {
    expect(() => civilDayAt(ms)).toThrow(RangeError);
  });

  test('an invalid Date is refused', () => {
    expect(() => civilDayAt(new Date('i morgon'))).toThrow(RangeError);
  });
});

describe('start and end of a day', () => {
  test.each([
    ['2026-01-15', '2026-01-14T23:00:00.000Z', '2026-01-15T22:59:59.999Z'],
    ['2026-07-15', '2026-07-14T22:00:00.000Z', '2026-07-15T21:59:59.999Z'],
    ['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T21:59:59.999Z'],
    ['2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T22:59:59.999Z'],
    ['2200-12-31', '2200-12-30T23:00:00.000Z', '2200-12-31T22:59:59.999Z'],
  ])('%s is %s–%s', (day, start, end) => {
    expect(startOfDay(day).toISOString()).toBe(start);
    expect(endOfDay(day).toISOString()).toBe(end);
  });

  test.each([
    ['2026-03-28', 24],
    ['2026-03-29', 23],
    ['2026-10-25', 25],
  ])('%s has %p hours', (day, hours) => {
    expect((endOfDay(day).getTime() + 1 - startOfDay(day).getTime()) / hour).toBe(hours);
  });

  test('bound the instants of that day and no others', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const [start, end] = [startOfDay(day), endOfDay(day)];
        expect(civilDayAt(start)).toBe(day);
        expect(civilDayAt(end)).toBe(day);
        fc.pre(day !== '1900-01-01' && day !== '2200-12-31');
        expect(civilDayAt(start.getTime() - 1)).toBe(addDays(day, -1));
        expect(civilDayAt(end.getTime() + 1)).toBe(addDays(day, 1));
        expect(startOfDay(addDays(day, 1)).getTime()).toBe(end.getTime() + 1);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['2026-02-30', 'x', '2201-01-01'])('%p is refused', (day) => {
    expect(() => startOfDay(day)).toThrow(RangeError);
    expect(() => endOfDay(day)).toThrow(RangeError);
    expect(() => instantAt(day, '12:00')).toThrow(RangeError);
  });
});

describe('the instant of a clock time', () => {
  test.each([
    ['2026-01-15', '08:00', '2026-01-15T07:00:00.000Z', 'winter'],
    ['2026-07-15', '08:00', '2026-07-15T06:00:00.000Z', 'summer'],
    ['2026-03-29', '01:59', '2026-03-29T00:59:00.000Z', 'the minute before the gap'],
    ['2026-03-29', '02:00', '2026-03-29T01:00:00.000Z', 'skipped, so 03:00'],
    ['2026-03-29', '02:30', '2026-03-29T01:30:00.000Z', 'skipped, so 03:30'],
    ['2026-03-29', '03:00', '2026-03-29T01:00:00.000Z', 'the minute after the gap'],
    ['2026-10-25', '01:59', '2026-10-24T23:59:00.000Z', 'once'],
    ['2026-10-25', '02:30', '2026-10-25T00:30:00.000Z', 'twice, so the first'],
    ['2026-10-25', '03:00', '2026-10-25T02:00:00.000Z', 'once'],
    ['2026-01-15', '00:00', '2026-01-14T23:00:00.000Z', ''],
    ['2026-01-15', '23:59', '2026-01-15T22:59:00.000Z', ''],
  ])('%s %s is %s (%s)', (day, time, instant) => {
    expect(instantAt(day, time).toISOString()).toBe(instant);
  });

  test.each(['24:00', '8:00', '08:60', '08:00:00', '08.00', '', '08:00Z', '-1:00', '08:00\n'])(
    'the time %p is refused',
    (time) => {
      expect(() => instantAt('2026-01-15', time)).toThrow(RangeError);
    },
  );

  test('lies in the day that was asked for', () => {
    const time = fc
      .integer({ min: 0, max: 1439 })
      .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`);
    fc.assert(
      fc.property(anyDay, time, (day, clock) => {
        expect(civilDayAt(instantAt(day, clock))).toBe(day);
      }),
      { numRuns: 500 },
    );
  });
});
