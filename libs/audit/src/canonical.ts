import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * The canonical form of a JSON value (RFC 8785), the same in every implementation that verifies.
 *
 * @throws {TypeError | Error} for what is no JSON value, such as not-a-number or half a surrogate pair
 */
export function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('only a JSON value has a canonical form');
  return text;
}

/** SHA-256 of the text in UTF-8, as 64 hexadecimal digits. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
