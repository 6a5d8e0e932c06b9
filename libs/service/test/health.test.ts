import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from '@jest/globals';
import { checkout } from '#libs/embedded';
import { answerHealth, type Health, type HealthPort } from '../src/health.ts';

const run = promisify(execFile);
let port: HealthPort | undefined;
afterEach(() => port?.close());

/** What the container's own check makes of it: undefined when it is well, else the exit code. */
async function check(address = port?.port): Promise<number | undefined> {
  const env = { PATH: process.env['PATH'], INSATS_SERVICE: 'plans', HEALTH_PORT: String(address) };
  try {
    await run(process.execPath, [join(checkout, 'deploy', 'healthcheck.mjs')], { env });
    return undefined;
  } catch (error) {
    return (error as { code: number }).code;
  }
}

test('a service is well while all that it needs is up', async () => {
  let parts: () => Promise<Health> = async () => ({ database: 'up', bus: 'up' });
  port = await answerHealth(0, () => parts());
  const answer = await fetch(`http://127.0.0.1:${port.port}/`);
  expect([answer.status, await answer.json()]).toEqual([200, { parts: { database: 'up', bus: 'up' } }]);
  expect(await check()).toBeUndefined();
  parts = async () => ({ database: 'down', bus: 'up' });
  expect(await check()).toBe(1);
  parts = () => Promise.reject(new Error('of the driver, at mongodb://db'));
  const failed = await fetch(`http://127.0.0.1:${port.port}/`);
  expect([failed.status, await failed.json()]).toEqual([503, { parts: { service: 'down' } }]);
});

test('a service that does not answer is not well', async () => {
  port = await answerHealth(0, async () => ({ bus: 'up' }));
  const address = port.port;
  await port.close();
  expect(await check(address)).toBe(1);
});

test('a port that is taken is a fault at the start', async () => {
  port = await answerHealth(0, async () => ({}));
  await expect(answerHealth(port.port, async () => ({}))).rejects.toThrow(/EADDRINUSE/);
});
