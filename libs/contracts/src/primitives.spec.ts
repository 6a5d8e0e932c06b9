import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { civilDay, email, filledText, identifier, instant, paging, period, text } from './primitives.ts';
import { faultsOf } from './zod-faults.ts';

function codesOf(schema: z.ZodType, input: unknown): string[] {
  const result = schema.safeParse(input, { reportInput: true });
  return result.success ? [] : faultsOf(result.error).map((fault) => fault.code);
}

describe('a civil day', () => {
  test('is accepted exactly when the calendar has it', () => {
    const part = (maximum: number) => fc.integer({ min: 0, max: maximum });
    fc.assert(
      fc.property(fc.integer({ min: 1890, max: 2210 }), part(14), part(33), (year, month, day) => {
        const written = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
        const date = new Date(Date.UTC(year, month - 1, day));
        const real = date.toISOString().startsWith(written) && year >= 1900 && year <= 2200;
        expect(civilDay.safeParse(written).success).toBe(real);
      }),
      { numRuns: 3000 },
    );
  });

  test.each(['2024-02-29', '2000-02-29', '2026-12-31', '1900-01-01', '2200-12-31'])('%p exists', (day) => {
    expect(codesOf(civilDay, day)).toEqual([]);
  });

  test.each([
    ...[
      '2023-02-29',
      '1900-02-29',
      '2026-02-30',
      '2026-04-31',
      '2026-13-01',
      '2026-00-10',
      '2026-01-00',
      '2026-1-1',
      '26-01-01',
    ],
    ...[
      '2026-01-01T00:00:00Z',
      ' 2026-01-01',
      '2026-01-01\n',
      '20260101',
      '2026/01/01',
      '1 maj 2026',
      '',
      '+2026-01-01',
    ],
  ])('%p is refused', (day) => {
    expect(codesOf(civilDay, day)).toEqual(['invalid-day']);
  });
});

describe('a period', () => {
  test('may be one day long', () => {
    expect(codesOf(period, { from: '2026-01-01', to: '2026-01-01' })).toEqual([]);
  });

  test('that ends before it begins is refused at its end', () => {
    const result = period.safeParse({ from: '2026-01-02', to: '2026-01-01' }, { reportInput: true });
    expect(faultsOf(result.error!)).toEqual([{ pointer: '/to', code: 'period-reversed' }]);
  });

  test('has both its bad days named', () => {
    expect(codesOf(period, { from: '2026-02-30', to: 'nyår' })).toEqual(['invalid-day', 'invalid-day']);
  });
});

describe('text', () => {
  test('is kept to the letter, with every script, emoji, tab and line break', () => {
    const written = '  Å ä ö é e\u0301 ß Ж 漢 🇸🇪 👩‍⚕️\tflik\r\nrad\nslut  \u00a0\u200b';
    expect(text(200).parse(written)).toBe(written);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (value) => {
        const result = text(2000).safeParse(value);
        if (result.success) expect(result.data).toBe(value);
      }),
    );
  });

  test.each([
    ['a lone high surrogate', 'a\ud800b'],
    ['a lone low surrogate', '\udc00'],
    ['surrogates in the wrong order', '\udc00\ud800'],
    ['NUL', 'a\u0000b'],
    ['backspace', 'a\u0008'],
    ['escape', '\u001b[31m'],
    ['vertical tab', 'a\u000b'],
    ['form feed', 'a\u000c'],
    ['delete', '\u007f'],
    ['a control of the second block', 'a\u0085b'],
    ['the control sequence introducer in one unit', '\u009b31m'],
  ])('with %s is refused', (_name, value) => {
    expect(codesOf(text(200), value)).toEqual(['invalid-text']);
    expect(codesOf(filledText(200), value)).toEqual(['invalid-text']);
  });

  test('that is too long says how long it may be', () => {
    const result = text(3).safeParse('åäöå', { reportInput: true });
    expect(faultsOf(result.error!)).toEqual([{ pointer: '', code: 'too-long', params: { maximum: 3 } }]);
  });

  test.each(['', ' ', '\t\n', '\u00a0'])('%p says nothing where something must be said', (value) => {
    expect(codesOf(filledText(10), value)).toEqual(['blank']);
    expect(codesOf(text(10), value)).toEqual([]);
  });
});

describe('an identifier', () => {
  test.each(['a', '0190a8f0-7b3c-7def-8123-456789abcdef', 'A_b-9', 'x'.repeat(64)])(
    '%p is accepted',
    (id) => {
      expect(codesOf(identifier, id)).toEqual([]);
    },
  );
  test.each(['', '-a', '_a', 'a b', 'a/b', 'a.b', '$ne', 'å', 'x'.repeat(65), 'a\n'])(
    '%p is refused',
    (id) => {
      expect(codesOf(identifier, id)).toEqual(['invalid-format']);
    },
  );
});

describe('an e-mail address', () => {
  test.each([
    'anna.berg@regionostergotland.se',
    'a@b.se',
    'åsa@räksmörgås.se',
    "o'hara+x@sub.domain.example",
  ])('%p is accepted', (address) => {
    expect(codesOf(email, address)).toEqual([]);
  });
  // A line break would start a new mail header, a comma a second recipient.
  test.each([
    'anna\u0000lind@kalmar.example',
    'anna\u200blind@kalmar.example',
    'anna@kal\u0007mar.example',
    '',
    'a',
    'a@',
    '@b.se',
    'a@b',
    'a@b.',
    'a b@c.se',
    'a@b.se\nBcc: x@y.se',
    'a@b.se,c@d.se',
    'A <a@b.se>',
    'a@b@c.se',
  ])('%p is refused', (address) => {
    expect(codesOf(email, address)).toEqual(['invalid-email']);
  });
  test('is measured before it is read', () => {
    expect(codesOf(email, `${'a'.repeat(250)}@b.se`)).toEqual(['too-long']);
  });
});

describe('a time', () => {
  test.each(['2026-12-01T08:00:00Z', '2026-12-01T08:00:00.123Z'])('%p is accepted', (value) => {
    expect(codesOf(instant, value)).toEqual([]);
  });
  test.each([
    '2026-12-01T08:00:00+01:00',
    '2026-12-01T08:00:00',
    '2026-12-01',
    '2026-02-30T08:00:00Z',
    '2026-12-01T25:00:00Z',
  ])('%p is refused', (value) => {
    expect(codesOf(instant, value)).toEqual(['invalid-time']);
  });
});

describe('paging', () => {
  const query = z.strictObject(paging);
  test('has its usual values', () => {
    expect(query.parse({})).toEqual({ limit: 20, page: 1 });
    expect(query.parse({ limit: '200', page: '7' })).toEqual({ limit: 200, page: 7 });
  });
  test.each(['0', '-1', '1.5', '1e2', '', ' 1', '01', 'alla', '99999999999'])(
    'page %p is refused',
    (page) => {
      expect(query.safeParse({ page }).success).toBe(false);
    },
  );
  test('a limit above 200 says so', () => {
    const result = query.safeParse({ limit: '201' }, { reportInput: true });
    expect(faultsOf(result.error!, '/query')).toEqual([
      { pointer: '/query/limit', code: 'too-large', params: { maximum: 200 } },
    ]);
  });
});
