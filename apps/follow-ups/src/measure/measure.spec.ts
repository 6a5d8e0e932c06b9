import { describe, expect, test } from '@jest/globals';
import { type CreateMeasure } from '#libs/contracts';
import { faultsOfGoal, faultsOfMeasure } from './measure.ts';

const ratio: CreateMeasure = {
  rcc: 'norr',
  title: 'Avslutande besök',
  kind: 'ratio',
  numerator: 'fick besök',
  denominator: 'fyllde 18',
  source: 'journal',
  direction: 'higher',
  periods: 'year',
};

describe('a definition', () => {
  test('of a share names what is counted of what', () => {
    expect(faultsOfMeasure(ratio)).toEqual([]);
    for (const kind of ['ratio', 'leadTime'] as const) {
      expect(faultsOfMeasure({ ...ratio, kind, numerator: undefined, denominator: ' ' })).toEqual([
        { pointer: '/numerator', code: 'required' },
        { pointer: '/denominator', code: 'blank' },
      ]);
    }
    expect(
      faultsOfMeasure({ ...ratio, kind: 'count', numerator: undefined, denominator: undefined }),
    ).toEqual([]);
  });

  test.each([
    ['ratio', ['percent']],
    ['count', ['perYear', 'days']],
    ['level', ['percent', 'perYear', 'days']],
    ['yesNo', ['percent']],
    ['leadTime', ['percent', 'days']],
  ] as const)('of kind %s has a target in %j', (kind, units) => {
    const taken = (['percent', 'perYear', 'days'] as const).filter(
      (unit) => faultsOfMeasure({ ...ratio, kind, target: { operator: '>', value: 9, unit } }).length === 0,
    );
    expect(taken).toEqual(units);
  });
});

test('a goal must exist in a plan of the same RCC', () => {
  expect(faultsOfGoal(ratio, { plan: true, goal: true, rcc: 'norr' })).toEqual([]);
  expect(faultsOfGoal(ratio, { plan: true, goal: false, rcc: 'norr' })).toEqual([
    { pointer: '/goal/goalId', code: 'unknown-goal' },
  ]);
  expect(faultsOfGoal(ratio, { plan: true, goal: true, rcc: 'sydost' })).toEqual([
    { pointer: '/goal/planId', code: 'unknown-plan' },
  ]);
  expect(faultsOfGoal(ratio, { plan: false, goal: false, rcc: null })).toEqual([
    { pointer: '/goal/planId', code: 'unknown-plan' },
  ]);
});
