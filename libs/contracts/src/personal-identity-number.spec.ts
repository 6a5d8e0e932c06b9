import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { holdsPersonalIdentityNumber } from './personal-identity-number.ts';
import { text } from './primitives.ts';

// 121212-1212 is the number that Swedish forms give as an example; 811228-9874 is Skatteverket's.
describe('a personal identity number in a text is found', () => {
  test.each([
    '121212-1212',
    '1212121212',
    '191212121212',
    '19121212-1212',
    '121212+1212',
    '121212 1212',
    '19 121212 1212',
    '1912-12-12-1212',
    '1912.12.12.1212',
    '121212–1212',
    '121212 - 1212',
    '19121212 -- 1212',
    '12 / 12 / 12 - 1212',
    '121212\u200b1212',
    '121212\u2060-\u00a01212',
    '１２１２１２-１２１２',
    'Patienten (19811228-9874) kom i mars.',
    'pnr:811228-9874,',
    'se 2026 121212-1212',
    '121212-1212121212-1213 och 811228-9874',
    // Co-ordination number: 60 added to the day.
    '811288-9871',
    '198112889871',
    // 29 February of a leap year.
    '000229-1235',
    '960229-1230',
  ])('%s', (written) => {
    expect(holdsPersonalIdentityNumber(written)).toBe(true);
  });
});

describe('other numbers are left alone', () => {
  test.each([
    ['a wrong check digit', '121212-1213'],
    ['a month that does not exist', '121312-1211'],
    ['a day that does not exist', '810230-9872'],
    ['a day before the first', '810200-9878'],
    ['a day before the first of the other kind', '810260-9875'],
    ['29 February of a common year', '010229-1234'],
    ['a day between the two kinds', '811245-9873'],
    ['more digits before', '5121212-1212'],
    ['more digits after', '121212-12125'],
    ['another century', '17121212-1212'],
    ['a reference', 'SYDOST-2026-0042'],
    ['a day', '2026-12-01'],
    ['an amount', '125000.00'],
    ['other separators', '12_12_12_1212'],
    ['too far apart', '121212 --- 1212'],
    ['no number', 'Hemsjukvård för barn'],
  ])('%s: %s', (_why, written) => {
    expect(holdsPersonalIdentityNumber(written)).toBe(false);
  });
});

function checkDigit(nine: string): string {
  const sum = [...nine].reduce((total, character, index) => {
    const product = Number(character) * (index % 2 === 0 ? 2 : 1);
    return total + Math.floor(product / 10) + (product % 10);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}

test('every date with its check digit is found wherever it stands, and with any other digit it is not', () => {
  const surroundings = fc.stringMatching(/^[a-zåäö ,()]{0,10}$/);
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1900-01-01'), max: new Date('2025-12-31'), noInvalidDate: true }),
      fc.boolean(),
      fc.integer({ min: 0, max: 999 }),
      fc.constantFrom('', '-', '+', ' '),
      fc.boolean(),
      surroundings,
      surroundings,
      fc.integer({ min: 1, max: 9 }),
      (date, coordination, serial, between, century, before, after, off) => {
        const [year, month, day] = date.toISOString().slice(0, 10).split('-') as [string, string, string];
        const shown = coordination ? String(Number(day) + 60) : day;
        const nine = `${year.slice(2)}${month}${shown}${String(serial).padStart(3, '0')}`;
        const check = checkDigit(nine);
        const number = (last: string): string =>
          `${before}${century ? year.slice(0, 2) : ''}${nine.slice(0, 6)}${between}${nine.slice(6)}${last}${after}`;
        expect(holdsPersonalIdentityNumber(number(check))).toBe(true);
        expect(holdsPersonalIdentityNumber(number(String((Number(check) + off) % 10)))).toBe(false);
      },
    ),
    { numRuns: 2000 },
  );
});

test('free text with such a number is refused', () => {
  expect(text(100).safeParse('Kontakta 121212-1212.').error?.issues).toMatchObject([
    { params: { fault: 'personal-identity-number' } },
  ]);
  expect(text(100).safeParse('Kontakta kliniken.').success).toBe(true);
});
