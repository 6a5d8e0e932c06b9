import { BSONValue, Int32 } from 'bson';
import {
  booleanArgument,
  documentArgument,
  numberOf,
  requiredDocument,
  stringArgument,
} from '../arguments.ts';
import {
  bsonTypeName,
  canonicalKey,
  compileMatch,
  mongoError,
  notSupported,
  parseCollation,
} from '../engine/index.ts';
import type { Collation, Document, Matcher } from '../engine/index.ts';

/** What an index is, checked. */
export interface IndexSpec {
  name: string;
  fields: { path: string; direction: 1 | -1 }[];
  unique: boolean;
  sparse: boolean;
  hidden: boolean;
  expireAfterSeconds: number | undefined;
  partialFilter: Document | undefined;
  partialMatcher: Matcher | undefined;
  collation: Collation | undefined;
  /** As listIndexes shows it and as it is stored. */
  document: Document;
}

const plainOptions = new Set(['v', 'key', 'name', 'background', 'unique', 'sparse', 'hidden']);
const richOptions = new Set(['expireAfterSeconds', 'partialFilterExpression', 'collation']);
const otherIndexTypes = new Set([
  'weights',
  'default_language',
  'language_override',
  'textIndexVersion',
  '2dsphereIndexVersion',
  'bits',
  'min',
  'max',
  'bucketSize',
  'wildcardProjection',
  'storageEngine',
  'prepareUnique',
  'clustered',
]);

/** The index that every collection has. */
export function idIndexSpec(collation: Collation | undefined): IndexSpec {
  const document: Document = { v: new Int32(2), key: { _id: new Int32(1) }, name: '_id_' };
  if (collation) document.collation = collation.spec;
  return {
    name: '_id_',
    fields: [{ path: '_id', direction: 1 }],
    unique: true,
    sparse: false,
    hidden: false,
    expireAfterSeconds: undefined,
    partialFilter: undefined,
    partialMatcher: undefined,
    collation,
    document,
  };
}

/**
 * Checks one index of createIndexes. Throws what MongoDB throws, and a clear error for index types and
 * options that dev-mongo does not have.
 * @param collectionCollation what applies when the index names no collation of its own
 */
export function parseIndexSpec(given: Document, collectionCollation: Collation | undefined): IndexSpec {
  for (const option of Object.keys(given)) {
    if (plainOptions.has(option) || richOptions.has(option)) continue;
    if (otherIndexTypes.has(option)) throw notSupported(`index option '${option}'`);
    throw mongoError(197, `The field '${option}' is not valid for an index specification.`);
  }
  const key = requiredDocument(given.key, 'createIndexes.indexes.key');
  const fields = parseFields(key);
  if (given.name === undefined) {
    throw mongoError(9, "The 'name' field is a required property of an index specification");
  }
  const name = stringArgument(given.name, 'createIndexes.indexes.name');
  if (name === '' || name === '*') throw mongoError(67, `The index name '${name}' is not valid.`);
  if (given.v !== undefined && numberOf(given.v) !== 2) throw notSupported('index version other than 2');
  if (fields.length === 1 && fields[0]!.path === '_id' && fields[0]!.direction === 1) {
    for (const option of Object.keys(given)) {
      if (option === 'collation' && sameCollation(given.collation, collectionCollation)) continue;
      if (['v', 'key', 'name', 'background'].includes(option)) continue;
      throw mongoError(197, `The field '${option}' is not valid for an _id index specification.`);
    }
    return idIndexSpec(collectionCollation);
  }
  const where = 'createIndexes.indexes';
  const unique = booleanArgument(given.unique, `${where}.unique`);
  const sparse = booleanArgument(given.sparse, `${where}.sparse`);
  const hidden = booleanArgument(given.hidden, `${where}.hidden`);
  const expireAfterSeconds = parseExpiry(given.expireAfterSeconds, fields.length);
  const partialFilter = documentArgument(given.partialFilterExpression, `${where}.partialFilterExpression`);
  if (partialFilter) {
    if (sparse) throw mongoError(67, 'cannot mix "partialFilterExpression" and "sparse" options');
    requirePartialExpression(partialFilter);
  }
  const collation = given.collation === undefined ? collectionCollation : parseCollation(given.collation);
  const document: Document = { v: new Int32(2), key, name };
  if (unique) document.unique = true;
  if (sparse) document.sparse = true;
  if (hidden) document.hidden = true;
  if (expireAfterSeconds !== undefined) document.expireAfterSeconds = given.expireAfterSeconds;
  if (partialFilter) document.partialFilterExpression = partialFilter;
  if (collation) document.collation = collation.spec;
  else if (given.collation !== undefined) document.collation = given.collation;
  return {
    name,
    fields,
    unique,
    sparse,
    hidden,
    expireAfterSeconds,
    partialFilter,
    partialMatcher: partialFilter && compileMatch(partialFilter, { collation }),
    collation,
    document,
  };
}

