import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMeasureEndpoint, listMeasures } from '#libs/contracts';
import { actorWith, connectTestBus, startTestProduct, type BusCaller, type TestBus } from '#libs/testing';

const definition = {
  rcc: 'norr',
  title: 'Besök',
  kind: 'count',
  source: 'Egen räkning',
  direction: 'higher',
  periods: 'year',
};

let product: Awaited<ReturnType<typeof startTestProduct>>;
let bus: TestBus;
let norr: BusCaller;

beforeAll(async () => {
  product = await startTestProduct({ services: ['follow-ups'] });
  bus = await connectTestBus(product);
  norr = bus.as(actorWith('processLeader', { rcc: 'norr' }));
}, 120_000);

afterAll(async () => {
  await bus?.close();
  await product?.stop();
}, 60_000);

test('while plans is away a measure for a goal waits for another try, and one without a goal is made', async () => {
  const body = { ...definition, goal: { planId: 'p', goalId: 'g' } };
  const refusal = await norr.refusal(createMeasureEndpoint, { body });
  expect(refusal).toMatchObject({ code: 'unavailable', params: { seconds: expect.any(Number) } });
  expect((await norr.call(listMeasures)).body.page.total).toBe(0);

  const { body: made } = await norr.call(createMeasureEndpoint, { body: definition });
  expect(made).toMatchObject({ ...definition, goal: null, target: null });
});
