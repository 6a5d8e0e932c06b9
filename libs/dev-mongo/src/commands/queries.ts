import { countArgument, documentArgument, requiredDocuments } from '../arguments.ts';
import type { Collection } from '../collection.ts';
import { runQuery } from '../query.ts';
import type { QueryResult } from '../query.ts';
import { collationArgument, hintArgument, variablesArgument } from './command.ts';
import type { CommandContext } from './command.ts';

// The query inside each reading command, apart so that explain runs exactly the same one.

/** Runs the query part of a find command. */
export function queryOfFind(context: CommandContext, collection: Collection | undefined): QueryResult {
  const { body, now } = context;
  return runQuery(collection, {
    filter: documentArgument(body.filter, 'find.filter') ?? {},
    sort: documentArgument(body.sort, 'find.sort'),
    skip: countArgument(body.skip, 'find.skip', 0),
    limit: countArgument(body.limit, 'find.limit', 0),
    collation: collationArgument(context),
    hint: hintArgument(body.hint, 'find.hint'),
    variables: variablesArgument(context),
    now,
  });
}

/** Runs the query part of a count command. */
export function queryOfCount(context: CommandContext, collection: Collection | undefined): QueryResult {
  const { body, now } = context;
  return runQuery(collection, {
    filter: documentArgument(body.query, 'count.query') ?? {},
    skip: countArgument(body.skip, 'count.skip', 0),
    limit: countArgument(body.limit, 'count.limit', 0),
    collation: collationArgument(context),
    hint: hintArgument(body.hint, 'count.hint'),
    now,
  });
}

/** Runs the query part of a distinct command. */
export function queryOfDistinct(context: CommandContext, collection: Collection | undefined): QueryResult {
  const { body, now } = context;
  return runQuery(collection, {
    filter: documentArgument(body.query, 'distinct.query') ?? {},
    collation: collationArgument(context),
    hint: hintArgument(body.hint, 'distinct.hint'),
    now,
  });
}

/** Finds the documents that enter the pipeline: a leading $match may use an index. */
export function queryOfAggregate(context: CommandContext, collection: Collection | undefined): QueryResult {
  const pipeline = requiredDocuments(context.body.pipeline, 'aggregate.pipeline');
  const first = pipeline[0]?.$match;
  return runQuery(collection, {
    filter: first === undefined ? {} : (documentArgument(first, '$match') ?? {}),
    collation: collationArgument(context),
    hint: hintArgument(context.body.hint, 'aggregate.hint'),
    variables: variablesArgument(context),
    now: context.now,
  });
}
