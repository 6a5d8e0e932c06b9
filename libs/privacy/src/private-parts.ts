import { isPlain, placesOf } from './places.ts';

/** What makes a private part of the journal concern people. */
export interface Concern {
  /** Personal paths of the aggregate's state. */
  readonly paths: readonly string[];
  /** Texts that are taken out of the state. */
  readonly removed: readonly string[];
  /** Types of events whose private part is about people as a whole. */
  readonly types?: ReadonlySet<string> | undefined;
}

interface Sealed {
  readonly type: string;
  readonly private: { readonly data: Record<string, unknown> } | null;
}

/**
 * Must the private part of the event be blanked? A private part is sealed as a whole, so one personal value
 * in it takes it all. It holds one when a personal path leads to something from any object in it (what a
 * thing was before and after), or when a text stands in it that is taken out of the state.
 */
export function concernsPeople(event: Sealed, { paths, removed, types }: Concern): boolean {
  if (!event.private) return false;
  if (types?.has(event.type)) return true;
  const texts = new Set(removed);
  return someObject(
    event.private.data,
    (object) =>
      Object.values(object).some((value) => typeof value === 'string' && texts.has(value)) ||
      paths.some((path) => placesOf(object, path).some(({ value }) => value !== '')),
  );
}

function someObject(value: unknown, holds: (object: Record<string, unknown>) => boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => someObject(item, holds));
  if (!isPlain(value)) return false;
  return holds(value) || Object.values(value).some((inner) => someObject(inner, holds));
}
