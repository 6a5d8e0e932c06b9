import { beforeAll, expect, jest, test } from '@jest/globals';
import { type ServerHandle } from '#libs/embedded';
import { SharedMarks, type Bus } from '#libs/messaging';
import { eventually, uniqueName } from '#libs/testing';
import { afterThisTest, connectedBus, ownNats, upTo } from './support.ts';

jest.setTimeout(60_000);

const hour = 3_600_000;
let nats: ServerHandle;

beforeAll(async () => {
  nats = await ownNats();
});

async function opened(bus: Bus, bucket: string, ttl = hour): Promise<SharedMarks> {
  const marks = await SharedMarks.open(bus, { bucket, ttl });
  afterThisTest(() => marks.close());
  return marks;
}

async function replicas(bucket = uniqueName('marks')): Promise<[SharedMarks, SharedMarks, Bus]> {
  const [one, other] = await Promise.all([connectedBus(nats.url), connectedBus(nats.url)]);
  return [await opened(one, bucket), await opened(other, bucket), one];
}

test('what one replica marks the others know, and nothing else', async () => {
  const [one, other] = await replicas();
  await one.set('sid.a', '7');
  expect(one.get('sid.a')).toBe('7');
  await eventually(() => other.get('sid.a') === '7', 2000);
  expect(other.get('sid.b')).toBeUndefined();
});

test('a replica that starts later knows everything marked before, before it is said to be open', async () => {
  const bucket = uniqueName('marks');
  const [one, , bus] = await replicas(bucket);
  await Promise.all(upTo(300).map((n) => one.set(`sid.${n}`, String(n))));
  const late = await opened(bus, bucket);
  expect(upTo(300).map((n) => late.get(`sid.${n}`))).toEqual(upTo(300).map(String));
});

test('a mark runs out, for all and for those that start later', async () => {
  const bucket = uniqueName('marks');
  const bus = await connectedBus(nats.url);
  const marks = await opened(bus, bucket, 1000);
  await marks.set('sid.a', '1');
  expect(marks.get('sid.a')).toBe('1');
  await eventually(() => marks.get('sid.a') === undefined, 5000);
  await eventually(async () => (await opened(bus, bucket, 1000)).get('sid.a') === undefined);
});

test('a longer age counts for a bucket that was made with a shorter one', async () => {
  const bucket = uniqueName('marks');
  const bus = await connectedBus(nats.url);
  await opened(bus, bucket, 60_000);
  await opened(bus, bucket, hour);
  const { config } = await (await bus.manager()).streams.info(`KV_${bucket}`);
  expect(config.max_age).toBe(hour * 1_000_000);
});

test('of several who want to take the same step at the same moment, one does', async () => {
  const [one, other] = await replicas();
  for (const value of upTo(20).map(String)) {
    const known = one.get('gen.a');
    await eventually(() => other.get('gen.a') === known, 2000);
    const won = await Promise.all(
      [one, other, one, other].map((marks, n) => marks.replace('gen.a', `${value}-${n}`)),
    );
    const winners = won.flatMap((has, n) => (has ? [`${value}-${n}`] : []));
    expect(winners).toHaveLength(1);
    await eventually(() => [one, other].every((marks) => marks.get('gen.a') === winners[0]), 2000);
  }
});

test('a replica that starts later takes the next step where the others left off', async () => {
  const bucket = uniqueName('marks');
  const [one, , bus] = await replicas(bucket);
  expect(await one.replace('gen.a', '1')).toBe(true);
  const late = await opened(bus, bucket);
  expect(await late.replace('gen.a', '2')).toBe(true);
  await eventually(() => one.get('gen.a') === '2', 2000);
  expect(await one.replace('gen.a', '3')).toBe(true);
});

test('a step that nobody can be told of is not taken', async () => {
  const [one] = await replicas();
  expect(await one.replace('gen.a', '1')).toBe(true);
  await nats.stop();
  await expect(one.replace('gen.a', '2')).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(one.get('gen.a')).toBe('1');
  await nats.restart();
});

test('a killed server loses no mark, and the replicas hear of later ones', async () => {
  const [one, other] = await replicas();
  await one.set('sid.before', '1');
  await nats.restart();
  await eventually(() => one.set('sid.after', '2').then(() => true));
  await eventually(() => other.get('sid.after') === '2');
  expect(other.get('sid.before')).toBe('1');
});

test('where an administrator makes the buckets, one that is there is used, and one that is not is not made', async () => {
  const bucket = uniqueName('marks');
  const bus = { ...(await connectedBus(nats.url)), isProvisioned: true };
  await expect(SharedMarks.open(bus, { bucket, ttl: hour })).rejects.toThrow('stream not found');
  await (await opened({ ...bus, isProvisioned: false }, bucket)).set('sid.a', '1');
  expect((await opened(bus, bucket)).get('sid.a')).toBe('1');
});

test('a bucket that keeps marks longer than they count does not make them count longer', async () => {
  const bucket = uniqueName('marks');
  const bus = await connectedBus(nats.url);
  await (await opened(bus, bucket)).set('sid.a', '1');
  const provisioned = { ...bus, isProvisioned: true };
  expect((await opened(provisioned, bucket, hour)).get('sid.a')).toBe('1');
  const marks = await opened(provisioned, bucket, 20);
  await eventually(() => marks.get('sid.a') === undefined, 2000);
});
