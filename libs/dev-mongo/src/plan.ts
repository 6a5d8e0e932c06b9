import { Decimal128, Double, Int32, Long } from 'bson';
import {
  compileMatch,
  conditionsOf,
  bsonTypeName,
  canonicalKey,
  mongoError,
  notSupported,
} from './engine/index.ts';
import type { Collation, Condition, Document, Value } from './engine/index.ts';
import type { Collection } from './collection.ts';
import type { CollectionIndex } from './index/collection-index.ts';
import { hashKey } from './index/index-keys.ts';
import { collationKey } from './index/index-spec.ts';
import { numberOf } from './arguments.ts';

/**
 * How to find the candidates of a query. Candidates are always more than or as many as the matches:
 * whoever uses a plan tests every candidate with the filter.
 */
export interface Plan {
  stage: 'COLLSCAN' | 'IDHACK' | 'IXSCAN';
  index?: CollectionIndex;
  /** True when candidates come in the order of the wanted sort. */
  sorted: boolean;
  direction: 'forward' | 'backward';
  candidates(): Iterable<number>;
}

export interface PlanRequest {
  filter: Document;
  sort?: Document | undefined;
  collation?: Collation | undefined;
  hint?: Value;
}

interface Candidate extends Plan {
  /** Smaller is better. */
  cost: number;
}

const wholeRange: readonly Value[] = [];

/** Chooses an index for the filter and the sort, or the scan of the whole collection. */
export function choosePlan(collection: Collection, request: PlanRequest): Plan {
  const sortNatural = naturalOrder(request.sort);
  const natural = sortNatural ?? naturalOrder(asDocument(request.hint));
  if (natural) return { ...scan(collection, natural), sorted: sortNatural !== undefined };
  const conditions = indexableConditions(request.filter);
  const hinted = hintedIndex(collection, request.hint);
  const indexes = hinted ? [hinted] : [...collection.indexes.values()].filter((index) => !index.spec.hidden);
  let best: Candidate | undefined;
  for (const index of indexes) {
    if (!coversFilter(index, request, conditions)) continue;
    const candidate = planFor(collection, index, conditions, request);
    if (candidate && (!best || candidate.cost < best.cost)) best = candidate;
  }
  if (best) return best;
  if (hinted && (hinted.spec.sparse || hinted.spec.partialFilter)) {
    // MongoDB would answer from the incomplete index alone.
    throw notSupported(`hint on the sparse or partial index '${hinted.spec.name}' for this filter`);
  }
  return scan(collection, 'forward');
}

/** 'forward' or 'backward' for {$natural: ±1}. */
function naturalOrder(spec: Document | undefined): Plan['direction'] | undefined {
  if (!spec || !Object.hasOwn(spec, '$natural')) return undefined;
  const direction = numberOf(spec.$natural);
  if (Object.keys(spec).length !== 1 || (direction !== 1 && direction !== -1)) {
    throw mongoError(2, '$natural must be the only field and be 1 or -1');
  }
  return direction === 1 ? 'forward' : 'backward';
}

function asDocument(hint: Value): Document | undefined {
  return bsonTypeName(hint) === 'object' ? (hint as Document) : undefined;
}

function scan(collection: Collection, direction: Plan['direction']): Plan {
  return {
    stage: 'COLLSCAN',
    sorted: false,
    direction,
    candidates: () =>
      direction === 'forward' ? collection.records.keys() : [...collection.records.keys()].toReversed(),
  };
}

function hintedIndex(collection: Collection, hint: Value): CollectionIndex | undefined {
  if (hint === undefined || hint === null) return undefined;
  const pattern = asDocument(hint);
  if (typeof hint !== 'string' && !pattern) throw mongoError(9, 'hint must be a string or an object');
  if (pattern && Object.keys(pattern).length === 0) return undefined;
  for (const index of collection.indexes.values()) {
    if (index.spec.hidden) continue;
    if (hint === index.spec.name) return index;
    if (pattern && samePattern(index, pattern)) return index;
  }
  throw mongoError(
    2,
    'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
  );
}

function samePattern(index: CollectionIndex, pattern: Document): boolean {
  const entries = Object.entries(pattern);
  const { fields } = index.spec;
  return (
    entries.length === fields.length &&
    entries.every(
      ([path, direction], i) => fields[i]!.path === path && fields[i]!.direction === numberOf(direction),
    )
  );
}

