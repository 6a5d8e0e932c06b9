import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiAnswer } from '#libs/testing';

type Body = ApiAnswer['body'];

const checkout = join(import.meta.dirname, '../../..');

/** Real plan files lie beside the checkout where the work on them is done; they are not ours to publish. */
const sharedData = join(checkout, '../shared/data');
export const hasSharedData = existsSync(join(sharedData, 'plan-norr-2024.json'));

/** Said in the names of the tests that need them. */
export const sharedRemark = hasSharedData ? '' : ' (../shared is not there: skipped)';

export function sharedPlan(name: 'plan-norr-2024' | 'plan-sydost-2025'): Body {
  return JSON.parse(readFileSync(join(sharedData, `${name}.json`), 'utf8'));
}

/** Every string that is a value somewhere in it. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(stringsIn);
  return [];
}
