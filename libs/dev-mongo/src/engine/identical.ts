import type { Decimal128 } from 'bson';

import { asPlain, typeOf } from './bson-types.ts';
import { toDouble } from './numbers.ts';
import type { Document, Value } from './types.ts';
import { compare } from './values.ts';

/** True when two values are stored alike, types included: the update that makes one of the other is none. */
export function identical(a: Value, b: Value): boolean {
  if (a === b) return true;
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  switch (type) {
    case 'array': {
      const left = a as Value[];
      const right = b as Value[];
      return left.length === right.length && left.every((item, index) => identical(item, right[index]));
    }
    case 'object': {
      const left = asPlain(a as Document);
      const right = asPlain(b as Document);
      const names = Object.keys(left);
      const others = Object.keys(right);
      return (
        names.length === others.length &&
        names.every((name, index) => name === others[index] && identical(left[name], right[name]))
      );
    }
    case 'double':
      return Object.is(toDouble(a), toDouble(b));
    case 'decimal':
      return Buffer.compare((a as Decimal128).bytes, (b as Decimal128).bytes) === 0;
    default:
      return compare(a, b) === 0;
  }
}
