import { describe, expect, test } from '@jest/globals';
import { type ObservationValue, type Target } from '#libs/contracts';
import { type Measure } from '../measure/measure.ts';
import { faultsOfReport, faultsOfValue } from './observation-faults.ts';

const measure: Measure = {
  rcc: 'norr',
  title: 'Avslutande besök',
  goal: null,
  kind: 'ratio',
  numerator: 'fick besök',
  denominator: 'fyllde 18',
  exclusions: null,
  source: 'journal',
  direction: 'higher',
  target: null,
  periods: 'year',
};
const days: Target = { operator: '<=', value: 17, unit: 'days' };
const percent: Target = { operator: '>', value: 80, unit: 'percent' };

const share = { numerator: 0, denominator: 25 };
const values = { share, count: { count: 0 }, level: { level: 3 }, yesNo: { yesNo: false } };

describe('a value fits the kind of its measure', () => {
  test.each<[Measure['kind'], Target | null, (keyof typeof values)[]]>([
    ['ratio', null, ['share']],
    ['count', null, ['count']],
    ['level', null, ['level']],
    ['yesNo', null, ['yesNo']],
    ['leadTime', null, ['share', 'level']],
    ['leadTime', days, ['level']],
    ['leadTime', percent, ['share']],
  ])('%s against %j takes %j', (kind, target, fitting) => {
    const taken = Object.entries(values).filter(
      ([, value]) => faultsOfValue({ ...measure, kind, target }, value).length === 0,
    );
    expect(taken.map(([name]) => name)).toEqual(fitting);
  });

  test('a reason why there is none fits every kind', () => {
    for (const kind of ['ratio', 'count', 'level', 'yesNo', 'leadTime'] as const) {
      expect(faultsOfValue({ ...measure, kind }, { state: 'missing', reason: 'Systemet byttes' })).toEqual(
        [],
      );
    }
  });

  test('a lead time is never negative, a level may be', () => {
    expect(faultsOfValue({ ...measure, kind: 'level' }, { level: -1 })).toEqual([]);
    expect(faultsOfValue({ ...measure, kind: 'leadTime' }, { level: -1 })).toEqual([
      { pointer: '/value/level', code: 'too-small', params: { minimum: 0 } },
    ]);
  });
});

describe('a report', () => {
  const year = { from: '2025-01-01', to: '2025-12-31' };
  const faults = (value: ObservationValue, today: string, period = year, unit = 'norr' as const) =>
    faultsOfReport(measure, { measureId: 'm', unit, period, value }, today).map(({ pointer, code }) => [
      pointer,
      code,
    ]);

  test('of a period that has begun is taken', () => {
    expect(faults(share, '2025-01-01')).toEqual([]);
    expect(faults(share, '2026-02-01')).toEqual([]);
  });

  test('of a period that has not begun is refused, but for what can be known beforehand', () => {
    expect(faults(share, '2024-12-31')).toEqual([['/period/from', 'in-the-future']]);
    for (const state of ['missing', 'suppressed'] as const) {
      expect(faults({ state, reason: 'x' }, '2024-12-31')).toEqual([['/period/from', 'in-the-future']]);
    }
    for (const state of ['notDue', 'waived', 'notApplicable'] as const) {
      expect(faults({ state, reason: 'x' }, '2024-12-31')).toEqual([]);
    }
  });

  test('has all its faults named at once', () => {
    const input = {
      measureId: 'm',
      unit: 'sydost' as const,
      period: { from: '2026-02-01', to: '2026-03-31' },
      value: { count: 1 },
    };
    expect(faultsOfReport(measure, input, '2025-06-01')).toEqual([
      { pointer: '/unit', code: 'unknown-unit' },
      { pointer: '/period', code: 'period-mismatch', params: { expected: 'year' } },
      { pointer: '/period/from', code: 'in-the-future' },
      { pointer: '/value', code: 'value-mismatch', params: { expected: 'numerator, denominator' } },
    ]);
  });
});
