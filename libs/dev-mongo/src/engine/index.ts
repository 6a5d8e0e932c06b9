// The query and update engine: pure functions over BSON values. Nothing here knows storage, wire or
// clock, nothing changes its input, and what is not supported is a MongoError that names it.
// Limit: JavaScript objects put integer-like keys ("0", "17") first, so the order of such field
// names within a document is not kept as MongoDB keeps it.
export { MongoError, mongoError, notSupported } from './errors.ts';
export type {
  Collation,
  Condition,
  Document,
  MatchOptions,
  Matcher,
  PathValues,
  PipelineContext,
  Projection,
  ProjectionOptions,
  UpdateOptions,
  UpdateResult,
  Value,
} from './types.ts';
export { canonicalKey, compare } from './values.ts';
export { asPlain, bsonTypeName } from './bson-types.ts';
export { parseCollation } from './collation.ts';
export { valuesAtPath } from './paths.ts';
export { keyTuples } from './key-tuples.ts';
export { compileMatch, isOperatorDocument } from './match.ts';
export { conditionsOf } from './conditions.ts';
export { applyUpdate, checkIdValue, validateUpdate } from './update.ts';
export { upsertSeed } from './upsert-seed.ts';
export { compileProjection } from './project.ts';
export { compileSort } from './sort.ts';
export { runPipeline } from './aggregate/pipeline.ts';
export { validatePipeline } from './aggregate/validate.ts';
