import { describe, expect, test } from '@jest/globals';
import { DomainError, type MoneyCommand, type RegionCode } from '#libs/contracts';
import { Clearance, ruledOut, type Matter, type Part } from './four-eyes.ts';

// The rule a second time, in other words: a change of it is made in both places or not at all.
const mayStill: Readonly<Record<MoneyCommand, readonly Part[]>> = {
  decisions: ['decided', 'requisitioned', 'prepared'],
  payments: ['assessed', 'prepared'],
  attestation: ['assessed'],
};
const parts: readonly Part[] = ['applied', 'signed', 'assessed', 'decided', 'requisitioned', 'prepared'];
const commands = Object.keys(mayStill) as MoneyCommand[];

const johan = { id: 'johan', employers: ['kalmar'] satisfies RegionCode[] };
const others = { applied: ['systemet'], signed: ['anna'], assessed: ['eva', 'per'] };
const clean: Matter = {
  region: 'ostergotland',
  partial: ['eva'],
  parts: { ...others, decided: ['karin'], requisitioned: ['systemet'], prepared: [] },
};

function refusal(command: MoneyCommand, matter: Matter): DomainError | null {
  try {
    const cleared = Clearance.require(
      johan,
      command,
      new Map([
        ['a', clean],
        ['b', matter],
      ]),
    );
    expect(cleared).toMatchObject({ command, actorId: 'johan' });
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

test('every command that moves money has its line', () => {
  expect(Object.keys(ruledOut).toSorted()).toEqual(commands.toSorted());
});

describe.each(commands)('for %s', (command) => {
  test('whoever has had no part is let', () => {
    expect(refusal(command, clean)).toBeNull();
    expect(Clearance.lets(johan, command, clean)).toBe(true);
  });

  test.each(parts)('whoever has %s', (part) => {
    const matter = { ...clean, parts: { ...clean.parts, [part]: ['somebody', 'johan'] } };
    const isLet = mayStill[command].includes(part);
    expect(Clearance.lets(johan, command, matter)).toBe(isLet);
    const refused = refusal(command, matter);
    if (isLet) expect(refused).toBeNull();
    else
      expect(refused).toMatchObject({ code: 'four-eyes', extra: { applicationIds: ['b'], parts: [part] } });
  });

  test.each<[string, Partial<Matter>]>([
    ['works in the region', { region: 'kalmar' }],
    ['has declared a conflict of interest', { partial: ['johan'] }],
  ])('whoever %s is refused, with the application concerned', (_why, more) => {
    const matter = { ...clean, ...more };
    expect(refusal(command, matter)).toMatchObject({
      code: 'conflict-of-interest',
      extra: { applicationIds: ['b'] },
    });
    expect(Clearance.lets(johan, command, matter)).toBe(false);
  });
});
