import { isPlain, joined, parentOf, placesOf, valueAt } from './places.ts';

/** Whom data are looked for about. Names are not looked for: two people may share one. */
export interface Sought {
  /** Subject at the identity provider and id in the directory. */
  readonly ids: readonly string[];
  /** Addresses; upper and lower case are the same mailbox in practice. */
  readonly emails: readonly string[];
}

/** Something held about the person: a value, and where it lies. The empty path: all of it. */
export interface Finding {
  readonly path: string;
  readonly value: unknown;
}

/** Is this value the person's id or address, to the letter? */
export type Match = (value: unknown) => boolean;

export function matchOf({ ids, emails }: Sought): Match {
  const identities = new Set(ids);
  const mailboxes = new Set(emails.map((email) => email.toLowerCase()));
  return (value) =>
    typeof value === 'string' && (identities.has(value) || mailboxes.has(value.toLowerCase()));
}

/**
 * What a state holds about the person. Where the person stands in an object of its own (a contact, an
 * assessment), that object is the finding, since all in it is about the person; others' objects are left
 * alone, and so is everything else in the state.
 */
export function findingsIn(state: object, paths: readonly string[], matches: Match): Finding[] {
  const found = new Map<string, unknown>();
  for (const place of paths.flatMap((path) => placesOf(state, path))) {
    if (!matches(place.value)) continue;
    const parent = parentOf(place.path);
    const around = valueAt(state, parent);
    // In a list of plain texts the neighbours are other people.
    if (parent === '' || Array.isArray(around)) found.set(place.path, place.value);
    else found.set(parent, around);
    // At the top, name and address of the same person lie side by side.
    if (parent !== '') continue;
    for (const path of paths.filter((each) => !each.includes('.'))) {
      for (const sibling of placesOf(state, path)) found.set(sibling.path, sibling.value);
    }
  }
  return sorted(found);
}

/**
 * The same in something whose form nobody declared, such as the private part of an event. At its top only
 * plain values are the person's; what lies deeper may be somebody else's.
 */
export function mentionsIn(data: Record<string, unknown>, matches: Match): Finding[] {
  const found = new Map<string, unknown>();
  const look = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        if (matches(item)) found.set(joined(path, String(index)), item);
        else look(item, joined(path, String(index)));
      }
      return;
    }
    if (!isPlain(value)) return;
    const members = Object.entries(value);
    if (members.some(([, inner]) => matches(inner))) {
      if (path !== '') {
        found.set(path, value);
        return;
      }
      for (const [name, inner] of members) if (isText(inner)) found.set(name, inner);
    }
    for (const [name, inner] of members) look(inner, joined(path, name));
  };
  look(data, '');
  return sorted(found);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function sorted(found: ReadonlyMap<string, unknown>): Finding[] {
  return [...found]
    .map(([path, value]) => ({ path, value }))
    .toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
