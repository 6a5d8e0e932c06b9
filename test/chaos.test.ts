import { beforeAll, expect, test } from '@jest/globals';
import { chaos, type ChaosResult } from '../tools/chaos/chaos.ts';

/* The short run of `npm run chaos`: the same, with fewer submissions and more accidents for each. */

const operations = 80;
let result: ChaosResult;
const log: string[] = [];

beforeAll(async () => {
  result = await chaos({
    operations,
    clients: 8,
    pause: 1500,
    failPoints: [
      'aggregate.after-write=0.01',
      'relay.before-publish=0.02',
      'relay.before-removal=0.02',
      'submission.before-registration=0.02',
      'mail.before-send=0.01',
      'mail.after-send=0.01',
    ].join(),
    log: (line) => log.push(line),
  });
}, 300_000);

test('while parts are killed again and again, what was acknowledged stays, once and whole', () => {
  const { lost, doubled, phantom, missing, brokenChains } = result;
  expect(result.operations).toBe(operations);
  const isFlawless = lost + doubled + phantom + missing + brokenChains === 0;
  // What went before says more than the number that is not 0.
  expect({ lost, doubled, phantom, missing, brokenChains, log: isFlawless ? [] : log }).toEqual({
    lost: 0,
    doubled: 0,
    phantom: 0,
    missing: 0,
    brokenChains: 0,
    log: [],
  });
});

test('parts were killed', () => {
  expect(result.kills).toBeGreaterThan(0);
});
