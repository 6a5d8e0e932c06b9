import type { ObjectId } from 'bson';

import { isDocument, typeOf } from '../bson-types.ts';
import { mongoError, notSupported } from '../errors.ts';
import { makeInt, makeLong } from '../numbers.ts';
import type { Value } from '../types.ts';
import { parseDateText } from './date-text.ts';
import { addUnits, isoWeek, startOfUnit, unitNames, unitsBetween } from './date-units.ts';
import type { Env, Evaluate, Operator, Scope } from './expression-types.ts';
import { integerOperand, isNullish, named } from './expression-types.ts';
import { offsetAt, toLocal } from './time-zone.ts';

/** The milliseconds of a date, timestamp or ObjectId. */
function instantOf(name: string, value: Value): number {
  switch (typeOf(value)) {
    case 'date':
      return (value as Date).getTime();
    case 'objectId':
      return (value as ObjectId).getTimestamp().getTime();
    case 'timestamp':
      return ((value as { high: number }).high >>> 0) * 1000;
    default:
      throw mongoError(16006, `can't convert from BSON type ${typeOf(value)} to Date in ${name}`);
  }
}

function zoneOf(name: string, value: Value): string {
  if (typeof value !== 'string')
    throw mongoError(40517, `timezone must evaluate to a string in ${name}, found ${typeOf(value)}`);
  return value;
}

const day = 86_400_000;

function dayOfYear(local: Date): number {
  return Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / day) + 1;
}

const fields: Record<string, (local: Date) => number> = {
  $year: (local) => local.getUTCFullYear(),
  $month: (local) => local.getUTCMonth() + 1,
  $dayOfMonth: (local) => local.getUTCDate(),
  $hour: (local) => local.getUTCHours(),
  $minute: (local) => local.getUTCMinutes(),
  $second: (local) => local.getUTCSeconds(),
  $millisecond: (local) => local.getUTCMilliseconds(),
  $dayOfYear: dayOfYear,
  $dayOfWeek: (local) => local.getUTCDay() + 1,
  $isoDayOfWeek: (local) => local.getUTCDay() || 7,
  $isoWeek: (local) => isoWeek(local).week,
  // The first Sunday begins week 1.
  $week: (local) => Math.floor((dayOfYear(local) - 1 + 7 - local.getUTCDay()) / 7),
};

/** `{ $year: <date> }` or `{ $year: { date, timezone } }`. */
function field(name: string, read: (local: Date) => Value): [string, Operator] {
  return [
    name,
    (argument, scope) => {
      const { date, timezone } = dateArguments(name, argument, scope);
      return (env) => {
        const value = date(env);
        const zone = timezone?.(env);
        if (isNullish(value) || (timezone && isNullish(zone))) return null;
        return read(toLocal(instantOf(name, value), timezone ? zoneOf(name, zone) : 'UTC'));
      };
    },
  ];
}

