import { randomBytes } from 'node:crypto';
import { documentHashOf, type DocumentHashes } from '#libs/audit';

/** A state with what its hash is salted with. */
interface Salted {
  /** Undefined: it has none, so nothing in the chain speaks of it. */
  readonly salt: string | undefined;
  readonly state: object;
}

/** @param derived fields that are left out, since they change without an event */
export function hashOfState({ salt, state }: Salted, derived: readonly string[]): string | null {
  return salt === undefined ? null : hashOf(salt, state, derived);
}

/** What a change found and what it leaves, and the salt that the document has to keep with it. */
export function documentHashes(
  found: Salted,
  left: object,
  derived: readonly string[],
): { salt: string; hashes: DocumentHashes } {
  const salt = randomBytes(16).toString('hex');
  const before = hashOfState(found, derived);
  return { salt, hashes: { before, after: hashOf(salt, left, derived) } };
}

function hashOf(salt: string, state: object, derived: readonly string[]): string {
  const content: Record<string, unknown> = { ...state };
  for (const name of derived) delete content[name];
  try {
    return documentHashOf(salt, content);
  } catch {
    // Not-a-number and the like, which somebody else may have put into the database: as JSON has them.
    return documentHashOf(salt, JSON.parse(JSON.stringify(content)));
  }
}
