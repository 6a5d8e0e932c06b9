import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const keyBytes = 32;
const fileName = 'demo-session-key';

/** Keys as configured: base64url of 32 bytes each, apart by spaces, commas or lines. Undefined if any is not. */
export function parseSessionKeys(text: string): Uint8Array[] | undefined {
  const keys = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map((part) => (/^[A-Za-z0-9_-]{43}=?$/.test(part) ? Buffer.from(part, 'base64url') : undefined));
  return keys.length > 0 && keys.every((key) => key?.length === keyBytes) ? (keys as Buffer[]) : undefined;
}

/** The demonstration's key, kept in the data folder so that sessions outlive a restart. */
export function demoSessionKeys(home: string): Uint8Array[] {
  const file = join(home, fileName);
  const kept = readKeys(file);
  if (kept) return kept;
  mkdirSync(home, { recursive: true });
  const key = randomBytes(keyBytes);
  // Renamed into place: whoever starts meanwhile sees a whole key or none.
  writeFileSync(`${file}.${process.pid}`, key.toString('base64url'), { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
  return [key];
}

function readKeys(file: string): Uint8Array[] | undefined {
  try {
    return parseSessionKeys(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
