/** A value found under a path, with the concrete path that leads to it: `assessments.0.assessor`. */
export interface FoundPlace {
  readonly path: string;
  readonly value: unknown;
}

/**
 * What lies under a dotted path, `*` standing for every item of a list. What is missing, null or of another
 * shape is no place: there is nothing there.
 */
export function placesOf(state: unknown, path: string): FoundPlace[] {
  return descend({ path: '', value: state }, path.split('.'));
}

function descend(place: FoundPlace, steps: readonly string[]): FoundPlace[] {
  const [step, ...rest] = steps;
  if (place.value === null || place.value === undefined) return [];
  if (step === undefined) return [place];
  return stepsInto(place.value, step).flatMap(([name, value]) =>
    descend({ path: joined(place.path, name), value }, rest),
  );
}

/** The members that a step of a path leads to. */
function stepsInto(value: unknown, step: string): [string, unknown][] {
  if (step === '*') return Array.isArray(value) ? value.map((item, index) => [String(index), item]) : [];
  return isPlain(value) && Object.hasOwn(value, step) ? [[step, value[step]]] : [];
}

/** An object with named members: neither a list nor a value such as a date. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

export function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** The path of what a path lies in; the empty path for what lies at the top. */
export function parentOf(path: string): string {
  const end = path.lastIndexOf('.');
  return end < 0 ? '' : path.slice(0, end);
}

/** The value at a concrete path. */
export function valueAt(state: unknown, path: string): unknown {
  if (path === '') return state;
  return path
    .split('.')
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], state);
}
