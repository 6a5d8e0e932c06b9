import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * The canonical form of a JSON value (RFC 8785), the same in every implementation that verifies. As in JSON, dates
 * are texts, and what is undefined is left out.
 *
 * The form is what JSON.stringify writes when all keys are in order, so the engine's own writer does it
 * wherever it can, at about half the library's cost; what is out of the ordinary goes to the library.
 *
 * @throws {TypeError | Error} for what is no JSON value, such as not-a-number or half a surrogate pair
 */
export function canonical(value: unknown): string {
  const inOrder = ordered(value);
  const text = inOrder === extraordinary ? canonicalize(value) : JSON.stringify(inOrder);
  if (text === undefined) throw new TypeError('only a JSON value has a canonical form');
  return text;
}

/** SHA-256 of the text in UTF-8, as 64 hexadecimal digits. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

const extraordinary = Symbol('for the library');

/** Keys that a JavaScript object does not keep where they are put. */
const unruly = /^(?:\d+|__proto__|toJSON)$/;

/** The same value with its keys in order; itself when they are. */
function ordered(value: unknown): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.isWellFormed() ? value : extraordinary;
  if (typeof value === 'number') return Number.isFinite(value) ? value : extraordinary;
  if (Array.isArray(value)) return orderedList(value);
  if (value instanceof Date) return value.toJSON();
  // Nothing but plain objects: what else there is may have a form of its own.
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return extraordinary;
  return orderedObject(value as Record<string, unknown>);
}

function orderedList(list: readonly unknown[]): unknown {
  const items: unknown[] = [];
  let same = true;
  for (const item of list) {
    const inOrder = item === undefined ? null : ordered(item);
    if (inOrder === extraordinary) return extraordinary;
    if (inOrder !== item) same = false;
    items.push(inOrder);
  }
  return same ? list : items;
}

function orderedObject(object: Record<string, unknown>): unknown {
  const keys = Object.keys(object);
  let same = true;
  let last = '';
  for (const key of keys) {
    if (unruly.test(key) || !key.isWellFormed()) return extraordinary;
    if (key < last) same = false;
    last = key;
  }
  if (!same) keys.sort();
  const values: unknown[] = [];
  for (const key of keys) {
    // Left out by the engine's writer, as by the library.
    const inOrder = object[key] === undefined ? undefined : ordered(object[key]);
    if (inOrder === extraordinary) return extraordinary;
    if (inOrder !== object[key]) same = false;
    values.push(inOrder);
  }
  if (same) return object;
  const result: Record<string, unknown> = {};
  for (const [index, key] of keys.entries()) result[key] = values[index];
  return result;
}
