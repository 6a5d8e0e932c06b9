import type { Collation, Document, Value } from './types.ts';

/** The result of a leaf that leaves the document as it is. */
export const unchanged = Symbol('unchanged');
/** The result of a leaf that takes the field away. */
export const removed = Symbol('removed');

export interface LeafContext {
  /** The document before the update, for `$rename` and for messages. */
  original: Document;
  upsertInsert: boolean;
  now: Date;
}

/** One operator on one path. */
export interface Leaf {
  /** The new value, `unchanged` or `removed`; `current` is undefined when the path does not exist. */
  apply(current: Value, context: LeafContext): Value;
  /** True for `$unset`: a path through a value of the wrong type is no error, there is nothing to remove. */
  ignoresWrongPath?: boolean;
  /** False when the operator does nothing in this run (`$setOnInsert` without insert). */
  isActive?(context: LeafContext): boolean;
}

interface LeafInput {
  path: string;
  collation: Collation | undefined;
}

export type LeafMaker = (argument: Value, input: LeafInput) => Leaf;
