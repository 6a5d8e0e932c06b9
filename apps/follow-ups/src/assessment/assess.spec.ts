import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MeasureOutcome, ObservationValue, Target } from '#libs/contracts';
import { assess } from './assess.ts';
import type { NoValueState, ReasonCode } from './assess.ts';

const percent = (operator: Target['operator'], value: number, tolerance?: number): Target => ({
  operator,
  value,
  unit: 'percent',
  ...(tolerance === undefined ? {} : { tolerance }),
});
const of = (numerator: number, denominator: number) => ({ numerator, denominator });

describe('a share against a target', () => {
  test.each<[number, number, Target['operator'], number, MeasureOutcome, ReasonCode]>([
    [23, 25, '>', 90, 'metUncertain', 'intervalCrossesBound'],
    [35, 35, '>', 90, 'met', 'intervalOnGoodSide'],
    [34, 34, '>', 90, 'metUncertain', 'intervalCrossesBound'],
    [22, 25, '>', 90, 'undetermined', 'intervalCrossesBound'],
    [10, 25, '>', 90, 'notMet', 'intervalOnBadSide'],
    // On the bound itself the estimate is on the good side of a loose bound only.
    [9, 10, '>', 90, 'undetermined', 'intervalCrossesBound'],
    [9, 10, '>=', 90, 'metUncertain', 'intervalCrossesBound'],
    [1, 10, '<', 10, 'undetermined', 'intervalCrossesBound'],
    [1, 10, '<=', 10, 'metUncertain', 'intervalCrossesBound'],
    // 7 / 100 × 100 is 7.000000000000001 in floating point, 29 / 100 × 100 is 28.999999999999996.
    [7, 100, '<=', 7, 'metUncertain', 'intervalCrossesBound'],
    [7, 100, '>', 7, 'undetermined', 'intervalCrossesBound'],
    [29, 100, '>=', 29, 'metUncertain', 'intervalCrossesBound'],
    [29, 100, '<', 29, 'undetermined', 'intervalCrossesBound'],
    [37, 40, '>=', 92.5, 'metUncertain', 'intervalCrossesBound'],
    [37, 40, '>', 92.5, 'undetermined', 'intervalCrossesBound'],
    // A third of three decimals falls short of a third, and passes it when rounded down.
    [1, 3, '>=', 33.334, 'undetermined', 'intervalCrossesBound'],
    [1, 3, '>=', 33.333, 'metUncertain', 'intervalCrossesBound'],
    // The ends of the scale are exact: the interval of all and of none reaches 100 and 0, not past them.
    [35, 35, '>=', 100, 'metUncertain', 'intervalCrossesBound'],
    [34, 35, '>=', 100, 'notMet', 'intervalOnBadSide'],
    [35, 35, '<=', 100, 'met', 'intervalOnGoodSide'],
    [35, 35, '<', 100, 'undetermined', 'intervalCrossesBound'],
    [0, 35, '<=', 0, 'metUncertain', 'intervalCrossesBound'],
    [0, 35, '>', 0, 'undetermined', 'intervalCrossesBound'],
    [0, 35, '>=', 0, 'met', 'intervalOnGoodSide'],
    [0, 40, '<', 10, 'met', 'intervalOnGoodSide'],
    [30, 40, '<', 10, 'notMet', 'intervalOnBadSide'],
    [20, 40, '=', 50, 'metUncertain', 'intervalCrossesBound'],
    [21, 40, '=', 50, 'undetermined', 'intervalCrossesBound'],
    [40, 40, '=', 50, 'notMet', 'intervalOnBadSide'],
    [0, 40, '=', 50, 'notMet', 'intervalOnBadSide'],
  ])('%p of %p against %s %p %% is %s', (numerator, denominator, operator, value, outcome, reasonCode) => {
    expect(assess(of(numerator, denominator), percent(operator, value))).toMatchObject({
      outcome,
      reasonCode,
    });
  });

  test.each<[number, number, number, MeasureOutcome]>([
    [50, 100, 20, 'met'],
    [50, 100, 5, 'metUncertain'],
    [56, 100, 5, 'undetermined'],
    [90, 100, 5, 'notMet'],
    [10, 100, 5, 'notMet'],
    [5, 10, 1, 'metUncertain'],
  ])('%p of %p is about 50 ± %p %%: %s', (numerator, denominator, tolerance, outcome) => {
    expect(assess(of(numerator, denominator), percent('about', 50, tolerance)).outcome).toBe(outcome);
  });

  test('estimate and interval come with it, in percent with one decimal', () => {
    expect(assess(of(23, 25), percent('>', 90))).toEqual({
      value: of(23, 25),
      target: percent('>', 90),
      estimate: 92,
      interval: { level: 0.95, method: 'wilson', low: 75, high: 97.8 },
      outcome: 'metUncertain',
      reasonCode: 'intervalCrossesBound',
    });
  });

  test('a figure is never rounded across the target it is compared with', () => {
    expect(assess(of(17_999, 20_000), percent('>=', 90)).estimate).toBe(89.995);
    expect(assess(of(17_999, 20_000), percent('>=', 80)).estimate).toBe(90);
    // 36 of 36 is 90.358–100 %: shown as 90.4 it would seem to reach the target wholly.
    const { interval, outcome } = assess(of(36, 36), percent('>=', 90.4));
    expect(outcome).toBe('metUncertain');
    expect(interval?.low).toBe(90.36);
  });

  test('nobody to count is undetermined, without a figure', () => {
    expect(assess(of(0, 0), percent('>', 90))).toMatchObject({
      estimate: null,
      interval: null,
      outcome: 'undetermined',
      reasonCode: 'nobodyToCount',
    });
  });

  test('without a target the figure is given and nothing is judged', () => {
    expect(assess(of(23, 25), null)).toMatchObject({
      estimate: 92,
      interval: { low: 75, high: 97.8 },
      outcome: 'noTarget',
    });
    expect(assess(of(0, 0), null)).toMatchObject({ estimate: null, interval: null, outcome: 'noTarget' });
  });

  test.each(['perYear', 'days'] as const)('a target in %s cannot judge a share', (unit) => {
    expect(assess(of(23, 25), { operator: '>', value: 5, unit })).toMatchObject({
      estimate: 92,
      outcome: 'undetermined',
      reasonCode: 'unitDoesNotFit',
    });
  });

  test('an impossible share is refused', () => {
    expect(() => assess(of(26, 25), percent('>', 90))).toThrow(RangeError);
    expect(() => assess(of(23, 25), percent('>', NaN))).toThrow(RangeError);
  });
});

