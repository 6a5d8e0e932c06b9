import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '#libs/contracts';
import { extendLedger, grantedOf, voidEntry, type Envelope, type LedgerEntry } from './ledger.ts';

function entry(applicationId: string, amount: number, rest: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    applicationId,
    reference: null,
    region: 'kalmar',
    themeId: null,
    outcome: amount > 0 ? 'granted' : 'rejected',
    amount,
    conditions: [],
    reason: 'prövad',
    roundId: 'r1',
    decidedOn: '2027-02-15',
    decidedBy: 'styrgruppen',
    recordedBy: 'beslut-sydost',
    ...rest,
  };
}

function refusal(work: () => unknown): DomainError {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const envelope: Envelope = {
  frame: 1000,
  themes: [{ id: 'hem', frame: 600 }, { id: 'fri' }],
  perRegionCap: 700,
};

describe('the money ledger', () => {
  it('takes a round that fits to the last öre', () => {
    const ledger = extendLedger(
      envelope,
      [],
      [entry('a', 600, { themeId: 'hem' }), entry('b', 400, { region: 'jonkoping', themeId: 'fri' })],
    );
    expect(grantedOf(ledger)).toBe(1000);
  });

  it.each([
    ['the frame', [entry('a', 600), entry('b', 401, { region: 'jonkoping' })], 'frame', '10.00', '10.01'],
    ['a theme', [entry('a', 601, { themeId: 'hem' })], 'theme', '6.00', '6.01'],
    ['a region cap', [entry('a', 701)], 'region', '7.00', '7.01'],
  ])('refuses one öre over %s and says what is left', (_name, round, scope, left, needed) => {
    const error = refusal(() => extendLedger(envelope, [], round));
    expect(error.code).toBe('frame-exceeded');
    expect(error.extra).toMatchObject({ scope, left: { amount: left }, needed: { amount: needed } });
  });

  it('counts what earlier rounds granted', () => {
    const first = extendLedger(envelope, [], [entry('a', 600)]);
    const error = refusal(() => extendLedger(envelope, first, [entry('b', 101)]));
    expect(error.extra).toMatchObject({ scope: 'region', left: { amount: '1.00' } });
  });

  it('refuses a second decision on the same application, named', () => {
    const first = extendLedger(envelope, [], [entry('a', 0)]);
    const error = refusal(() => extendLedger(envelope, first, [entry('a', 100), entry('b', 100)]));
    expect(error.code).toBe('already-decided');
    expect(error.extra).toEqual({ applicationIds: ['a'] });
  });

  it('gives the money of a voided entry back, once', () => {
    const ledger = extendLedger(envelope, [], [entry('a', 700)]);
    const voided = voidEntry(ledger, 'a');
    expect(voided && grantedOf(voided)).toBe(0);
    expect(voided && voidEntry(voided, 'a')).toBeNull();
    expect(voidEntry(ledger, 'unknown')).toBeNull();
    expect(voided && grantedOf(extendLedger(envelope, voided, [entry('b', 700)]))).toBe(700);
  });

  it('never exceeds a bound nor loses an öre over any rounds in any order', () => {
    const rounds = fc.array(
      fc.array(
        fc.record({
          id: fc.integer({ min: 0, max: 30 }),
          amount: fc.integer({ min: 0, max: 500 }),
          region: fc.constantFrom('kalmar', 'jonkoping', 'ostergotland'),
          themeId: fc.constantFrom('hem', 'fri', null),
          isVoided: fc.boolean(),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(rounds, (all) => {
        let ledger: LedgerEntry[] = [];
        const model = new Map<string, number>();
        for (const [index, round] of all.entries()) {
          const entries = round.map(({ id, amount, region, themeId }) =>
            entry(`a${id}`, amount, { region, themeId, roundId: `r${index}` }),
          );
          if (new Set(entries.map((each) => each.applicationId)).size < entries.length) continue;
          try {
            ledger = extendLedger(envelope, ledger, entries);
            for (const each of entries) model.set(each.applicationId, each.amount);
          } catch (error) {
            expect((error as DomainError).code).toMatch(/^(frame-exceeded|already-decided)$/);
          }
          const [first] = round;
          if (first?.isVoided) {
            const voided = voidEntry(ledger, `a${first.id}`);
            if (voided) {
              ledger = voided;
              model.delete(`a${first.id}`);
            }
          }
          expect(grantedOf(ledger)).toBe([...model.values()].reduce((sum, amount) => sum + amount, 0));
          expect(grantedOf(ledger)).toBeLessThanOrEqual(envelope.frame);
          expect(grantedOf(ledger, (each) => each.themeId === 'hem')).toBeLessThanOrEqual(600);
          for (const region of ['kalmar', 'jonkoping', 'ostergotland']) {
            expect(grantedOf(ledger, (each) => each.region === region)).toBeLessThanOrEqual(700);
          }
          const ids = ledger.map((each) => each.applicationId);
          expect(new Set(ids).size).toBe(ids.length);
        }
      }),
      { numRuns: 300 },
    );
  });
});
