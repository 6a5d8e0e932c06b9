import { expect, test } from '@jest/globals';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { startNats } from '#libs/embedded';
import { afterThisTest, isAlive, temporaryFolder } from './temporary.ts';

async function startedIn(folder: string) {
  const nats = await startNats({ folder });
  afterThisTest(() => nats.stop());
  return nats;
}

async function connected(url: string) {
  const connection = await connect({ servers: url, reconnectTimeWait: 50 });
  afterThisTest(() => connection.close());
  return connection;
}

test('an acknowledged message outlives a kill -9, and the server comes back on the same port', async () => {
  const nats = await startedIn(temporaryFolder());
  const connection = await connected(nats.url);
  const manager = await jetstreamManager(connection, { timeout: 1_000 });
  await manager.streams.add({ name: 'kept', subjects: ['kept.>'] });
  await jetstream(connection).publish('kept.one', 'ett');
  const before = nats.pid;

  await nats.kill();
  expect(nats.pid).toBeUndefined();
  await nats.restart();

  expect(nats.pid).not.toBe(before);
  // The same client, over the same url, reconnects by itself. A request of the moments before is lost.
  const info = await manager.streams.info('kept').catch(() => manager.streams.info('kept'));
  expect(info.state.messages).toBe(1);
});

test('a message larger than NATS allows by default fits', async () => {
  const nats = await startedIn(temporaryFolder());
  const connection = await connected(nats.url);
  expect(connection.info?.max_payload).toBe(4 * 1024 * 1024);
  expect(connection.info?.jetstream).toBe(true);
});

test('it listens on loopback alone and ends when stopped', async () => {
  const nats = await startedIn(temporaryFolder());
  expect(nats.url).toMatch(/^nats:\/\/127\.0\.0\.1:\d+$/);
  const pid = nats.pid as number;
  expect(isAlive(pid)).toBe(true);
  await nats.stop();
  expect(isAlive(pid)).toBe(false);
});

test('several run side by side', async () => {
  const all = await Promise.all([1, 2, 3].map(() => startedIn(temporaryFolder())));
  expect(new Set(all.map(({ url }) => url)).size).toBe(3);
});

test('an external server is used as it is and refuses to be killed', async () => {
  const nats = await startNats({ folder: temporaryFolder(), url: 'nats://example.invalid:4222' });
  expect(nats.url).toBe('nats://example.invalid:4222');
  expect(nats.own).toBe(false);
  await expect(nats.kill()).rejects.toThrow('external');
});

test('a server that cannot start is reported with what it said', async () => {
  const starting = startNats({ folder: temporaryFolder(), extraConfig: 'nonsense {{{' });
  await expect(starting).rejects.toThrow(/nats avslutades vid start[\s\S]*Parse error/);
});
