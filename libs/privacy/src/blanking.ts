import { isDeepStrictEqual } from 'node:util';
import { isPlain, placesOf } from './places.ts';

/** What stands where a name or an identity stood: readers see that something was thinned (gallrat). */
export const blankText = 'gallrad';
/** The same with the form of an address; `.invalid` is delivered nowhere (RFC 2606, 2). */
export const blankEmail = 'gallrad@gallrad.invalid';

export interface Blanking<State> {
  /** The very same object when there was nothing to blank. */
  readonly state: State;
  /** Those of the paths under which something was blanked. */
  readonly fields: readonly string[];
  /** Texts that were taken away, for finding them elsewhere. */
  readonly removed: readonly string[];
}

/**
 * Blanks what lies under the paths and nothing else. Texts become words of the same form, so that whoever
 * reads the document meets no surprise; other values become null. Done a second time it changes nothing.
 *
 * @param blanks values for paths where the usual blank will not do, such as a field that must be unique
 */
export function blanked<State extends object>(
  state: State,
  paths: readonly string[],
  blanks: Readonly<Record<string, unknown>> = {},
): Blanking<State> {
  let current: unknown = state;
  const fields: string[] = [];
  const removed = new Set<string>();
  for (const path of paths) {
    const values = placesOf(current, path).map(({ value }) => value);
    const next = replaced(current, path.split('.'), '', (value, name) =>
      Object.hasOwn(blanks, path) ? blanks[path] : blankOf(value, name),
    );
    if (next === current) continue;
    current = next;
    fields.push(path);
    for (const value of values) for (const text of textsIn(value)) if (!isBlank(text)) removed.add(text);
  }
  return { state: current as State, fields, removed: [...removed] };
}

function isBlank(text: string): boolean {
  return text === blankText || text === blankEmail;
}

/** What is to stand in a value's place. `name` is that of the field. */
function blankOf(value: unknown, name: string): unknown {
  if (typeof value === 'string') return name.toLowerCase().endsWith('email') ? blankEmail : blankText;
  if (Array.isArray(value)) return value.map((item) => blankOf(item, name));
  if (isPlain(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, blankOf(inner, key)]));
  }
  return null;
}

/** The value with what the steps lead to replaced; copies only what lies on the way to a real change. */
function replaced(
  value: unknown,
  steps: readonly string[],
  name: string,
  blank: (value: unknown, name: string) => unknown,
): unknown {
  if (value === null || value === undefined) return value;
  const [step, ...rest] = steps;
  if (step === undefined) {
    const next = blank(value, name);
    return isDeepStrictEqual(next, value) ? value : next;
  }
  if (step === '*') {
    if (!Array.isArray(value)) return value;
    // A list of texts is named as the list is.
    const items = value.map((item) => replaced(item, rest, name, blank));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isPlain(value) || !Object.hasOwn(value, step)) return value;
  const inner = replaced(value[step], rest, step, blank);
  return inner === value[step] ? value : { ...value, [step]: inner };
}

/** Every text in a value, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isPlain(value) ? Object.values(value).flatMap(textsIn) : [];
}
