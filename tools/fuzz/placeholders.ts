/**
 * Requests are made before there is anything they could be about, so that the same seed makes the same requests.
 * Whatever only the run knows, ids and revisions, has a placeholder with the name of the field it stands in.
 */
export const placeholder = (name: string, number = 0): string => `known-${number}-${name}`;

/** What stands in place of a placeholder. */
export type Known = (name: string, number: number) => string;

const pattern = /known-(\d+)-([A-Za-z]+)/g;

/** The text with what `known` tells in place of placeholders. */
export function settled(text: string, known: Known): string {
  return text.replaceAll(pattern, (_match, number: string, name: string) => known(name, Number(number)));
}