describe('no value', () => {
  const states: NoValueState[] = ['missing', 'notApplicable', 'suppressed', 'notDue', 'waived'];

  test.each(states)('%s is no value, with or without a target, and never a judgement', (state) => {
    for (const target of [percent('>', 90), percent('<', 10), null]) {
      expect(assess({ state, reason: 'journalsystemet byttes' }, target)).toMatchObject({
        estimate: null,
        interval: null,
        outcome: 'noValue',
        reasonCode: state,
      });
    }
  });

  test('nothing reported is no value, while zero is one', () => {
    expect(assess(null, percent('>', 90))).toMatchObject({ outcome: 'noValue', reasonCode: 'noObservation' });
    expect(assess({ count: 0 }, null)).toMatchObject({ estimate: 0, outcome: 'noTarget' });
    expect(assess({ count: 0 }, { operator: '>', value: 0, unit: 'perYear' }).outcome).toBe('notMet');
  });
});

describe('a count against a target per year', () => {
  const aboutFive: Target = { operator: 'about', value: 5, unit: 'perYear' };

  test.each<[number, MeasureOutcome]>([
    [3, 'notMet'],
    [4, 'met'],
    [5, 'met'],
    [6, 'met'],
    [7, 'notMet'],
  ])('%p against about 5 per year, with the tolerance of a fifth, is %s', (count, outcome) => {
    expect(assess({ count }, aboutFive)).toMatchObject({ estimate: count, interval: null, outcome });
  });

  test.each<[number, number, MeasureOutcome]>([
    [5, 0, 'met'],
    [6, 0, 'notMet'],
    [7, 2, 'met'],
    [8, 2, 'notMet'],
    [2, 2.5, 'notMet'],
    [3, 2, 'met'],
  ])('%p against about 5 ± %p is %s', (count, tolerance, outcome) => {
    expect(assess({ count }, { ...aboutFive, tolerance }).outcome).toBe(outcome);
  });

  test.each<[Target['operator'], MeasureOutcome]>([
    ['>', 'notMet'],
    ['>=', 'met'],
    ['<', 'notMet'],
    ['<=', 'met'],
    ['=', 'met'],
    ['about', 'met'],
  ])('5 against %s 5 is %s', (operator, outcome) => {
    expect(assess({ count: 5 }, { operator, value: 5, unit: 'perYear' }).outcome).toBe(outcome);
  });

  test('a count of another period is brought to a year first', () => {
    const target: Target = { operator: '>=', value: 8, unit: 'perYear' };
    expect(assess({ count: 2 }, target, { months: 3 })).toMatchObject({ estimate: 8, outcome: 'met' });
    expect(assess({ count: 23 }, target, { months: 36 })).toMatchObject({ estimate: 7.7, outcome: 'notMet' });
    expect(assess({ count: 24 }, target, { months: 36 })).toMatchObject({ estimate: 8, outcome: 'met' });
  });

  test('a share cannot be asked of a count', () => {
    expect(assess({ count: 5 }, percent('>', 90))).toMatchObject({
      estimate: 5,
      outcome: 'undetermined',
      reasonCode: 'unitDoesNotFit',
    });
  });

  test.each([-1, 1.5, NaN])('%p is no count', (count) => {
    expect(() => assess({ count }, null)).toThrow(RangeError);
  });

  test('a negative tolerance and a period without months are refused', () => {
    expect(() => assess({ count: 5 }, { ...aboutFive, tolerance: -1 })).toThrow(RangeError);
    expect(() => assess({ count: 5 }, aboutFive, { months: 0 })).toThrow(RangeError);
  });
});

