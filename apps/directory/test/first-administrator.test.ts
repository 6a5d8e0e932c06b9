import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { resolveActor, serviceActor } from '#libs/contracts';
import { connectTestBus, startTestProduct, type TestBus } from '#libs/testing';

// As an installation begins: nothing is loaded, and nobody is known.
let product: Awaited<ReturnType<typeof startTestProduct>>;
let gateway: TestBus;
const named = { subject: 'siv', name: 'Siv Alm', email: 'siv.alm@region.example' };

beforeAll(async () => {
  product = await startTestProduct({
    services: ['directory'],
    sharedDatabase: false,
    env: { INSATS_MODE: 'production', FIRST_ADMINISTRATOR: JSON.stringify(named) },
  });
  gateway = await connectTestBus(product);
}, 120_000);

afterAll(async () => {
  await gateway?.close();
  await product?.stop();
}, 30_000);

test('an empty installation knows the administrator it was told of, and nobody else', async () => {
  const asking = (subject: string) =>
    gateway.client.ask(resolveActor, { subject }, { actor: serviceActor('gateway') });
  expect(await asking('siv')).toMatchObject({
    actor: { id: 'siv', assignments: [{ role: 'administrator' }] },
  });
  expect(await asking('kansli-sydost')).toEqual({ actor: null });
});
