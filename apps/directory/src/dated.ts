/** Something that holds between two civil days, both included; `to` null: until further notice. */
export interface Dated {
  readonly from: string;
  readonly to: string | null;
}

/** Civil days in ISO form compare as text. */
export function isWithin(dated: Dated, on: string): boolean {
  return dated.from <= on && (dated.to === null || on <= dated.to);
}

/** Do they share a day? */
export function overlap(one: Dated, other: Dated): boolean {
  return (one.to === null || other.from <= one.to) && (other.to === null || one.from <= other.to);
}
