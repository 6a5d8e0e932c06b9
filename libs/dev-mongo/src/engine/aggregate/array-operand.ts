import { typeOf } from '../bson-types.ts';
import { mongoError } from '../errors.ts';
import type { Value } from '../types.ts';

/** An operand that must be an array. */
export function asArray(name: string, value: Value, code: number): Value[] {
  if (!Array.isArray(value))
    throw mongoError(code, `${name} requires an array argument, found: ${typeOf(value)}`);
  return value as Value[];
}