// null also finds what is missing, arrays are indexed by element, MinKey and MaxKey reach across types
// and regular expressions are no values to look up: none of them can be answered from an index.
function isIndexable(value: Value): boolean {
  if (value instanceof RegExp) return false;
  return !unindexableTypes.has(bsonTypeName(value));
}
const unindexableTypes = new Set(['null', 'missing', 'undefined', 'array', 'regex', 'minKey', 'maxKey']);

/** The conditions of a filter that an index can answer; the filter may hold more. */
export function indexableConditions(filter: Document): Condition[] {
  return conditionsOf(filter).filter(({ op, value }) =>
    op === '$in' ? (value as Value[]).every(isIndexable) : op !== '$exists' && isIndexable(value),
  );
}

/** Whether every document that can match is in the index at all. */
export function coversFilter(
  index: CollectionIndex,
  { filter, collation }: Pick<PlanRequest, 'filter' | 'collation'>,
  conditions: Condition[],
): boolean {
  const { sparse, partialFilter, fields } = index.spec;
  if (sparse) return conditions.some((condition) => fields.some(({ path }) => path === condition.path));
  if (!partialFilter) return true;
  // A query with another collation finds words that the partial filter has left out.
  if (collationKey(index.spec.collation) !== collationKey(collation)) return false;
  return clausesOf(partialFilter).every(([path, wanted]) => {
    const key = canonicalKey(wanted);
    if (clausesOf(filter).some(([name, value]) => name === path && canonicalKey(value) === key)) return true;
    if (path.startsWith('$')) return false;
    // A value that the query fixes is put to the partial filter.
    const matcher = compileMatch({ value: wanted }, { collation });
    const lies = (value: Value) => sameNumbers(value).every((one) => matcher.test({ value: one }));
    return conditions.some(({ path: name, op, value }) => {
      if (name !== path) return false;
      if (op === '$eq') return lies(value);
      if (op === '$in') return (value as Value[]).every(lies);
      return isExistsTrue(wanted);
    });
  });
}

/** A number as each of its types: a query for 5 finds them all, a partial filter by `$type` only some. */
function sameNumbers(value: Value): Value[] {
  const number = numberOf(value);
  if (number === undefined) return [value];
  const types = [value, new Double(number), Decimal128.fromString(String(number))];
  if (!Number.isInteger(number)) return types;
  return [...types, new Int32(number), Long.fromNumber(number)];
}

function isExistsTrue(wanted: Value): boolean {
  const spec = asDocument(wanted);
  return spec !== undefined && Object.keys(spec).join() === '$exists';
}

/** Top-level clauses and those of $and. */
function clausesOf(filter: Document): [string, Value][] {
  return Object.entries(filter).flatMap(([name, value]): [string, Value][] => {
    if (name === '$and') return (value as Document[]).flatMap(clausesOf);
    return [[name, value]];
  });
}

/** Strings only compare alike under the same collation; other plain values do under any. */
export function comparesAlike(
  index: CollectionIndex,
  value: Value,
  collation: Collation | undefined,
): boolean {
  if (collationKey(index.spec.collation) === collationKey(collation)) return true;
  return collationFreeTypes.has(bsonTypeName(value));
}
const collationFreeTypes = new Set([
  'int',
  'long',
  'double',
  'decimal',
  'objectId',
  'date',
  'bool',
  'binData',
]);

