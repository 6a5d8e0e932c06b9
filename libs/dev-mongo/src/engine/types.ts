/**
 * A BSON value as `bson.deserialize(buffer, { promoteValues: false, promoteBuffers: false,
 * bsonRegExp: true })` gives it. Plain numbers, bigints, RegExp and Uint8Array are taken too.
 */
export type Value = unknown;
export type Document = Record<string, unknown>;

/** A parsed collation; `undefined` everywhere means MongoDB's simple (binary) comparison. */
export interface Collation {
  /** The complete specification as `listIndexes` shows it. */
  readonly spec: Document;
  /** Order of two strings, 0 when the collation holds them equal. */
  compare(a: string, b: string): number;
  /** The same string for all strings that the collation holds equal. */
  key(text: string): string;
}

/** Filled by a match: the outermost array index that the last array condition matched at. */
export interface MatchDetails {
  position?: number | undefined;
}

/** A compiled filter. */
export interface Matcher {
  test(doc: Document): boolean;
  /** The array index for the positional `$`, undefined without a match through an array. */
  position(doc: Document): number | undefined;
}

export interface MatchOptions {
  collation?: Collation | undefined;
  /** `let` variables of the command, for `$expr`. */
  variables?: Document | undefined;
  /** The `$$NOW` of the command; the time of compilation when left out. */
  now?: Date | undefined;
}

/** A condition that every matching document fulfils, for choosing an index. */
export interface Condition {
  path: string;
  op: '$eq' | '$in' | '$gt' | '$gte' | '$lt' | '$lte' | '$exists';
  value: Value;
}

export interface PathValues {
  /** The leaves, arrays opened one level as MongoDB's multikey indexes do. */
  values: Value[];
  /** True when at least one branch has no value: the index key of that branch is null. */
  missing: boolean;
  /** True when an array was met on the path (leaf included): the index is multikey. */
  viaArray: boolean;
}

export interface UpdateOptions {
  /** The compiled filter that found the document, for the positional `$`. */
  matcher?: Matcher | undefined;
  arrayFilters?: Document[] | undefined;
  /** True when the document is made by an upsert: `$setOnInsert` applies. */
  upsertInsert?: boolean | undefined;
  /** The server's clock, for `$currentDate` and `$$NOW`. */
  now: Date;
  collation?: Collation | undefined;
  /** `let` variables of the command, for pipeline updates. */
  variables?: Document | undefined;
}

export interface UpdateResult {
  doc: Document;
  changed: boolean;
}

export type Projection = (doc: Document, matcher?: Matcher) => Document;

export interface ProjectionOptions {
  collation?: Collation | undefined;
  variables?: Document | undefined;
  now?: Date | undefined;
}

export interface PipelineContext {
  now: Date;
  collation?: Collation | undefined;
  /** The documents of another collection of the same database, for `$lookup` and `$unionWith`. */
  lookup(collection: string): Iterable<Document>;
  /** `let` variables of the command. */
  variables?: Document | undefined;
}
