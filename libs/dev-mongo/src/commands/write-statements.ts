import type { Collection } from '../collection.ts';
import { applyUpdate, mongoError, upsertSeed, validateUpdate } from '../engine/index.ts';
import type { Collation, Document, Matcher, Value } from '../engine/index.ts';
import { runQuery } from '../query.ts';
import type { StoredDocument } from '../stored-document.ts';
import type { CommandContext } from './command.ts';

// The single statements that insert, update, delete, findAndModify and bulkWrite are made of. Each
// runs to its end without letting anything else in, so there is nothing to lock.

export interface Selection {
  filter: Document;
  collation?: Collation | undefined;
  hint?: Value;
  sort?: Document | undefined;
  variables?: Document | undefined;
}

export interface UpdateStatement extends Selection {
  update: Document | Document[];
  multi: boolean;
  upsert: boolean;
  arrayFilters?: Document[] | undefined;
  bypassValidation: boolean;
}

export interface UpdateOutcome {
  matched: number;
  modified: number;
  /** The document that the upsert inserted. */
  upserted?: StoredDocument;
  /** Of a single update: before and after, the same object when nothing changed. */
  before?: StoredDocument;
  after?: StoredDocument;
  matcher: Matcher;
}

/** Updates one document, or all that match when `multi` is set; inserts one when `upsert` is and none does. */
export function runUpdate(context: CommandContext, name: string, statement: UpdateStatement): UpdateOutcome {
  const { catalog, db, now } = context;
  const { update, arrayFilters, multi, bypassValidation } = statement;
  const style = validateUpdate(update, { arrayFilters, variables: statement.variables });
  if (multi && style === 'replacement') {
    throw mongoError(9, 'multi update is not supported for replacement-style update');
  }
  const collection = catalog.find(db, name);
  const { found, matcher } = runQuery(collection, { ...statement, limit: multi ? 0 : 1, now });
  const options = {
    matcher,
    arrayFilters,
    now,
    collation: statement.collation ?? collection?.collation,
    variables: statement.variables,
  };
  const outcome: UpdateOutcome = { matched: found.length, modified: 0, matcher };
  for (const stored of found) {
    const { doc, changed } = applyUpdate(stored.doc, update, options);
    const after = changed ? collection!.replace(stored, doc, bypassValidation) : stored;
    if (changed) outcome.modified += 1;
    if (!multi) Object.assign(outcome, { before: stored, after });
  }
  if (found.length === 0 && statement.upsert) {
    const { doc } = applyUpdate(upsertSeed(statement.filter), update, { ...options, upsertInsert: true });
    outcome.upserted = catalog.findOrCreate(db, name).insert(doc, undefined, bypassValidation);
  }
  return outcome;
}

/** Deletes one matching document, or all; gives what was deleted. */
export function runDelete(
  context: CommandContext,
  name: string,
  selection: Selection,
  multi: boolean,
): { removed: StoredDocument[]; matcher: Matcher } {
  const collection: Collection | undefined = context.catalog.find(context.db, name);
  const { found, matcher } = runQuery(collection, { ...selection, limit: multi ? 0 : 1, now: context.now });
  for (const stored of found) collection!.remove(stored);
  return { removed: found, matcher };
}
