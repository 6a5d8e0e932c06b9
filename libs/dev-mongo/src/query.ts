import type { Collection } from './collection.ts';
import { compileMatch, compileSort } from './engine/index.ts';
import type { Collation, Document, Matcher, Value } from './engine/index.ts';
import { choosePlan } from './plan.ts';
import type { Plan } from './plan.ts';
import type { StoredDocument } from './stored-document.ts';

export interface Query {
  filter: Document;
  sort?: Document | undefined;
  skip?: number;
  /** 0 or absent: all. */
  limit?: number;
  collation?: Collation | undefined;
  hint?: Value;
  variables?: Document | undefined;
  now: Date;
}

export interface QueryResult {
  found: StoredDocument[];
  matcher: Matcher;
  plan?: Plan;
  /** Candidates that the filter was tested on. */
  examined: number;
}

/** Runs a query to its end. The result is a snapshot: stored documents never change. */
export function runQuery(collection: Collection | undefined, query: Query): QueryResult {
  const { filter, skip = 0, limit = 0, variables, now } = query;
  const collation = query.collation ?? collection?.collation;
  const matcher = compileMatch(filter, { collation, variables, now });
  const sort = query.sort && Object.keys(query.sort).length > 0 ? query.sort : undefined;
  const order = sort && !Object.hasOwn(sort, '$natural') ? compileSort(sort, collation) : undefined;
  if (!collection) return { found: [], matcher, examined: 0 };
  const plan = choosePlan(collection, { filter, sort, collation, hint: query.hint });
  const everything = Object.keys(filter).length === 0;
  const enough = limit > 0 && (!sort || plan.sorted) ? skip + limit : Infinity;
  const found: StoredDocument[] = [];
  let examined = 0;
  for (const recordId of plan.candidates()) {
    const stored = collection.records.get(recordId)!;
    examined += 1;
    if (!everything && !matcher.test(stored.doc)) continue;
    found.push(stored);
    if (found.length >= enough) break;
  }
  if (order && !plan.sorted) found.sort((a, b) => order(a.doc, b.doc));
  const window = skip > 0 || limit > 0 ? found.slice(skip, limit > 0 ? skip + limit : undefined) : found;
  return { found: window, matcher, plan, examined };
}
