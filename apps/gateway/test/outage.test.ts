import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { api, eventually, startTestProduct, type Api, type ApiAnswer, type ApiClient } from '#libs/testing';

let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let office: ApiClient;

beforeAll(async () => {
  product = await startTestProduct({ sharedDatabase: false });
  clients = api(product);
  office = clients.as('kansli-sydost');
  await office.token();
}, 120_000);

afterAll(() => product?.stop(), 30_000);

/** Stops a process where it stands: it holds its connections and answers nothing, which is the worst outage. */
async function whileFrozen(name: string, work: () => Promise<void>): Promise<void> {
  const pid = product.processes.get(name)?.pid;
  if (pid === undefined) throw new Error(`${name} does not run`);
  process.kill(pid, 'SIGSTOP');
  try {
    await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

async function expectUnavailable(ask: () => Promise<ApiAnswer>): Promise<void> {
  const started = performance.now();
  const answer = await ask();
  const took = performance.now() - started;
  expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 503, code: 'unavailable' });
  expect(answer.headers.get('content-type')).toMatch(/problem\+json/);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(took).toBeLessThan(3000);
}

const recovers = () => eventually(async () => (await office.get('/calls')).status === 200);

describe.each(['applications', 'directory', 'nats', 'mongo'])('while %s does not answer', (name) => {
  test('callers are told so within three seconds, and all goes on by itself afterwards', async () => {
    if (!product.processes.has(name)) return;
    await recovers();
    await whileFrozen(name, async () => {
      // Who a caller is may be known from a second ago.
      await eventually(async () => (await office.get('/calls')).status === 503);
      await expectUnavailable(() => office.get('/calls'));
      expect((await clients.anonymous.get('/health/ready')).status).toBe(503);
      expect((await clients.anonymous.get('/health/live')).status).toBe(200);
      expect((await clients.anonymous.get('/api-info')).status).toBe(200);
    });
    await recovers();
    await product.waitUntilReady();
  }, 60_000);
});

test('a killed service is told of at once, and is back by itself', async () => {
  await recovers();
  await product.processes.get('applications')?.kill('SIGKILL');
  await expectUnavailable(() => office.get('/calls'));
  await recovers();
}, 60_000);

test('a token outlives the gateway that gave it', async () => {
  const authorization = `Bearer ${await office.token()}`;
  await product.processes.get('gateway')?.kill('SIGKILL');
  const answer = await eventually(() => clients.anonymous.get('/me', { headers: { authorization } }));
  expect(answer.status).toBe(200);
  expect(answer.body.id).toBe('kansli-sydost');
}, 60_000);
