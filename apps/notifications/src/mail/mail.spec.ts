import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { interruptedAttempt, settle, type Attempt } from './mail.ts';
import { fullPace, paceAfter, sortSmtpFailure } from './smtp-errors.ts';

const now = { product: new Date('2027-03-01T06:00:00Z'), machine: 1_000_000 };
const deferred: Attempt = { outcome: 'deferred', code: '451' };
const unanswered: Attempt = { outcome: 'unanswered', code: 'connection' };

describe('after an attempt', () => {
  it('a mail that was taken is sent, at product time, also when its fate had been unknown', () => {
    for (const doubtful of [undefined, true]) {
      const settlement = settle({ attempts: 2, ...(doubtful && { doubtful }) }, { outcome: 'accepted' }, now);
      expect(settlement).toEqual({ state: 'sent', sentAt: now.product });
    }
  });

  it('a mail that was refused has failed, with the code', () => {
    const settlement = settle({ attempts: 1 }, { outcome: 'refused', code: '550' }, now);
    expect(settlement).toEqual({ state: 'failed', reason: 'rejected-550' });
  });

  it('a mail that was deferred waits longer each time and is given up after twelve attempts', () => {
    const waits = Array.from({ length: 11 }, (_, index) => {
      const { state, wakeAt } = settle({ attempts: index + 1 }, deferred, now);
      expect(state).toBe('planned');
      return (wakeAt?.getTime() ?? 0) - now.machine;
    });
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(Math.min(...waits)).toBeGreaterThan(0);
    expect(settle({ attempts: 12 }, deferred, now)).toEqual({ state: 'failed', reason: 'gave-up-451' });
  });

  it('a mail without an answer is of unknown fate and is sent once more, not twice', () => {
    const first = settle({ attempts: 1 }, unanswered, now);
    expect(first).toMatchObject({ state: 'unknown', doubtful: true, reason: 'unanswered-connection' });
    expect(first.wakeAt).toBeDefined();
    const second = settle({ attempts: 2, doubtful: true }, unanswered, now);
    expect(second).toEqual({ state: 'unknown', reason: 'unanswered-twice-connection' });
  });

  it('of a process that is gone, only a mail that had begun to leave is of unknown fate', () => {
    expect(settle({ attempts: 1 }, interruptedAttempt({ handedOver: true }), now)).toMatchObject({
      state: 'unknown',
      reason: 'unanswered-interrupted',
    });
    expect(settle({ attempts: 1 }, interruptedAttempt({}), now)).toMatchObject({
      state: 'planned',
      reason: 'deferred-interrupted',
    });
  });

  it('a mail that only waited in a process that is gone does not wait long for another, however often that happens', () => {
    const waits = Array.from({ length: 11 }, (_, index) => {
      const { wakeAt } = settle({ attempts: index + 1 }, interruptedAttempt({}), now);
      return (wakeAt?.getTime() ?? Number.NaN) - now.machine;
    });
    expect(Math.max(...waits)).toBe(1000);
    expect(settle({ attempts: 12 }, interruptedAttempt({}), now)).toMatchObject({ state: 'failed' });
  });

  it('a mail that may have arrived is never called failed or planned', () => {
    const attempts = fc.constantFrom<Attempt>(
      deferred,
      unanswered,
      { outcome: 'refused', code: '550' },
      { outcome: 'accepted' },
    );
    fc.assert(
      fc.property(attempts, fc.integer({ min: 1, max: 12 }), (attempt, count) => {
        const { state } = settle({ attempts: count, doubtful: true }, attempt, now);
        expect(['unknown', 'sent']).toContain(state);
      }),
    );
  });
});

describe('a failure to send', () => {
  it.each([
    ['a refused address', { responseCode: 550, code: 'EENVELOPE', handedOver: false }, 'refused', '550'],
    ['a refused text', { responseCode: 554, code: 'EMESSAGE', handedOver: true }, 'refused', '554'],
    ['a full mailbox', { responseCode: 452, code: 'EENVELOPE', handedOver: false }, 'deferred', '452'],
    [
      'a busy server after the text',
      { responseCode: 451, code: 'EMESSAGE', handedOver: true },
      'deferred',
      '451',
    ],
    [
      'a login that is required',
      { responseCode: 530, code: 'EENVELOPE', handedOver: false },
      'deferred',
      '530',
    ],
    ['a login that fails', { responseCode: 535, code: 'EAUTH', handedOver: false }, 'deferred', '535'],
    [
      'a server that will not talk to us',
      { responseCode: 554, code: 'EPROTOCOL', handedOver: false },
      'deferred',
      '554',
    ],
    ['no server', { code: 'ESOCKET', handedOver: false }, 'deferred', 'connection'],
    [
      'a connection lost before the text',
      { code: 'ECONNECTION', handedOver: false },
      'deferred',
      'connection',
    ],
    [
      'a connection lost after the text',
      { code: 'ECONNECTION', handedOver: true },
      'unanswered',
      'connection',
    ],
    ['an answer that never comes', { code: 'ETIMEDOUT', handedOver: true }, 'unanswered', 'connection'],
    ['an address that is none', { code: 'EENVELOPE', handedOver: false }, 'refused', 'message'],
  ] as const)('%s is sorted', (_name, failure, outcome, code) => {
    expect(sortSmtpFailure(failure)).toEqual({ outcome, code });
  });
});

describe('the pace', () => {
  const answer = (code: string): Attempt => ({ outcome: 'deferred', code });

  it('slows down at once, and more each time, when the server says it is too much or is away', () => {
    for (const code of ['421', 'connection']) {
      const first = paceAfter(fullPace, answer(code), 1000);
      const second = paceAfter(first, answer(code), 1000);
      expect(first.pausedUntil).toBeGreaterThan(1000);
      expect(second.pausedUntil).toBeGreaterThan(first.pausedUntil);
    }
  });

  it('slows down for 450 only when it comes several times in a row', () => {
    const three = [1, 2, 3].reduce((pace) => paceAfter(pace, answer('450'), 1000), fullPace);
    expect(three.pausedUntil).toBe(0);
    expect(paceAfter(three, answer('450'), 1000).pausedUntil).toBeGreaterThan(1000);
  });

  it('is full again as soon as a mail is taken, and is not slowed by a refused mail', () => {
    const slow = paceAfter(fullPace, answer('421'), 1000);
    expect(paceAfter(slow, { outcome: 'accepted' }, 2000)).toEqual(fullPace);
    expect(paceAfter(fullPace, { outcome: 'refused', code: '550' }, 1000)).toEqual(fullPace);
  });

  it('never pauses for more than a minute', () => {
    const long = Array.from({ length: 40 }).reduce<typeof fullPace>(
      (pace) => paceAfter(pace, answer('421'), 0),
      fullPace,
    );
    expect(long.pausedUntil).toBeLessThanOrEqual(60_000);
  });
});
