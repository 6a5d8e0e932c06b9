import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Connection } from 'mongoose';
import { newId, NumberRegister } from '#libs/persistence';
import { connected, upTo } from './support.ts';

jest.setTimeout(60_000);

let connections: [Connection, Connection];
const replicas = (name: string): [NumberRegister, NumberRegister] => [
  new NumberRegister(connections[0], name),
  new NumberRegister(connections[1], name),
];

beforeAll(async () => {
  connections = [await connected(), await connected()];
});

const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

describe('numbers', () => {
  test('asked for by 200 at once over two replicas, in two series, come without gap or double', async () => {
    const [one, two] = replicas('references');
    await Promise.all([one.prepare(), two.prepare()]);
    const asked = upTo(200).map((n) => ({
      id: newId(),
      series: n % 4 === 0 ? 'NORR-2026' : 'SYDOST-2026',
      replica: n % 2 ? one : two,
    }));
    const given = await Promise.all(asked.map(({ id, series, replica }) => replica.numberFor(series, id)));
    const of = (series: string) => given.filter((_number, index) => asked[index]?.series === series);
    expect(sorted(of('SYDOST-2026'))).toEqual(upTo(150));
    expect(sorted(of('NORR-2026'))).toEqual(upTo(50));

    // Asked again, of the other replica and all at once: the same numbers.
    const again = await Promise.all(
      asked.map(({ id, series, replica }) => (replica === one ? two : one).numberFor(series, id)),
    );
    expect(again).toEqual(given);

    // And of a replica that starts anew, beside newcomers.
    const [third] = replicas('references');
    const mixed = await Promise.all([
      third.numberFor('SYDOST-2026', asked[0]?.id ?? ''),
      third.numberFor('SYDOST-2026', newId()),
      third.numberFor('SYDOST-2026', asked[1]?.id ?? ''),
      one.numberFor('SYDOST-2026', newId()),
    ]);
    expect([mixed[0], mixed[2]]).toEqual([given[0], given[1]]);
    expect(sorted([mixed[1], mixed[3]])).toEqual([151, 152]);
  });

  test('asked for many times at once by one aggregate are one number', async () => {
    const [one, two] = replicas('repeats');
    await one.prepare();
    const id = newId();
    const numbers = await Promise.all(upTo(30).map((n) => (n % 2 ? one : two).numberFor('s', id)));
    expect(new Set(numbers)).toEqual(new Set([1]));
    expect(await two.numberFor('s', newId())).toBe(2);
  });

  test('go on after a write that failed: who was refused asks again and no number is lost', async () => {
    const [one] = replicas('outage');
    await one.prepare();
    const ids = upTo(5).map(() => newId());
    const collection = connections[0].collection('outage');
    const insertMany = collection.insertMany.bind(collection);
    let writes = 0;
    // The second write breaks off after two of its four were entered, as when the server goes away.
    collection.insertMany = async (entries: object[]) => {
      writes += 1;
      if (writes !== 2) return insertMany(entries);
      await insertMany(entries.slice(0, 2));
      throw new Error('connection lost');
    };
    const first = await Promise.allSettled(ids.map((id) => one.numberFor('s', id)));
    expect(first.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      ...Array<string>(4).fill('rejected'),
    ]);
    const second = await Promise.all(ids.map((id) => one.numberFor('s', id)));
    expect(sorted(second)).toEqual(upTo(5));
  });
});
