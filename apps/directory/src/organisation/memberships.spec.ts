import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { membershipFaults, rccsTouched, type Membership } from './memberships.ts';

const whole = (rcc: Membership['rcc'], from: string, to: string | null): Membership => ({
  rcc,
  from,
  to,
  municipalities: [],
});
const part = (rcc: Membership['rcc'], ...municipalities: string[]): Membership => ({
  rcc,
  from: '2019-01-01',
  to: null,
  municipalities,
});

const faults = (...memberships: Membership[]) =>
  membershipFaults(memberships).map(({ pointer, code, params }) => [pointer, code, params?.['value']]);

describe('memberships of a region', () => {
  test('may follow on each other, and may divide it by municipality', () => {
    expect(faults(whole('vast', '2019-01-01', '2026-12-31'), whole('syd', '2027-01-01', null))).toEqual([]);
    expect(faults(part('vast', 'Kungsbacka', 'Varberg'), part('syd', 'Halmstad'))).toEqual([]);
  });

  test.each<[string, Membership[], unknown[]]>([
    [
      'the same day twice',
      [whole('vast', '2019-01-01', '2027-01-01'), whole('syd', '2027-01-01', null)],
      ['/memberships/1', 'overlapping-membership', '*'],
    ],
    [
      'a part beside the whole',
      [part('vast', 'Varberg'), whole('syd', '2020-01-01', null)],
      ['/memberships/1', 'overlapping-membership', '*'],
    ],
    [
      'a municipality in two RCC, however it is written',
      [part('vast', 'Kungsbacka', 'Varberg'), part('syd', ' VARBERG ')],
      ['/memberships/1', 'overlapping-membership', ' VARBERG '],
    ],
    [
      'the same RCC twice',
      [whole('vast', '2019-01-01', null), whole('vast', '2025-01-01', null)],
      ['/memberships/1', 'overlapping-membership', '*'],
    ],
    [
      'a municipality named twice',
      [part('vast', 'Varberg', 'Falkenberg', 'varberg')],
      ['/memberships/0/municipalities/2', 'duplicate', 'varberg'],
    ],
  ])('are refused for %s', (_name, memberships, fault) => {
    expect(faults(...memberships)).toEqual([fault]);
  });

  test('are sound exactly when no municipality has two RCC on any day', () => {
    const days = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'];
    const names = ['Varberg', 'Laholm', 'Hylte'];
    const membership = fc
      .record({
        rcc: fc.constantFrom<Membership['rcc']>('vast', 'syd'),
        from: fc.constantFrom(...days),
        to: fc.option(fc.constantFrom(...days)),
        municipalities: fc.subarray(names),
      })
      .filter(({ from, to }) => to === null || from <= to);
    fc.assert(
      fc.property(fc.array(membership, { maxLength: 4 }), (list) => {
        const isDouble = days.some((day) =>
          // Also a place that nobody names: two memberships of the whole region clash there.
          [...names, 'elsewhere'].some((name) => {
            const claims = list.filter(
              ({ from, to, municipalities }) =>
                from <= day &&
                (to === null || day <= to) &&
                (municipalities.length === 0 || municipalities.includes(name)),
            );
            return claims.length > 1;
          }),
        );
        expect(membershipFaults(list).length > 0).toBe(isDouble);
      }),
      { numRuns: 500 },
    );
  });
});

test('a change touches the RCC whose rows differ, whatever the order of rows and members', () => {
  const halland = [part('vast', 'Varberg'), part('syd', 'Laholm')];
  const reordered = halland.toReversed().map(({ rcc, from, to, municipalities }) => ({
    municipalities,
    to,
    from,
    rcc,
  }));
  expect(rccsTouched(halland, reordered)).toEqual([]);
  expect(rccsTouched(halland, [part('vast', 'Varberg', 'Falkenberg'), part('syd', 'Laholm')])).toEqual([
    'vast',
  ]);
  expect(rccsTouched(halland, [part('syd', 'Laholm')])).toEqual(['vast']);
  expect(rccsTouched(halland, [part('vast', 'Varberg', 'Laholm')])).toEqual(['vast', 'syd']);
  expect(rccsTouched([], [part('norr')])).toEqual(['norr']);
});
