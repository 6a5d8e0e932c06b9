import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { DomainError, type Actor, type Assignment } from '#libs/contracts';
import { createLogger } from '#libs/platform';
import { usualLimits, type LimitsConfig } from './limits.config.ts';
import { Limits, type HeaderTarget } from './limits.ts';

function limitsWith(more: Partial<LimitsConfig>): Limits {
  return new Limits({ ...usualLimits, ...more }, createLogger('test', 'silent'));
}

const rates = (requests: number, seconds = 60) => {
  const rate = { requests, seconds };
  return { read: rate, write: rate, heavy: rate };
};

function headers(): HeaderTarget & { values: Map<string, string> } {
  const values = new Map<string, string>();
  return { values, header: (name, value) => values.set(name, value) };
}

function actorIn(place: Partial<Assignment>, id = 'x'): Actor {
  return { id, kind: 'system', assignments: [{ role: 'regionSystem', ...place }], employers: [] };
}
const kalmar = actorIn({ region: 'kalmar' });

const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'let in',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  );

/** A whole request of somebody, up to its controller. */
async function enter(limits: Limits, subject: string, actor: Actor, kind: 'read' | 'write' = 'read') {
  const admitted = await limits.admit(subject, kind, headers());
  await limits.confirm(admitted, actor, headers());
  return admitted;
}

describe('a caller', () => {
  test('is let in as often as its budget says, and told how it stands', async () => {
    const limits = limitsWith({ client: rates(2) });
    const told = headers();
    await limits.admit('anna', 'read', told);
    expect(told.values.get('ratelimit-policy')).toBe('"client-read";q=2;w=60');
    expect(told.values.get('ratelimit')).toMatch(/^"client-read";r=1;t=(60|59)$/);
    await limits.admit('anna', 'read', told);
    await expect(limits.admit('anna', 'read', told)).rejects.toMatchObject({
      code: 'too-many-requests',
      params: { seconds: expect.any(Number) },
    });
    expect(told.values.get('ratelimit')).toMatch(/^"client-read";r=0;t=/);
    expect(await outcome(limits.admit('bo', 'read', told))).toBe('let in');
  });

  test('has a budget of its own for each kind of request', async () => {
    const limits = limitsWith({ client: rates(1) });
    for (const kind of ['read', 'write', 'heavy'] as const) {
      expect(await outcome(limits.admit('anna', kind, headers()))).toBe('let in');
      expect(await outcome(limits.admit('anna', kind, headers()))).toBe('too-many-requests');
    }
  });

  test('is let in again when the time is over', async () => {
    const limits = limitsWith({ client: rates(1, 1) });
    await limits.admit('anna', 'read', headers());
    expect(await outcome(limits.admit('anna', 'read', headers()))).toBe('too-many-requests');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await outcome(limits.admit('anna', 'read', headers()))).toBe('let in');
  });
});

describe('a tenant', () => {
  test('is bounded over all of its callers, and no other by it', async () => {
    const limits = limitsWith({ tenant: rates(2) });
    await enter(limits, 'one', kalmar);
    await enter(limits, 'two', kalmar);
    expect(await outcome(enter(limits, 'three', kalmar))).toBe('too-many-requests');
    expect(await outcome(enter(limits, 'four', actorIn({ region: 'blekinge' })))).toBe('let in');
    expect(await outcome(enter(limits, 'five', actorIn({ rcc: 'sydost' })))).toBe('let in');
  });

  test('is known from the second request on, so that the directory need not be asked', async () => {
    const limits = limitsWith({ tenant: rates(1) });
    await enter(limits, 'one', kalmar);
    expect(await outcome(limits.admit('one', 'read', headers()))).toBe('too-many-requests');
  });

  test('is not drawn on by a caller that is over its own budget', async () => {
    const limits = limitsWith({ client: rates(1), tenant: rates(2) });
    await enter(limits, 'greedy', kalmar);
    for (let count = 0; count < 20; count += 1) {
      expect(await outcome(limits.admit('greedy', 'read', headers()))).toBe('too-many-requests');
    }
    expect(await outcome(enter(limits, 'modest', kalmar))).toBe('let in');
  });

  test('has only so many requests under way, each of which gives its place back', async () => {
    const limits = limitsWith({ atOnce: 2 });
    const first = await enter(limits, 'one', kalmar);
    await enter(limits, 'two', kalmar);
    expect(await outcome(enter(limits, 'three', kalmar))).toBe('too-many-requests');
    expect(await outcome(enter(limits, 'four', actorIn({ region: 'blekinge' })))).toBe('let in');
    first.release?.();
    expect(await outcome(enter(limits, 'three', kalmar))).toBe('let in');
  });

  test('is another one once its caller has moved', async () => {
    const limits = limitsWith({ tenant: rates(2) });
    await enter(limits, 'one', kalmar);
    await enter(limits, 'one', actorIn({ region: 'blekinge' }));
    expect(await outcome(enter(limits, 'one', actorIn({ region: 'blekinge' })))).toBe('let in');
    expect(await outcome(enter(limits, 'two', kalmar))).toBe('too-many-requests');
  });
});

