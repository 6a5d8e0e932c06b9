import { type CreateMeasure, type Period } from '#libs/contracts';

type Periods = CreateMeasure['periods'];

/**
 * Months of each kind of period; one starts at every such step of the calendar year. A term is spring
 * (January–June) or autumn (July–December), so that the terms of a year leave no day out.
 */
const monthsOf: Readonly<Record<Periods, number>> = {
  month: 1,
  quarter: 3,
  term: 6,
  'half-year': 6,
  year: 12,
};

/** Length in months. */
export function monthsIn(periods: Periods): number {
  return monthsOf[periods];
}

/** True for a whole period of the kind: `2026-04-01`–`2026-06-30` is a quarter, `2026-05-01`–`2026-07-31` is not. */
export function isPeriodOf(periods: Periods, { from, to }: Period): boolean {
  const months = monthsOf[periods];
  const [year = 0, month = 0, day = 0] = from.split('-').map(Number);
  if (day !== 1 || (month - 1) % months !== 0) return false;
  const last = new Date(Date.UTC(year, month - 1 + months, 0));
  return to === last.toISOString().slice(0, 10);
}
