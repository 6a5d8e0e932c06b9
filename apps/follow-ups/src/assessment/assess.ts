import type { MeasureOutcome, ObservationValue, Target } from '#libs/contracts';
import { fractionOf, multiply, ratio, toNumber } from './exact.ts';
import type { Fraction } from './exact.ts';
import { goodSideOf, sideOf } from './target.ts';
import type { GoodSide } from './target.ts';
import { assertRatio, wilsonInterval } from './wilson.ts';
import type { Ratio } from './wilson.ts';

/** Why there is no value. Five different things, none of them zero. */
export type NoValueState = Extract<ObservationValue, { state: string }>['state'];

/** Why the outcome is what it is; a stable code, `sentence` puts it into words. */
export type ReasonCode =
  | 'intervalOnGoodSide'
  | 'intervalCrossesBound'
  | 'intervalOnBadSide'
  | 'valueOnGoodSide'
  | 'valueOnBadSide'
  | 'nobodyToCount'
  | 'unitDoesNotFit'
  | 'noTarget'
  | 'noObservation'
  | NoValueState;

export interface Interval {
  level: 0.95;
  method: 'wilson';
  /** Percent 0–100. */
  low: number;
  high: number;
}

export interface Assessment {
  value: ObservationValue | null;
  target: Target | null;
  /** Percent for a ratio, per year for a count with such a target, else the count or level itself; null if none. */
  estimate: number | null;
  /** For ratios alone: a count or a level here is a fact about everybody, or has no known spread. */
  interval: Interval | null;
  outcome: MeasureOutcome;
  reasonCode: ReasonCode;
}

export interface AssessOptions {
  /** Length of the observed period in months, so that a quarter's count can meet a target per year. */
  months?: number;
}

/**
 * Compares what was observed with the target, as "Small numbers are the rule" has it: with a ratio it is the
 * whole Wilson interval that must lie on the good side to say *met* and on the bad side to say *not met*; in
 * between the estimate decides between *met but uncertain* and *cannot be determined*. What is decided on is
 * exact; `estimate` and `interval` are rounded to a decimal for showing (see `shown`).
 *
 * A yes or no is met or not only against a target in percent, where yes counts as 100 and no as 0.
 * @param value null when nothing has been reported
 * @throws RangeError when a value or target cannot be one (the contract refuses it earlier)
 */
export function assess(
  value: ObservationValue | null,
  target: Target | null,
  { months = 12 }: AssessOptions = {},
): Assessment {
  const subject = { value, target };
  if (value === null || 'state' in value) {
    const reasonCode = value === null ? 'noObservation' : value.state;
    return { ...subject, estimate: null, interval: null, outcome: 'noValue', reasonCode };
  }
  const good = target && goodSideOf(target);
  if ('numerator' in value) return { ...subject, ...assessRatio(value, target, good) };
  return { ...subject, interval: null, ...assessPlain(value, target, good, months) };
}

/** What is a figure by itself, without a whole that it is a part of. */
type PlainValue = Exclude<ObservationValue, { numerator: number } | { state: string }>;

type Finding = Pick<Assessment, 'estimate' | 'outcome' | 'reasonCode'>;

function assessRatio(
  value: Ratio,
  target: Target | null,
  good: GoodSide | null,
): Finding & Pick<Assessment, 'interval'> {
  assertRatio(value);
  if (value.denominator === 0) {
    const verdict = good ? verdictOf('undetermined', 'nobodyToCount') : verdictOf('noTarget', 'noTarget');
    return { estimate: null, interval: null, ...verdict };
  }
  const percent = multiply(ratio(value.numerator, value.denominator), fractionOf(100));
  const exact = wilsonInterval(value.numerator, value.denominator);
  const fits = target?.unit === 'percent' ? good : null;
  const shownNumbers = {
    estimate: shown(toNumber(percent), percent, fits),
    interval: {
      level: 0.95 as const,
      method: 'wilson' as const,
      low: shown(exact.low, fractionOf(exact.low), fits),
      high: shown(exact.high, fractionOf(exact.high), fits),
    },
  };
  if (!good) return { ...shownNumbers, ...verdictOf('noTarget', 'noTarget') };
  if (!fits) return { ...shownNumbers, ...verdictOf('undetermined', 'unitDoesNotFit') };
  return { ...shownNumbers, ...verdictOfInterval(fits, percent, exact) };
}

function verdictOfInterval(
  good: GoodSide,
  estimate: Fraction,
  interval: { low: number; high: number },
): Pick<Assessment, 'outcome' | 'reasonCode'> {
  const low = sideOf(good, fractionOf(interval.low));
  const high = sideOf(good, fractionOf(interval.high));
  // The good side has no holes, so an interval lies wholly on it when both its ends do, and wholly off it
  // when both ends are off it in the same direction.
  if (low === 0 && high === 0) return verdictOf('met', 'intervalOnGoodSide');
  if (low !== 0 && low === high) return verdictOf('notMet', 'intervalOnBadSide');
  return verdictOf(sideOf(good, estimate) === 0 ? 'metUncertain' : 'undetermined', 'intervalCrossesBound');
}

function assessPlain(
  value: PlainValue,
  target: Target | null,
  good: GoodSide | null,
  months: number,
): Finding {
  const number = comparableOf(value, target, months);
  // A yes or no is compared as 0 or 100 but never shown as a figure: "100 %" would look like a measurement.
  const estimate = 'yesNo' in value ? null : shown(toNumber(number), number, good);
  if (!good) return { estimate, ...verdictOf('noTarget', 'noTarget') };
  if (!fitsUnit(value, target)) return { estimate, ...verdictOf('undetermined', 'unitDoesNotFit') };
  const verdict =
    sideOf(good, number) === 0 ? verdictOf('met', 'valueOnGoodSide') : verdictOf('notMet', 'valueOnBadSide');
  return { estimate, ...verdict };
}

function comparableOf(value: PlainValue, target: Target | null, months: number): Fraction {
  if ('yesNo' in value) return fractionOf(value.yesNo ? 100 : 0);
  if ('level' in value) return fractionOf(value.level);
  if (!Number.isSafeInteger(value.count) || value.count < 0)
    throw new RangeError(`Not a count: ${value.count}`);
  if (!Number.isSafeInteger(months) || months < 1) throw new RangeError(`Not a number of months: ${months}`);
  const count = fractionOf(value.count);
  return target?.unit === 'perYear' ? multiply(count, ratio(12, months)) : count;
}

/** A count says nothing about a share; a level is in whatever unit its measure has, so it fits any. */
function fitsUnit(value: PlainValue, target: Target | null): boolean {
  if ('yesNo' in value) return target?.unit === 'percent';
  return !('count' in value) || target?.unit !== 'percent';
}

function verdictOf(
  outcome: MeasureOutcome,
  reasonCode: ReasonCode,
): Pick<Assessment, 'outcome' | 'reasonCode'> {
  return { outcome, reasonCode };
}

/**
 * The number as shown: one decimal, or as many as it takes to stand on the same side of the target as the exact
 * value does. 17 999 of 20 000 is not 90.0 % when the target is ≥90 % and the verdict says it falls short.
 */
function shown(number: number, exact: Fraction, good: GoodSide | null): number {
  for (let decimals = 1; decimals < 10; decimals += 1) {
    const rounded = Number(number.toFixed(decimals));
    if (!good || sideOf(good, fractionOf(rounded)) === sideOf(good, exact)) return rounded;
  }
  return number;
}
