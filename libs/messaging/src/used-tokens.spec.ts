import { describe, expect, test } from '@jest/globals';
import { JetStreamApiError } from '@nats-io/jetstream';
import { usedTokens } from '#libs/bus-setup';
import { type Bus } from './connection.ts';
import { lifetime, tolerance } from './message-token.ts';
import { UsedTokens } from './used-tokens.ts';

// What the server says in a cluster alone; test/identity.test.ts has the rest against a real one.
function withAnswer(code: number): UsedTokens {
  const publish = () => {
    throw new JetStreamApiError({ code: 400, err_code: code, description: 'as the server has it' });
  };
  return new UsedTokens({ jetstream: { publish } } as unknown as Bus, 'plans');
}

describe('a message', () => {
  test.each([10_071, 10_164])(
    'that another replica has taken, or is just taking, is not taken (%p)',
    async (code) => {
      expect(await withAnswer(code).take('x.y')).toBe(false);
    },
  );

  test.each([10_077, 10_008])('is not said to be taken by whom nobody can ask (%p)', async (code) => {
    await expect(withAnswer(code).take('x.y')).rejects.toThrow('as the server has it');
  });
});

test('a use is remembered for longer than any replica would take the message', () => {
  // From the earliest that it can be taken to the latest, by clocks of which one is ahead and one behind.
  expect(usedTokens.remembered).toBeGreaterThan(lifetime + 3 * tolerance);
});