describe('levels and yes or no', () => {
  const days: Target = { operator: '<=', value: 23, unit: 'days' };

  test.each<[ObservationValue, Target | null, number | null, MeasureOutcome, ReasonCode]>([
    [{ level: 21.5 }, days, 21.5, 'met', 'valueOnGoodSide'],
    [{ level: 23 }, days, 23, 'met', 'valueOnGoodSide'],
    [{ level: 23.04 }, days, 23.04, 'notMet', 'valueOnBadSide'],
    [{ level: 21.5 }, null, 21.5, 'noTarget', 'noTarget'],
    [{ yesNo: true }, percent('>=', 100), null, 'met', 'valueOnGoodSide'],
    [{ yesNo: false }, percent('>=', 100), null, 'notMet', 'valueOnBadSide'],
    [{ yesNo: true }, days, null, 'undetermined', 'unitDoesNotFit'],
    [{ yesNo: false }, null, null, 'noTarget', 'noTarget'],
  ])('%j against %j', (value, target, estimate, outcome, reasonCode) => {
    expect(assess(value, target)).toEqual({ value, target, estimate, interval: null, outcome, reasonCode });
  });
});

describe('what holds for every share', () => {
  const operator = fc.constantFrom<Target['operator']>('>', '>=', '<', '<=');
  const bound = fc.integer({ min: 0, max: 1000 }).map((tenths) => tenths / 10);
  const share = fc
    .integer({ min: 1, max: 120 })
    .chain((denominator) =>
      fc.integer({ min: 0, max: denominator }).map((numerator) => of(numerator, denominator)),
    );
  const order: MeasureOutcome[] = ['notMet', 'undetermined', 'metUncertain', 'met'];

  test('one more on the good side never makes the outcome worse', () => {
    fc.assert(
      fc.property(share, operator, bound, ({ numerator, denominator }, sign, value) => {
        fc.pre(numerator < denominator);
        const less = order.indexOf(assess(of(numerator, denominator), percent(sign, value)).outcome);
        const more = order.indexOf(assess(of(numerator + 1, denominator), percent(sign, value)).outcome);
        const change = sign.startsWith('>') ? more - less : less - more;
        expect(Math.min(less, more)).toBeGreaterThanOrEqual(0);
        expect(change).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('a target and its mirror judge those counted and those not counted alike', () => {
    const mirror = { '>': '<', '>=': '<=', '<': '>', '<=': '>=' } as const;
    fc.assert(
      fc.property(share, operator, bound, ({ numerator, denominator }, sign, value) => {
        const mirrored = percent(mirror[sign as keyof typeof mirror], Number((100 - value).toFixed(1)));
        expect(assess(of(denominator - numerator, denominator), mirrored).outcome).toBe(
          assess(of(numerator, denominator), percent(sign, value)).outcome,
        );
      }),
    );
  });

  test('met and not met exclude each other between a bound and its opposite', () => {
    const opposite = { '>': '<=', '>=': '<', '<': '>=', '<=': '>' } as const;
    const other: Partial<Record<MeasureOutcome, MeasureOutcome>> = {
      met: 'notMet',
      metUncertain: 'undetermined',
      undetermined: 'metUncertain',
      notMet: 'met',
    };
    fc.assert(
      fc.property(share, operator, bound, (value, sign, at) => {
        const judged = assess(value, percent(sign, at)).outcome;
        expect(assess(value, percent(opposite[sign as keyof typeof opposite], at)).outcome).toBe(
          other[judged],
        );
      }),
    );
  });

  test('the estimate is on the good side exactly when met or met but uncertain, counted in whole numbers', () => {
    fc.assert(
      fc.property(
        share,
        operator,
        fc.integer({ min: 0, max: 100 }),
        ({ numerator, denominator }, sign, at) => {
          const difference = numerator * 100 - at * denominator;
          const good = {
            '>': difference > 0,
            '>=': difference >= 0,
            '<': difference < 0,
            '<=': difference <= 0,
          };
          const { outcome } = assess(of(numerator, denominator), percent(sign, at));
          expect(outcome === 'met' || outcome === 'metUncertain').toBe(good[sign as keyof typeof good]);
        },
      ),
    );
  });

  test('the interval shown contains the estimate shown, and no figure shown contradicts the outcome', () => {
    fc.assert(
      fc.property(share, bound, (value, at) => {
        const { estimate, interval, outcome } = assess(value, percent('>=', at));
        expect(interval?.low).toBeLessThanOrEqual(estimate ?? NaN);
        expect(interval?.high).toBeGreaterThanOrEqual(estimate ?? NaN);
        expect((interval?.low ?? NaN) >= at).toBe(outcome === 'met');
        expect((interval?.high ?? NaN) < at).toBe(outcome === 'notMet');
      }),
    );
  });
});
