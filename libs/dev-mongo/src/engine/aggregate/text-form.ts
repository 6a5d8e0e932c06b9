import type { ObjectId } from 'bson';

import { typeOf } from '../bson-types.ts';
import { mongoError, notSupported } from '../errors.ts';
import { toDouble } from '../numbers.ts';
import type { Value } from '../types.ts';

/**
 * The text that `$toString` makes. Doubles whose text depends on the server's version (17 digits,
 * exponents) are refused.
 */
export function textForm(value: Value): string {
  const type = typeOf(value);
  switch (type) {
    case 'string':
      return value as string;
    case 'bool':
      return String(value);
    case 'int':
      return String(toDouble(value));
    case 'long':
    case 'decimal':
    case 'symbol':
      return String(value);
    case 'double':
      return doubleText(toDouble(value));
    case 'date':
      return (value as Date).toISOString();
    case 'objectId':
      return (value as ObjectId).toHexString();
    default:
      throw mongoError(
        241,
        `Unsupported conversion from ${type} to string in $convert with no onError value`,
      );
  }
}

function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const text = String(value);
  const digits = text.replace(/^-?0*\.?0*/, '').replace('.', '');
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e16 || digits.length > 16) throw notSupported(`the text of the double ${text}`);
  return text;
}
