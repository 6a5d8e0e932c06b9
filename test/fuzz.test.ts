import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { fuzz, type FuzzResult } from '../tools/fuzz/fuzz.ts';
import { startFuzzedProduct } from '../tools/fuzz/fuzzed-product.ts';
import { grew } from '../tools/fuzz/memory.ts';

/* The short run of `npm run fuzz`: the same requests, fewer of them; another seed each time, told when it fails. */

// A busy machine is no fault of the product's.
jest.setTimeout(240_000);

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
let product: Awaited<ReturnType<typeof startFuzzedProduct>>;
let result: FuzzResult;

beforeAll(async () => {
  product = await startFuzzedProduct();
  result = await fuzz(product, { requests: 1000, seed, clients: 8, boundMs: 20_000 });
}, 480_000);

afterAll(() => product?.stop(), 30_000);

test('every answer has a status that is described and a body that fits, and none is a fault of ours', () => {
  expect({ seed, findings: result.findings }).toEqual({ seed, findings: [] });
});

test('every operation succeeds, so that what it then does and answers is tried as well', () => {
  const refusals = result.successes.filter(({ operation }) => result.neverSucceeded.includes(operation));
  expect({ seed, refusals }).toEqual({ seed, refusals: [] });
});

test('requests are asked in every manner, and some of each kind of answer come', () => {
  for (const count of Object.values(result.manners)) expect(count).toBeGreaterThan(0);
  for (const status of [200, 201, 403, 404, 422]) expect(result.statuses[status]).toBeGreaterThan(0);
});

test('the memory of the gateway and of the services stays as it is', () => {
  // Nothing on a system that does not tell.
  expect(Object.entries(result.memory).filter(([, growth]) => grew(growth))).toEqual([]);
});
