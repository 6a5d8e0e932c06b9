import { expect, test } from '@jest/globals';
import { z } from 'zod';
import * as everything from './index.ts';
import { type Endpoint } from './endpoint.ts';

const endpoints = Object.values(everything)
  .flatMap((value: unknown) =>
    typeof value === 'object' && value !== null && !('method' in value) ? Object.values(value) : [value],
  )
  .filter(
    (value): value is Endpoint =>
      typeof value === 'object' && value !== null && 'method' in value && 'reply' in value,
  );

/** Whoever asks is told of nobody but oneself. */
const ofOneself = new Set(['/me', '/me/personal-data']);

/** Whether any field of the schema, however deep, is marked as personal. */
function isPersonal(schema: z.ZodType): boolean {
  const described = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'output', unrepresentable: 'any' });
  return JSON.stringify(described).includes('"personal":true');
}

test('a marked field is found however deep it lies', () => {
  const deep = z.strictObject({ items: z.array(z.union([z.null(), z.strictObject({ name: z.string() })])) });
  const marked = z.strictObject({
    items: z.array(z.union([z.null(), z.strictObject({ name: z.string().meta({ personal: true }) })])),
  });
  expect([isPersonal(deep), isPersonal(marked)]).toEqual([false, true]);
});

test('every reading that tells of people goes into the access log, and no other', () => {
  const readings = endpoints.filter(({ method, path }) => method === 'GET' && !ofOneself.has(path));
  expect(readings.length).toBeGreaterThan(20);
  const wrong = readings.filter((contract) => contract.readsPersonalData !== isPersonal(contract.reply));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});