function planFor(
  collection: Collection,
  index: CollectionIndex,
  all: Condition[],
  request: PlanRequest,
): Candidate | undefined {
  const { fields, name } = index.spec;
  const conditions = all.filter(({ op, value }) =>
    op === '$in'
      ? (value as Value[]).every((one) => comparesAlike(index, one, request.collation))
      : comparesAlike(index, value, request.collation),
  );
  const on = (path: string, ...ops: string[]) =>
    conditions.find((condition) => condition.path === path && ops.includes(condition.op));
  // With arrays, two conditions may be met by two elements, which are two keys.
  const usable = index.multikey ? 1 : fields.length;
  const equals: Value[] = [];
  while (equals.length < usable) {
    const condition = on(fields[equals.length]!.path, '$eq');
    if (!condition) break;
    equals.push(condition.value);
  }
  const hash = { collation: index.spec.collation };
  const base = { index, sorted: false, direction: 'forward' as const };
  if (equals.length === fields.length) {
    const key = hashKey(equals, hash.collation);
    const stage = name === '_id_' ? ('IDHACK' as const) : ('IXSCAN' as const);
    return { ...base, stage, cost: index.count(key), candidates: () => index.equal(key) };
  }
  const size = collection.records.size;
  const sortDirection = index.multikey ? undefined : sortedBy(index, equals.length, request);
  const bounds = rangeOf(conditions, fields[equals.length]!, equals, index.multikey);
  if (sortDirection || equals.length > 0 || bounds.narrow) {
    // A rough guess: each fixed field leaves a tenth, a range a third, saved sorting counts half.
    let cost = size * 0.1 ** equals.length * (bounds.narrow ? 0.3 : 1) + 1;
    if (sortDirection) cost /= 2;
    const inSingle = fields.length === 1 ? on(fields[0]!.path, '$in') : undefined;
    if (!inSingle || sortDirection) {
      return {
        ...base,
        stage: 'IXSCAN',
        sorted: sortDirection !== undefined,
        direction: sortDirection ?? 'forward',
        cost,
        candidates: () =>
          once(
            index.multikey,
            index
              .ordered(() => collection.partialDocuments([index]))
              .range(bounds.from, bounds.to, sortDirection === 'backward'),
          ),
      };
    }
  }
  const single = fields.length === 1 ? on(fields[0]!.path, '$in') : undefined;
  if (!single) return undefined;
  const keys = [...new Set((single.value as Value[]).map((value) => hashKey([value], hash.collation)))];
  const cost = keys.reduce((sum, key) => sum + index.count(key), 1);
  return {
    ...base,
    stage: 'IXSCAN',
    cost,
    candidates: () => [...new Set(keys.flatMap((key) => index.equal(key)))].toSorted((a, b) => a - b),
  };
}

function rangeOf(
  conditions: Condition[],
  field: { path: string; direction: 1 | -1 },
  equals: Value[],
  multikey: boolean,
): { from: readonly Value[]; to: readonly Value[]; narrow: boolean } {
  const prefix = equals.length > 0 ? equals : wholeRange;
  if (multikey && equals.length > 0) return { from: prefix, to: prefix, narrow: false };
  const lower = conditions.find(({ path, op }) => path === field.path && (op === '$gt' || op === '$gte'));
  let upper = conditions.find(({ path, op }) => path === field.path && (op === '$lt' || op === '$lte'));
  // In an array, one element may be above the lower bound and another below the upper one.
  if (multikey && lower) upper = undefined;
  const [first, last] = field.direction === 1 ? [lower, upper] : [upper, lower];
  return {
    from: first ? [...prefix, first.value] : prefix,
    to: last ? [...prefix, last.value] : prefix,
    narrow: lower !== undefined || upper !== undefined,
  };
}

/** The direction in which the index gives the wanted order, when the first fields are fixed. */
function sortedBy(
  index: CollectionIndex,
  fixed: number,
  request: PlanRequest,
): Plan['direction'] | undefined {
  if (!request.sort || index.spec.partialFilter || index.spec.sparse) return undefined;
  if (collationKey(index.spec.collation) !== collationKey(request.collation)) return undefined;
  const { fields } = index.spec;
  const fixedPaths = new Set(fields.slice(0, fixed).map((field) => field.path));
  let at = fixed;
  let factor: number | undefined;
  for (const [path, value] of Object.entries(request.sort)) {
    if (fixedPaths.has(path)) continue;
    const direction = numberOf(value);
    const field = fields[at];
    if (!field || field.path !== path || (direction !== 1 && direction !== -1)) return undefined;
    const turn = direction * field.direction;
    if (factor !== undefined && factor !== turn) return undefined;
    factor = turn;
    at += 1;
  }
  if (factor === undefined) return 'forward';
  return factor === 1 ? 'forward' : 'backward';
}

/** An array may put a record into a range several times. */
function* once(needed: boolean, recordIds: Iterable<number>): Generator<number> {
  if (!needed) {
    yield* recordIds;
    return;
  }
  const seen = new Set<number>();
  for (const recordId of recordIds) {
    if (seen.has(recordId)) continue;
    seen.add(recordId);
    yield recordId;
  }
}
