import { Decimal128, deserialize, Double, EJSON, Int32, Long, ObjectId, serialize } from 'bson';

import { MongoError } from './errors.ts';
import type { Document, Value } from './types.ts';

// Helpers of the specs. In their tables a plain 5 is an int and a plain 0.5 a double, as the driver
// sends them; other types are spelled out.

export const int = (value: number): Int32 => new Int32(value);
export const double = (value: number): Double => new Double(value);
export const long = (value: bigint | number): Long => Long.fromBigInt(BigInt(value));
export const decimal = (text: string): Decimal128 => Decimal128.fromString(text);
export const id = (digit: string): ObjectId => new ObjectId(digit.repeat(24));
export const day = (text: string): Date => new Date(text);

/** The document as storage holds it: through BSON, without promotion. */
export function stored<T extends Document = Document>(doc: T): T {
  return deserialize(serialize(doc), {
    promoteValues: false,
    promoteBuffers: false,
    bsonRegExp: true,
  }) as T;
}

/** A value with all its types, for comparing results exactly, order of fields included. */
export function typed(value: Value): string {
  return EJSON.stringify({ value }, { relaxed: false });
}

/** Code of the MongoDB error that a function raises, undefined when it raises none. */
export function errorCode(run: () => unknown): number | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof MongoError) return error.code;
    throw error;
  }
}
