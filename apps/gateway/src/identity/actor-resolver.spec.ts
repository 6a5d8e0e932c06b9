import { expect, test } from '@jest/globals';
import { serviceActor, type Actor } from '#libs/contracts';
import { type BusClient } from '#libs/messaging';
import { ActorResolver } from './actor-resolver.ts';

/** Stands in for the directory: who asked how often is what is looked at here. */
function countingBus(answer: () => Promise<{ actor: Actor | null }>): {
  ask: BusClient['ask'];
  asked: () => number;
} {
  let asked = 0;
  const ask = (async () => {
    asked += 1;
    return answer();
  }) as unknown as BusClient['ask'];
  return { ask, asked: () => asked };
}

test('many requests of one caller at once are one question', async () => {
  const actor = serviceActor('x');
  const bus = countingBus(async () => ({ actor }));
  const resolver = new ActorResolver(bus);
  const found = await Promise.all(Array.from({ length: 50 }, () => resolver.resolve('anna')));
  expect(found.every((each) => each === actor)).toBe(true);
  await resolver.resolve('anna');
  expect(bus.asked()).toBe(1);
  await resolver.resolve('bo');
  expect(bus.asked()).toBe(2);
});

test('a failed question is asked again by the next request', async () => {
  let fails = true;
  const bus = countingBus(() =>
    fails ? Promise.reject(new Error('down')) : Promise.resolve({ actor: null }),
  );
  const resolver = new ActorResolver(bus);
  await expect(resolver.resolve('anna')).rejects.toThrow('down');
  fails = false;
  expect(await resolver.resolve('anna')).toBeNull();
});

test('an answer is not used for longer than half a second after it was asked for', async () => {
  const bus = countingBus(async () => ({ actor: serviceActor('x') }));
  const resolver = new ActorResolver(bus);
  await resolver.resolve('anna');
  await new Promise((resolve) => setTimeout(resolve, 550));
  await resolver.resolve('anna');
  expect(bus.asked()).toBe(2);
});

test('whoever comes long after a slow question does not wait for its answer, which may be out of date', async () => {
  const [before, after] = [serviceActor('before'), serviceActor('after')];
  const answers: ((actor: Actor) => void)[] = [];
  const bus = countingBus(() => new Promise((resolve) => answers.push((actor) => resolve({ actor }))));
  const resolver = new ActorResolver(bus);
  const slow = resolver.resolve('anna');
  await new Promise((resolve) => setTimeout(resolve, 550));
  const fresh = resolver.resolve('anna');
  expect(bus.asked()).toBe(2);
  answers[1]?.(after);
  expect(await fresh).toBe(after);
  answers[0]?.(before);
  expect(await slow).toBe(before);
  expect(await resolver.resolve('anna')).toBe(after);
});
