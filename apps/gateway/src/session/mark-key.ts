import { createHash } from 'node:crypto';

/**
 * Under which key the gateways tell each other something of a session (`sid`, and its cookies: `gen`), of the
 * provider's (`psid`), of a person (`sub`) or of an order (`jti`). These may be personal and may hold any
 * character: only their hash goes into the store.
 */
export function markKey(kind: 'sid' | 'gen' | 'psid' | 'sub' | 'jti', value: string): string {
  return `${kind}.${createHash('sha256').update(value).digest('base64url')}`;
}
