import { describe, expect, test } from '@jest/globals';
import { DomainError } from '#libs/contracts';
import { maximumDeliveries, Poison, sortError } from './event-errors.ts';

describe('an error of a consumer', () => {
  test('that may pass is tried again, each time later, up to a bound', () => {
    const delays = Array.from({ length: maximumDeliveries - 1 }, (_each, index) =>
      sortError(new Error('x'), index + 1),
    );
    const waits = delays.map((verdict) => (verdict.kind === 'retry' ? verdict.delay : Number.NaN));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits[0]).toBeLessThan(1000);
    expect(waits.at(-1)).toBe(300_000);
  });

  test.each([
    new Error('x'),
    new DomainError('unavailable'),
    new DomainError('not-found'),
    new DomainError('internal-error'),
    new DomainError('not-authenticated'),
    'text',
    undefined,
  ])('such as %p ends as a dead letter when the tries are used up', (error) => {
    expect(sortError(error, 1).kind).toBe('retry');
    expect(sortError(error, maximumDeliveries - 1).kind).toBe('retry');
    expect(sortError(error, maximumDeliveries)).toMatchObject({
      kind: 'poison',
      reason: expect.stringContaining(`${maximumDeliveries} times`),
    });
  });

  test.each<[unknown, string]>([
    [new Poison('unknown kind'), 'unknown kind'],
    [new TypeError('x'), 'TypeError: x'],
    [new RangeError('x'), 'RangeError: x'],
    [new SyntaxError('x'), 'SyntaxError: x'],
    [new DomainError('invalid-input'), 'invalid-input'],
    [new DomainError('state-conflict'), 'state-conflict'],
  ])('that never passes, %p, is poison at the first delivery', (error, reason) => {
    expect(sortError(error, 1)).toEqual({ kind: 'poison', reason });
  });
});
