import { describe, expect, test } from '@jest/globals';
import { DomainError, type Fault } from '#libs/contracts';
import { readIdempotencyKey, readIfMatch } from './preconditions.ts';

describe('If-Match', () => {
  test('names a revision', () => {
    const faults: Fault[] = [];
    expect(readIfMatch('"42"', 'required', faults)).toBe(42);
    expect(readIfMatch(' "0" ', 'optional', faults)).toBe(0);
    expect(faults).toEqual([]);
  });

  test('that is missing is refused only where it is required', () => {
    expect(readIfMatch(undefined, 'optional', [])).toBeUndefined();
    expect(readIfMatch(undefined, 'none', [])).toBeUndefined();
    expect(() => readIfMatch(undefined, 'required', [])).toThrow(new DomainError('precondition-required'));
  });

  test.each(['"abc"', '""', '"01"', '"99999999999999999999"', '"9007199254740993"'])(
    '%s is a tag that no revision ever had',
    (tag) => {
      const faults: Fault[] = [];
      expect(readIfMatch(tag, 'required', faults)).toBe(0);
      expect(faults).toEqual([]);
    },
  );

  test.each(['42', 'W/"42"', '*', '"1", "2"', '', '"a"b"'])('%p is a fault', (tag) => {
    const faults: Fault[] = [];
    expect(readIfMatch(tag, 'optional', faults)).toBeUndefined();
    expect(faults).toEqual([{ pointer: '/header/if-match', code: 'invalid-format' }]);
  });
});

describe('Idempotency-Key', () => {
  test.each(['k', 'a'.repeat(255), '!~', '8e03978e-40d5-43dd-bc93-6894a57f9324'])('%p is taken', (key) => {
    const faults: Fault[] = [];
    expect(readIdempotencyKey(key, faults)).toBe(key);
    expect(faults).toEqual([]);
  });

  test.each(['', 'a'.repeat(256), 'a b', 'å', 'a\tb'])('%p is a fault', (key) => {
    const faults: Fault[] = [];
    expect(readIdempotencyKey(key, faults)).toBeUndefined();
    expect(faults).toEqual([{ pointer: '/header/idempotency-key', code: 'invalid-format' }]);
  });
});
