import { describe, expect, test } from '@jest/globals';
import * as contracts from '#libs/contracts';
import { Clearance, type Matter } from '#libs/access';
import { type Endpoint, type MoneyCommand } from '#libs/contracts';
import { Clock, newSpan } from '#libs/platform';
import { writeContext } from './use-case.ts';

const endpoints = Object.values(contracts).filter(
  (value) => typeof value === 'object' && 'subject' in value && 'right' in value,
) as unknown as Endpoint[];
const moneyCommandOf = ({ right }: Endpoint): MoneyCommand | null =>
  right !== 'everybody' && contracts.isMoneyCommand(right.command) ? right.command : null;
const moving = endpoints.flatMap((each): [string, Endpoint, MoneyCommand][] => {
  const command = moneyCommandOf(each);
  return command === null ? [] : [[each.name, each, command]];
});

const nobody: Matter = {
  region: 'kalmar',
  partial: [],
  parts: { applied: [], signed: [], assessed: [], decided: [], requisitioned: [], prepared: [] },
};
const eva = { id: 'eva', kind: 'person' as const, assignments: [], employers: [] };
const caller = { actor: eva, trace: newSpan() };
const clock = new Clock();
const cleared = (command: MoneyCommand, id = 'eva') =>
  Clearance.require({ id, employers: [] }, command, new Map([['a', nobody]]));
const write = (contract: Endpoint, clearance?: Clearance) =>
  writeContext(contract, {}, caller, { id: 'eva', kind: 'person' }, clock, clearance);

describe.each(moving)('%s decides on money or pays it, and so', (name, contract, command) => {
  test('writes nothing when nobody has asked the four-eyes rule', () => {
    expect(() => write(contract)).toThrow(`${name} moves money`);
  });

  test('writes nothing on a clearance for another command or person, or on one that is made up', () => {
    const other = contracts.commands.find((each) => contracts.isMoneyCommand(each) && each !== command);
    expect(() => write(contract, cleared(other as MoneyCommand))).toThrow('moves money');
    expect(() => write(contract, cleared(command, 'per'))).toThrow('moves money');
    expect(() => write(contract, { command, actorId: 'eva' } as Clearance)).toThrow('moves money');
  });

  test('writes as the caller whom the rule has let', () => {
    expect(write(contract, cleared(command))).toMatchObject({ actor: { id: 'eva' }, command: name });
  });
});

test('what moves no money needs no clearance', () => {
  const rest = endpoints.filter((each) => moneyCommandOf(each) === null);
  expect(rest.length).toBeGreaterThan(30);
  for (const contract of rest) expect(write(contract).command).toBe(contract.name);
});

test('and this test finds what moves money', () => {
  expect(moving.map(([, , command]) => command)).toEqual(
    expect.arrayContaining(contracts.commands.filter(contracts.isMoneyCommand)),
  );
});
