import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * What an Idempotency-Key was used with: SHA-256 of method, path and body in canonical JSON (RFC 8785),
 * so that the order of fields, spaces and escapes do not make another request of it.
 */
export function fingerprintOf(method: string, path: string, body: unknown): string {
  const text = canonicalize([method, path, body ?? {}]) ?? '';
  return createHash('sha256').update(text).digest('base64url');
}