function dateArguments(
  name: string,
  argument: Value,
  scope: Scope,
): { date: Evaluate; timezone: Evaluate | undefined } {
  if (isDocument(argument) && !Object.keys(argument)[0]?.startsWith('$')) {
    const parts = named(name, argument, scope, ['date'], ['timezone']);
    return { date: parts['date']!, timezone: parts['timezone'] };
  }
  if (Array.isArray(argument) && argument.length !== 1) {
    throw mongoError(
      40536,
      `${name} accepts exactly one argument if given an array, but was given ${argument.length}`,
    );
  }
  return { date: scope.compile(Array.isArray(argument) ? argument[0] : argument), timezone: undefined };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}${pad(size % 60, 2)}`;
}

const shortMonths = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const longMonths = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const formatters: Record<string, (local: Date, offset: number) => string> = {
  Y: (local) => pad(local.getUTCFullYear(), 4),
  m: (local) => pad(local.getUTCMonth() + 1, 2),
  d: (local) => pad(local.getUTCDate(), 2),
  H: (local) => pad(local.getUTCHours(), 2),
  M: (local) => pad(local.getUTCMinutes(), 2),
  S: (local) => pad(local.getUTCSeconds(), 2),
  L: (local) => pad(local.getUTCMilliseconds(), 3),
  j: (local) => pad(dayOfYear(local), 3),
  w: (local) => String(local.getUTCDay() + 1),
  u: (local) => String(local.getUTCDay() || 7),
  V: (local) => pad(isoWeek(local).week, 2),
  G: (local) => pad(isoWeek(local).year, 4),
  U: (local) => pad(fields['$week']!(local), 2),
  b: (local) => shortMonths[local.getUTCMonth()]!,
  B: (local) => longMonths[local.getUTCMonth()]!,
  z: (_, offset) => offsetText(offset / 60_000),
  Z: (_, offset) => String(offset / 60_000),
  '%': () => '%',
};

function format(instant: number, zone: string, pattern: string): string {
  const offset = offsetAt(instant, zone);
  const local = new Date(instant + offset);
  const year = local.getUTCFullYear();
  if (year < 0 || year > 9999)
    throw mongoError(18537, `$dateToString is only defined on year 0-9999, tried to use year ${year}`);
  return pattern.replaceAll(/%(.?)/gs, (_, letter: string) => {
    const write = formatters[letter];
    if (!write) throw mongoError(18536, `Invalid format character '%${letter}' in format string`);
    return write(local, offset);
  });
}

const dateToString: Operator = (argument, scope) => {
  const parts = named('$dateToString', argument, scope, ['date'], ['format', 'timezone', 'onNull']);
  return (env) => {
    const value = parts['date']!(env);
    const zone = parts['timezone']?.(env);
    const pattern = parts['format']?.(env);
    if (isNullish(value)) return parts['onNull'] ? parts['onNull'](env) : null;
    if ((parts['timezone'] && isNullish(zone)) || (parts['format'] && isNullish(pattern))) return null;
    if (pattern !== undefined && typeof pattern !== 'string')
      throw mongoError(18533, `$dateToString requires that 'format' be a string, found: ${typeOf(pattern)}`);
    const zoneName = parts['timezone'] ? zoneOf('$dateToString', zone) : 'UTC';
    const fallback =
      offsetAt(0, zoneName) === 0 && zoneName === 'UTC' ? '%Y-%m-%dT%H:%M:%S.%LZ' : '%Y-%m-%dT%H:%M:%S.%L';
    return format(instantOf('$dateToString', value), zoneName, pattern ?? fallback);
  };
};

const dateFromString: Operator = (argument, scope) => {
  if (isDocument(argument) && Object.hasOwn(argument, 'format'))
    throw notSupported("$dateFromString with 'format'");
  const parts = named('$dateFromString', argument, scope, ['dateString'], ['timezone', 'onError', 'onNull']);
  return (env) => {
    const value = parts['dateString']!(env);
    const zone = parts['timezone']?.(env);
    if (isNullish(value)) return parts['onNull'] ? parts['onNull'](env) : null;
    if (parts['timezone'] && isNullish(zone)) return null;
    try {
      if (typeof value !== 'string')
        throw mongoError(
          241,
          `$dateFromString requires that 'dateString' be a string, found: ${typeOf(value)}`,
        );
      return parseDateText(value, parts['timezone'] ? zoneOf('$dateFromString', zone) : 'UTC');
    } catch (error) {
      if (parts['onError']) return parts['onError'](env);
      throw error;
    }
  };
};

function unitOf(name: string, value: Value): string {
  if (typeof value !== 'string' || !unitNames.has(value))
    throw mongoError(9, `unknown time unit value in ${name}: ${String(value)}`);
  return value;
}

interface UnitCall {
  instants: number[];
  unit: string;
  zone: string;
  env: Env;
  parts: Record<string, Evaluate | undefined>;
}

/** The operators with dates, a unit and a zone; null and missing arguments give null. */
function withUnit(
  name: string,
  dates: string[],
  others: string[],
  optional: string[],
  run: (call: UnitCall) => Value,
): [string, Operator] {
  return [
    name,
    (argument, scope) => {
      const parts = named(name, argument, scope, [...dates, 'unit', ...others], ['timezone', ...optional]);
      return (env) => {
        const values = dates.map((key) => parts[key]!(env));
        const unit = parts['unit']!(env);
        const zone = parts['timezone']?.(env);
        if ([...values, unit].some(isNullish) || (parts['timezone'] && isNullish(zone))) return null;
        const instants = values.map((value) => instantOf(name, value));
        return run({
          instants,
          unit: unitOf(name, unit),
          zone: parts['timezone'] ? zoneOf(name, zone) : 'UTC',
          env,
          parts,
        });
      };
    },
  ];
}

function adding(name: '$dateAdd' | '$dateSubtract'): [string, Operator] {
  return withUnit(name, ['startDate'], ['amount'], [], ({ instants, unit, zone, env, parts }) => {
    const amount = parts['amount']!(env);
    if (isNullish(amount)) return null;
    const count = integerOperand(name, amount, 5166405);
    return new Date(addUnits(instants[0]!, unit, name === '$dateAdd' ? count : -count, zone));
  });
}

export const dateOperators: readonly [string, Operator][] = [
  ...Object.entries(fields).map(([name, read]) => field(name, (local) => makeInt(read(local)))),
  field('$isoWeekYear', (local) => makeLong(BigInt(isoWeek(local).year))),
  ['$dateToString', dateToString],
  ['$dateFromString', dateFromString],
  adding('$dateAdd'),
  adding('$dateSubtract'),
  withUnit(
    '$dateDiff',
    ['startDate', 'endDate'],
    [],
    ['startOfWeek'],
    ({ instants, unit, zone, parts, env }) =>
      makeLong(BigInt(unitsBetween(instants[0]!, instants[1]!, unit, zone, parts['startOfWeek']?.(env)))),
  ),
  withUnit(
    '$dateTrunc',
    ['date'],
    [],
    ['startOfWeek'],
    ({ instants, unit, zone, parts, env }) =>
      new Date(startOfUnit(instants[0]!, unit, zone, parts['startOfWeek']?.(env))),
  ),
];
