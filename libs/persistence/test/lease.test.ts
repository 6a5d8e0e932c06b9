import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Connection } from 'mongoose';
import { Lease } from '#libs/persistence';
import { eventually, uniqueName } from '#libs/testing';
import { connected, upTo } from './support.ts';

let one: Connection;
let two: Connection;

beforeAll(async () => {
  one = await connected();
  two = await connected();
});

describe('a lease', () => {
  test('is had by one of many who want it at once', async () => {
    const name = uniqueName('lease');
    const holders = upTo(20).map((n) => new Lease(n % 2 ? one : two, name, `holder-${n}`, 60_000));
    const taken = await Promise.all(holders.map((lease) => lease.take()));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  test('is kept by its holder, and by nobody else, until it is given back', async () => {
    const name = uniqueName('lease');
    const [mine, theirs] = [new Lease(one, name, 'mine', 60_000), new Lease(two, name, 'theirs', 60_000)];
    expect(await mine.take()).toBe(true);
    expect(await theirs.take()).toBe(false);
    expect(await mine.take()).toBe(true);
    // Giving back what one does not have changes nothing.
    await theirs.release();
    expect(await theirs.take()).toBe(false);
    await mine.release();
    expect(await theirs.take()).toBe(true);
    expect(await mine.take()).toBe(false);
  });

  test('runs out when its holder is gone', async () => {
    const name = uniqueName('lease');
    expect(await new Lease(one, name, 'gone', 200).take()).toBe(true);
    const next = new Lease(two, name, 'next', 60_000);
    await eventually(() => next.take());
    expect(await new Lease(one, name, 'gone', 200).take()).toBe(false);
  });

  test('of one name says nothing of another', async () => {
    const [a, b] = [uniqueName('lease'), uniqueName('lease')];
    expect(await new Lease(one, a, 'x', 60_000).take()).toBe(true);
    expect(await new Lease(two, b, 'y', 60_000).take()).toBe(true);
  });
});