describe('who asks for too much', () => {
  test('is told so after a moment, in which others are let in', async () => {
    const limits = limitsWith({ client: rates(1) });
    await limits.admit('greedy', 'read', headers());
    const refused = outcome(limits.admit('greedy', 'read', headers()));
    const first = await Promise.race([refused, turnOfTheLoop('held')]);
    expect(first).toBe('held');
    expect(await outcome(limits.admit('modest', 'read', headers()))).toBe('let in');
    expect(await refused).toBe('too-many-requests');
  });

  test('waits its turn behind its own, and not behind another tenant', async () => {
    const limits = limitsWith({ together: 1 });
    const first = await enter(limits, 'one', kalmar);
    let hasBegun = false;
    const second = enter(limits, 'two', kalmar).then((admitted) => {
      hasBegun = true;
      return admitted;
    });
    await enter(limits, 'three', actorIn({ region: 'blekinge' }));
    expect(hasBegun).toBe(false);
    // Its answer is ready; its caller may still be reading it.
    first.endTurn?.();
    await turnOfTheLoop();
    expect(hasBegun).toBe(true);
    await second;
  });

  test('gives its turn back also when it goes away before there is an answer', async () => {
    const limits = limitsWith({ together: 1 });
    const first = await enter(limits, 'one', kalmar);
    let hasBegun = false;
    const second = enter(limits, 'two', kalmar).then(() => (hasBegun = true));
    await turnOfTheLoop();
    expect(hasBegun).toBe(false);
    first.release?.();
    await turnOfTheLoop();
    // Not by its patience, which lasts for many turns of the loop.
    expect(hasBegun).toBe(true);
    await second;
  });
});

describe('an address', () => {
  test('has so many attempts of each kind', async () => {
    const limits = limitsWith({ address: { ...usualLimits.address, token: { requests: 1, seconds: 60 } } });
    expect(await outcome(limits.attempt('token', '192.0.2.1', headers()))).toBe('let in');
    expect(await outcome(limits.attempt('token', '192.0.2.1', headers()))).toBe('too-many-requests');
    expect(await outcome(limits.attempt('token', '192.0.2.2', headers()))).toBe('let in');
    expect(await outcome(limits.attempt('signIn', '192.0.2.1', headers()))).toBe('let in');
  });

  test('is refused after so many failures, and not before', async () => {
    const limits = limitsWith({
      address: { ...usualLimits.address, failures: { requests: 2, seconds: 60 } },
    });
    expect(await outcome(limits.refuseAfterFailures('192.0.2.1', headers()))).toBe('let in');
    await limits.attempt('failures', '192.0.2.1', headers());
    expect(await outcome(limits.refuseAfterFailures('192.0.2.1', headers()))).toBe('let in');
    await limits.attempt('failures', '192.0.2.1', headers());
    expect(await outcome(limits.refuseAfterFailures('192.0.2.1', headers()))).toBe('too-many-requests');
    expect(await outcome(limits.refuseAfterFailures('192.0.2.2', headers()))).toBe('let in');
  });
});
