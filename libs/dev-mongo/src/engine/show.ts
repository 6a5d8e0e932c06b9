import { asPlain, typeOf } from './bson-types.ts';
import type { Document, Value } from './types.ts';

/** A short text of a value for error messages, cut so that a large document does not fill the reply. */
export function show(value: Value): string {
  const text = describe(value, 0);
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}

function describe(value: Value, depth: number): string {
  switch (typeOf(value)) {
    case 'string':
      return JSON.stringify(value);
    case 'array':
      if (depth > 3) return '[...]';
      return `[ ${(value as Value[])
        .slice(0, 20)
        .map((item) => describe(item, depth + 1))
        .join(', ')} ]`;
    case 'object': {
      if (depth > 3) return '{...}';
      const doc = asPlain(value as Document);
      const fields = Object.keys(doc).slice(0, 20);
      return `{ ${fields.map((name) => `${name}: ${describe(doc[name], depth + 1)}`).join(', ')} }`;
    }
    case 'objectId':
      return `ObjectId('${String(value)}')`;
    case 'date':
      return `new Date(${(value as Date).getTime()})`;
    case 'minKey':
      return 'MinKey';
    case 'maxKey':
      return 'MaxKey';
    case 'binData':
      return 'BinData(...)';
    case 'missing':
      return 'missing';
    default:
      return String(value);
  }
}
