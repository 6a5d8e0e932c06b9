import { describe, expect, test } from '@jest/globals';
import { type SourceGoal, type SourceRow } from '#libs/contracts';
import { doubtsOf } from './doubts.ts';

const period = { from: '2025-01-01', to: '2025-12-31' };
const row: SourceRow = { id: 'r', goalArea: 1, what: 'Något', how: ['Så'], when: ['2025'], who: ['Vi'] };
const goal: SourceGoal = { id: 'g', goal: 'Något', due: { raw: '2025' } };

const inRow = (change: Partial<SourceRow>) =>
  doubtsOf({ period, source: { rows: [{ ...row, ...change }] } }).map(({ field, reason }) => [field, reason]);
const inGoal = (change: Partial<SourceGoal>) =>
  doubtsOf({ period, source: { goals: [{ ...goal, ...change }] } }).map(({ field, reason }) => [
    field,
    reason,
  ]);

test('nothing is doubted without a reason', () => {
  expect(doubtsOf({ period, source: { goals: [goal], rows: [row] } })).toEqual([]);
});

describe('a row', () => {
  test.each<[Partial<SourceRow>, string, RegExp]>([
    [{ uncertain: true, note: 'Två rader?' }, 'note', /Två rader\?/],
    [{ uncertain: true }, 'uncertain', /osäker/],
    [{ when: [] }, 'when', /NÄR är tomt/],
    [{ who: [] }, 'who', /VEM är tomt/],
    [{ how: [], when: ['2025'] }, 'how', /HUR är tomt/],
    [{ who: ['Vi', ' '] }, 'who', /VEM 2 är tomt/],
    [{ who: ['VC', 'Chef?'] }, 'who', /frågetecken.*”Chef\?”/],
    [{ what: 'Vad?' }, 'what', /frågetecken/],
    [{ when: ['2024'] }, 'when', /utanför planens period: ”2024”/],
    [{ when: ['2 maj 2026'] }, 'when', /utanför/],
    [{ how: ['a', 'b'], when: ['2025', 'Q1'] }, 'pairing', /flera HUR och flera NÄR/],
    [
      {
        how: ['a', 'b'],
        pairing: [
          { how: 0, when: 0 },
          { how: 1, when: null },
        ],
      },
      'pairing',
      /HUR 2 har ingen NÄR/,
    ],
    [{ how: ['a', 'b'], pairing: [{ how: 0, when: 0 }] }, 'pairing', /HUR 2 saknas/],
    [{ when: ['2025', 'Q1'], pairing: [{ how: 0, when: 0 }] }, 'pairing', /NÄR 2 saknas/],
    [
      {
        pairing: [
          { how: 0, when: 0 },
          { how: null, when: 0 },
        ],
      },
      'pairing',
      /hör inte till någon HUR/,
    ],
  ])('%j is doubted in %s', (change, field, reason) => {
    expect(inRow(change)).toEqual([[field, expect.stringMatching(reason)]]);
  });

  test('a remark without doubt is no doubt, and a span over the period is inside it', () => {
    expect(inRow({ note: 'Anmärkning', when: ['2024-2027'] })).toEqual([]);
    expect(inRow({ uncertain: false, when: ['Kontinuerligt'] })).toEqual([]);
  });
});

describe('a goal', () => {
  test.each<[Partial<SourceGoal>, string, RegExp]>([
    [{ due: null }, 'due', /saknas/],
    [{ due: { raw: 'snart' } }, 'due', /gick inte att läsa.*”snart”/],
    [{ due: { raw: '2022; 2023', end: '2023-12-31' } }, 'due', /flera år/],
    [{ due: { raw: '2024', end: '2025-12-31' } }, 'due', /2025-12-31.*2024-12-31.*”2024”/],
    [{ targetLevel: 'upp till 20 st' }, 'targetLevel', /”upp till 20 st”/],
    [{ goal: 'Ska vi?' }, 'goal', /frågetecken/],
  ])('%j is doubted in %s', (change, field, reason) => {
    expect(inGoal(change)).toEqual([[field, expect.stringMatching(reason)]]);
  });

  test('a target without a figure is a matter for the plan’s own check, not a doubt of reading', () => {
    expect(inGoal({ due: { raw: '2024-2026' } })).toEqual([]);
    expect(inGoal({ targetLevel: 'Fungerande', due: { raw: 'slutet av året', end: '2025-12-31' } })).toEqual(
      [],
    );
  });
});

test('a long text is quoted in part, a short one whole', () => {
  const [doubt] = inRow({ who: ['?'.padEnd(500, 'å')] });
  expect(doubt?.[1]?.length).toBeLessThan(200);
  const short = `?${'👧'.repeat(100)}`;
  expect(inRow({ who: [short] })).toEqual([['who', expect.stringContaining(`”${short}”`)]]);
});
