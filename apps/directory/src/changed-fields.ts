/** Names of the fields that a change gives another value, in alphabetical order. Values are plain data. */
export function changedFields<T extends object>(before: T, change: Partial<T>): (keyof T & string)[] {
  return (Object.keys(change) as (keyof T & string)[])
    .filter((name) => change[name] !== undefined && !sameData(before[name], change[name]))
    .toSorted();
}

/** The same fields of both, for the private part of an event: what it was and what it became. */
export function beforeAfter<T extends object>(
  fields: readonly (keyof T & string)[],
  before: T,
  after: T,
): { before: Partial<T>; after: Partial<T> } {
  const pick = (state: T) =>
    Object.fromEntries(fields.map((name) => [name, state[name]])) as unknown as Partial<T>;
  return { before: pick(before), after: pick(after) };
}

/** Equal as data, whatever the order in which the members were written. */
export function sameData(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
