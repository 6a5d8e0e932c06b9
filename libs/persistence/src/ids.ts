import { createHash } from 'node:crypto';
import { uuidv7 } from 'uuidv7';

/** A new identifier, ordered by time so that new documents lie together in the index. */
export function newId(): string {
  return uuidv7();
}

/**
 * The identifier that follows from who creates what under which key: a repeated create meets the
 * document it made before, without a store of keys. Shaped as a UUID version 8 (RFC 9562).
 */
export function derivedId(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
