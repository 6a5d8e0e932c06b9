import { isUtf8 } from 'node:buffer';
import { DomainError, pointerOf } from '#libs/contracts';

export const bodyLimit = 1024 * 1024;
export const depthLimit = 20;

export interface JsonBody {
  /** Undefined for an empty body. */
  readonly value: unknown;
  /** Pointers of keys named `__proto__`, which would be a trap for careless code further in. */
  readonly poisoned: readonly string[];
}

/** Reads a JSON text (RFC 8259). Errors: `malformed-json` (400), `too-deep` (422). */
export function parseJsonBody(bytes: Buffer): JsonBody {
  if (bytes.length === 0) return { value: undefined, poisoned: [] };
  if (!isUtf8(bytes)) throw new DomainError('malformed-json');
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    // So deep that not even the parser can follow.
    if (error instanceof RangeError) throw new DomainError('too-deep', { params: { limit: depthLimit } });
    throw new DomainError('malformed-json');
  }
  const poisoned: string[] = [];
  walk(value, 1, [], poisoned);
  return { value, poisoned };
}

/** Never goes deeper than the limit, so that no input can exhaust the stack. */
function walk(value: unknown, depth: number, path: PropertyKey[], poisoned: string[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > depthLimit) throw new DomainError('too-deep', { params: { limit: depthLimit } });
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const item: unknown = value[index];
      if (typeof item === 'object' && item !== null) walk(item, depth + 1, [...path, index], poisoned);
    }
    return;
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') poisoned.push(pointerOf([...path, key]));
    const item: unknown = (value as Record<string, unknown>)[key];
    if (typeof item === 'object' && item !== null) walk(item, depth + 1, [...path, key], poisoned);
  }
}
