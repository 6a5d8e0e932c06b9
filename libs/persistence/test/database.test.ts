import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import { freePort, startDatabase, type DatabaseHandle } from '#libs/embedded';
import { connectDatabase, JournalStore } from '#libs/persistence';
import { eventually } from '#libs/testing';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'insats-database-'));
let server: DatabaseHandle | undefined;

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a database that is not there yet is waited for', async () => {
  const waits: unknown[] = [];
  let up = false;
  server = await startDatabase({ folder });
  await server.stop();
  const connecting = connectDatabase({
    url: server.url,
    prefix: 'insats',
    service: 'plans',
    onWaiting: (error) => waits.push(error),
  }).finally(() => (up = true));
  await eventually(() => waits.length > 0);
  expect(up).toBe(false);
  await server.restart();
  const database = await connecting;
  try {
    expect(await database.isUp()).toBe(true);
    expect(database.connection.db?.databaseName).toBe('insats_plans');

    // One that goes away is told of in time for an answer of 503, and comes back by itself.
    await server.kill();
    expect(await database.isUp()).toBe(false);
    const asked = performance.now();
    await expect(new JournalStore(database.connection).chainOf('x')).rejects.toThrow(
      /connect|closed|server|topology|socket/i,
    );
    expect(performance.now() - asked).toBeLessThan(3000);
    await server.restart();
    await eventually(() => database.isUp());
    expect(await new JournalStore(database.connection).chainOf('x')).toEqual([]);
  } finally {
    await database.close();
  }
});

test('an address where nobody answers is not an error but a wait', async () => {
  let waits = 0;
  const abandoned = connectDatabase({
    url: `mongodb://127.0.0.1:${await freePort()}`,
    prefix: 'insats',
    service: 'plans',
    onWaiting: () => {
      waits += 1;
      // Ends this test's wait: nothing else would.
      if (waits === 2) throw new Error('enough');
    },
  });
  await expect(abandoned).rejects.toThrow('enough');
});
