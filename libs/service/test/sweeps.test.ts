import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { connectDatabase, type Database } from '#libs/persistence';
import { createLogger } from '#libs/platform';
import { Sweeps } from '#libs/service';
import { eventually, testServers, uniqueName } from '#libs/testing';

jest.setTimeout(60_000);

const silent = createLogger('test', 'silent');
const prefix = uniqueName('t');
let databases: Database[];

beforeAll(async () => {
  const connect = () => connectDatabase({ url: testServers().mongoUrl, prefix, service: 'sweeps' });
  databases = await Promise.all([connect(), connect()]);
});

afterAll(async () => {
  await databases[0]?.connection.dropDatabase();
  for (const database of databases) await database.close();
});

/** A replica that notes each round it does, and how many do one at the same time. */
function replica(index: number, name: string, work: () => Promise<unknown> = () => Promise.resolve()) {
  const rounds: number[] = [];
  const sweeps = new Sweeps(databases[index % 2]!.connection, `holder-${index}`, silent);
  sweeps.add(name, 20, async () => {
    rounds.push(performance.now());
    await work();
  });
  return { sweeps, rounds };
}

describe('work that comes round', () => {
  test('is done by one of two replicas, round after round', async () => {
    const name = uniqueName('sweep');
    const [one, two] = [replica(0, name), replica(1, name)];
    for (const { sweeps } of [one, two]) sweeps.start();
    await eventually(() => one.rounds.length + two.rounds.length >= 10);
    const fewest = Math.min(one.rounds.length, two.rounds.length);
    for (const { sweeps } of [one, two]) await sweeps.stop();
    expect(fewest).toBe(0);
  });

  test('is taken over at once from a replica that ended in order', async () => {
    const name = uniqueName('sweep');
    const [one, two] = [replica(0, name), replica(1, name)];
    one.sweeps.start();
    await eventually(() => one.rounds.length > 0);
    two.sweeps.start();
    await one.sweeps.stop();
    const stopped = performance.now();
    await eventually(() => two.rounds.length > 0);
    // Long before the lease would have run out.
    expect((two.rounds[0] ?? Number.NaN) - stopped).toBeLessThan(5000);
    await two.sweeps.stop();
    expect(one.rounds.every((at) => at <= stopped)).toBe(true);
  });

  test('comes round again after it failed', async () => {
    const failing = replica(0, uniqueName('sweep'), () => Promise.reject(new Error('database gone')));
    failing.sweeps.start();
    await eventually(() => failing.rounds.length >= 3);
    await failing.sweeps.stop();
    const { length } = failing.rounds;
    await new Promise((resolve) => setTimeout(resolve, 100));
    // And not after the service has ended.
    expect(failing.rounds).toHaveLength(length);
  });

  test('is not begun anew before it is done, and is waited for when the service ends', async () => {
    let now = 0;
    let most = 0;
    let done = 0;
    const slow = replica(0, uniqueName('sweep'), async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 100));
      now -= 1;
      done += 1;
    });
    slow.sweeps.start();
    await eventually(() => slow.rounds.length === 2);
    await slow.sweeps.stop();
    expect({ most, now, done }).toEqual({ most: 1, now: 0, done: slow.rounds.length });
  });

  test('of different names is done side by side', async () => {
    const sweeps = new Sweeps(databases[0]!.connection, 'holder', silent);
    const seen = new Set<string>();
    for (const name of ['a', 'b']) sweeps.add(uniqueName(name), 20, () => Promise.resolve(seen.add(name)));
    sweeps.start();
    await eventually(() => seen.size === 2);
    await sweeps.stop();
    expect([...seen].sort()).toEqual(['a', 'b']);
  });
});