function parseFields(key: Document): IndexSpec['fields'] {
  const entries = Object.entries(key);
  if (entries.length === 0) throw mongoError(67, 'Index keys cannot be empty.');
  if (entries.length > 32) throw mongoError(13103, 'too many compound keys');
  return entries.map(([path, value]) => {
    if (typeof value === 'string') throw notSupported(`index type '${value}'`);
    const direction = numberOf(value);
    if (direction === undefined) {
      throw mongoError(
        67,
        `Values in v:2 index key pattern cannot be of type ${bsonTypeName(value)}. Only numbers > 0, numbers < 0, and strings are allowed.`,
      );
    }
    if (direction === 0 || Number.isNaN(direction)) {
      throw mongoError(67, 'Values in the index key pattern cannot be 0.');
    }
    requireIndexPath(path);
    return { path, direction: direction > 0 ? 1 : -1 };
  });
}

function requireIndexPath(path: string) {
  for (const part of path.split('.')) {
    if (part === '') throw mongoError(67, 'Index keys cannot contain an empty field.');
    if (part === '$**') throw notSupported('wildcard index');
    if (part.startsWith('$')) {
      throw mongoError(67, "Index key contains an illegal field name: field name starts with '$'.");
    }
    // MongoDB reads "a.0" as a position or as a field name, depending on each document.
    if (/^\d+$/.test(part)) throw notSupported(`index on the array position in '${path}'`);
  }
}

function parseExpiry(value: unknown, fields: number): number | undefined {
  if (value === undefined) return undefined;
  const seconds = numberOf(value);
  if (seconds === undefined) {
    throw mongoError(67, "TTL index 'expireAfterSeconds' option must be numeric");
  }
  if (!(seconds >= 0 && seconds <= 2_147_483_647)) {
    throw mongoError(67, "TTL index 'expireAfterSeconds' option must be within an acceptable range");
  }
  if (fields > 1) {
    throw mongoError(67, 'TTL indexes are single-field indexes, compound indexes do not support TTL.');
  }
  return seconds;
}

const partialOperators = new Set(['$eq', '$gt', '$gte', '$lt', '$lte', '$exists', '$type', '$in']);

// https://www.mongodb.com/docs/manual/core/index-partial/
function requirePartialExpression(filter: Document) {
  for (const [name, value] of Object.entries(filter)) {
    if (name === '$and' || name === '$or') {
      if (!Array.isArray(value)) throw mongoError(2, `${name} must be an array`);
      for (const clause of value) requirePartialExpression(requiredDocument(clause, name));
    } else if (name.startsWith('$')) throw unsupportedPartial(name);
    else if (value !== null && typeof value === 'object' && !(value instanceof BSONValue)) {
      for (const [operator, operand] of Object.entries(value as Document)) {
        if (!operator.startsWith('$')) break;
        if (!partialOperators.has(operator)) throw unsupportedPartial(operator);
        if (operator === '$exists' && !booleanArgument(operand, '$exists')) {
          throw unsupportedPartial('$exists: false');
        }
      }
    }
  }
}

function unsupportedPartial(what: string) {
  return mongoError(67, `Expression not supported in partial index: ${what}`);
}

function sameCollation(given: unknown, other: Collation | undefined): boolean {
  return collationKey(parseCollation(given)) === collationKey(other);
}

/** Equal for equal collations; '' for simple comparison. */
export function collationKey(collation: Collation | undefined): string {
  return collation ? canonicalKey(collation.spec) : '';
}

/** What makes two indexes the same one under two names (MongoDB ≥ 5.0). */
export function indexSignature(spec: IndexSpec): string {
  const fields = spec.fields.map((field) => `${field.path}:${field.direction}`).join();
  const filter = spec.partialFilter ? canonicalKey(spec.partialFilter) : '';
  return [fields, collationKey(spec.collation), filter, spec.unique, spec.sparse].join('|');
}

/** The complete identity: two specifications with the same one may be created over one another. */
export function indexIdentity(spec: IndexSpec): string {
  return [spec.name, indexSignature(spec), spec.expireAfterSeconds, spec.hidden].join('|');
}
