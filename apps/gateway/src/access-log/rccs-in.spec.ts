import { expect, test } from '@jest/globals';
import { rccsIn } from './rccs-in.ts';

test.each([
  ['one thing', { id: 'a', rcc: 'sydost' }, ['sydost']],
  ['one thing of several', { rccs: ['syd', 'vast'] }, ['syd', 'vast']],
  [
    'a list',
    { items: [{ rcc: 'norr' }, { rcc: 'syd' }, { rcc: 'norr' }, { rccs: ['vast'] }] },
    ['norr', 'syd', 'vast'],
  ],
  ['a draft of a region', { id: 'a', rcc: 'sydost', region: 'kalmar', state: 'draft' }, []],
  [
    'a list with drafts',
    {
      items: [
        { rcc: 'norr', region: 'norrbotten', state: 'draft' },
        { rcc: 'syd', region: 'skane', state: 'submitted' },
        { rcc: 'vast', state: 'draft' },
      ],
    },
    ['syd', 'vast'],
  ],
  ['what names none', { items: [{ id: 1 }, null, 'x'] }, []],
  ['what names no RCC there is', { rcc: 'nowhere', rccs: [{}] }, []],
  ['no object', null, []],
])('of %s', (_what, body, rccs) => {
  expect(rccsIn(body)).toEqual(rccs);
});
