import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { when, type WhenPart } from '#libs/contracts';
import { readWhen } from './when.ts';

const window = (from: string, to: string) => [{ kind: 'window', from, to }];
const date = (on: string) => [{ kind: 'date', on }];

describe('years and days', () => {
  test.each([
    ['2025', window('2025-01-01', '2025-12-31'), 'Under 2025.'],
    [' 2025 ', window('2025-01-01', '2025-12-31'), 'Under 2025.'],
    ['2024-2025', window('2024-01-01', '2025-12-31'), 'Från och med 2024 till och med 2025.'],
    ['2024- 2025', window('2024-01-01', '2025-12-31'), 'Från och med 2024 till och med 2025.'],
    ['2024–2028', window('2024-01-01', '2028-12-31'), 'Från och med 2024 till och med 2028.'],
    ['2025-2025', window('2025-01-01', '2025-12-31'), 'Under 2025.'],
    ['2025-03-21', date('2025-03-21'), 'Den 21 mars 2025.'],
    ['21 mars 2025', date('2025-03-21'), 'Den 21 mars 2025.'],
    ['1 Maj 2025', date('2025-05-01'), 'Den 1 maj 2025.'],
    ['29 februari 2024', date('2024-02-29'), 'Den 29 februari 2024.'],
  ])('%j is understood', (text, parts, sentence) => {
    expect(readWhen(text)).toEqual({ text, understood: 'fully', parts, sentence });
  });
});

describe('what is not plain is left as words', () => {
  test.each([
    'Årligen',
    'Q1 2025',
    'Under 2025',
    'Fortsatt arbete, 2025,2026',
    '2025-2024',
    '2024-25',
    '1825',
    '20255',
    '29 februari 2025',
    '2025-02-30',
    '32 maj 2025',
    '21 mar 2025',
    '21 mars',
    'Digitalt webbinarie 21 mars 2025 samt fysiskt Q3-4 2025',
  ])('%j', (text) => {
    expect(readWhen(text)).toMatchObject({
      text,
      understood: 'no',
      parts: [{ kind: 'unknown', words: text }],
    });
  });

  test('nothing written is said to be nothing written', () => {
    expect(readWhen(' ').sentence).toBe('Ingen tid är angiven.');
  });
});

test('every text is answered in the form of the contract, with its words unchanged', () => {
  const piece = fc.constantFrom('2025', '2024', '-', '–', ' ', '21', 'mars', 'Q1', '02', '30', 'å');
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(piece).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (words) => {
      const read = when.parse(readWhen(words));
      expect(read.text).toBe(words);
      const isReversed = (part: WhenPart): boolean => part.kind === 'window' && part.from > part.to;
      expect(read.parts.filter(isReversed)).toEqual([]);
    }),
  );
});
