import { expect, test } from '@jest/globals';
import { rccsOf, type RegionMemberships } from './belonging.ts';

const memberships: RegionMemberships = new Map([
  ['kalmar', [{ rcc: 'sydost', from: '2019-01-01', to: null, municipalities: [] }]],
  [
    'halland',
    [
      { rcc: 'vast', from: '2019-01-01', to: null, municipalities: ['Varberg'] },
      { rcc: 'syd', from: '2019-01-01', to: '2026-12-31', municipalities: ['Laholm'] },
    ],
  ],
]);

test.each([
  ['a region', [{ region: 'kalmar' }], '2026-11-24', ['sydost']],
  ['a region before its membership', [{ region: 'kalmar' }], '2018-12-31', []],
  ['a divided region', [{ region: 'halland' }], '2026-12-31', ['syd', 'vast']],
  ['a divided region that one part has left', [{ region: 'halland' }], '2027-01-01', ['vast']],
  ['a region of no RCC', [{ region: 'gotland' }], '2026-11-24', []],
  ['an RCC', [{ rcc: 'norr' }], '2026-11-24', ['norr']],
  ['the nation', [{}], '2026-11-24', []],
  [
    'several homes',
    [{ rcc: 'sydost' }, { region: 'kalmar' }, { rcc: 'norr' }],
    '2026-11-24',
    ['norr', 'sydost'],
  ],
] as const)('%s belongs where it does on the day', (_name, homes, on, rccs) => {
  expect(rccsOf(homes, memberships, on)).toEqual(rccs);
});
