/** Through JSON once, so that what is hashed is what any reader gets back (undefined left out). */
export function asStored<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
