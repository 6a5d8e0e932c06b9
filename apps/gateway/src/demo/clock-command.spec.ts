import { describe, expect, test } from '@jest/globals';
import { DomainError } from '#libs/contracts';
import { targetOf } from './clock-command.ts';

const now = Date.parse('2026-10-20T10:00:00Z');
const at = (command: unknown): string | undefined => {
  const target = targetOf(command, now);
  return target === undefined ? undefined : new Date(target).toISOString();
};

describe('a command to the clock', () => {
  test('names a time', () => {
    expect(at({ now: '2027-01-31T22:59:59Z' })).toBe('2027-01-31T22:59:59.000Z');
  });

  test('advances by civil days: the time of day stays when summer time ends', () => {
    expect(at({ advance: 'P7D' })).toBe('2026-10-27T11:00:00.000Z');
    expect(at({ advance: 'PT168H' })).toBe('2026-10-27T10:00:00.000Z');
    expect(at({ advance: 'P1M' })).toBe('2026-11-20T11:00:00.000Z');
    expect(at({ advance: '-P1D' })).toBe('2026-10-19T10:00:00.000Z');
  });

  test('takes the clock back to the machine', () => {
    expect(at({ reset: true })).toBeUndefined();
  });

  test.each([
    [{}],
    [undefined],
    [null],
    [[]],
    [{ advance: 'a week' }],
    [{ advance: 'P900Y' }],
    [{ advance: 7 }],
    [{ now: '2026-10-20' }],
    [{ now: '2300-01-01T00:00:00Z' }],
    [{ reset: false }],
    [{ advance: 'P1D', now: '2027-01-31T22:59:59Z' }],
  ])('%p is refused', (command) => {
    expect(() => at(command)).toThrow(new DomainError('invalid-input'));
  });
});
