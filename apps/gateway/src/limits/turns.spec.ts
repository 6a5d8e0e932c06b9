import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Turns } from './turns.ts';

/** Takes a turn and notes when it has come. */
function taker(turns: Turns) {
  const begun: string[] = [];
  return {
    begun,
    async take(name: string, tenant = 'region:kalmar'): Promise<() => void> {
      const end = await turns.take(tenant);
      begun.push(name);
      return end;
    },
  };
}

/** Long before anybody loses patience, on however slow a machine. */
const soon = (): Promise<void> => turnOfTheLoop();

test('so many go on together, the others in the order in which they came', async () => {
  const { begun, take } = taker(new Turns(2));
  const ends = [take('a'), take('b'), take('c'), take('d')];
  await soon();
  expect(begun).toEqual(['a', 'b']);
  (await ends[1])?.();
  await soon();
  expect(begun).toEqual(['a', 'b', 'c']);
  (await ends[0])?.();
  (await ends[2])?.();
  await soon();
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
});

test('nobody waits for another tenant’s', async () => {
  const { begun, take } = taker(new Turns(1));
  void take('own');
  void take('own, waiting');
  void take('other', 'region:blekinge');
  await soon();
  expect(begun).toEqual(['own', 'other']);
});

test('a turn that is ended twice lets one go on and not two', async () => {
  const { begun, take } = taker(new Turns(1));
  const end = await take('a');
  void take('b');
  void take('c');
  end();
  end();
  await soon();
  expect(begun).toEqual(['a', 'b']);
});

test('whoever has waited for a moment goes on out of turn, and its end gives no place that it never had', async () => {
  const { begun, take } = taker(new Turns(1));
  const endFirst = await take('a');
  const endImpatient = await take('impatient');
  expect(begun).toEqual(['a', 'impatient']);
  void take('c');
  endImpatient();
  await soon();
  expect(begun).toEqual(['a', 'impatient']);
  endFirst();
  await soon();
  expect(begun).toEqual(['a', 'impatient', 'c']);
});
