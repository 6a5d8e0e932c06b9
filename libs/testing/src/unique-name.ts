import { randomBytes } from 'node:crypto';

/** A name that no other test uses, fit for databases, streams and subjects: `prefix_` and eight hex digits. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${randomBytes(4).toString('hex')}`;
}
