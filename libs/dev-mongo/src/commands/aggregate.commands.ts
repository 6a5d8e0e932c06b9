import {
  booleanArgument,
  countArgument,
  documentArgument,
  refuseOptions,
  refuseUnknownFields,
  requiredDocuments,
} from '../arguments.ts';
import { encoded } from '../cursors.ts';
import { mongoError, runPipeline, validatePipeline } from '../engine/index.ts';
import type { Document } from '../engine/index.ts';
import type { StoredDocument } from '../stored-document.ts';
import { collationArgument, collectionName, variablesArgument } from './command.ts';
import type { Command } from './command.ts';
import { indexCountOfAggregate } from './counting.ts';
import { explainOf } from './explain.commands.ts';
import { queryOfAggregate } from './queries.ts';

const aggregate: Command = {
  kind: 'read',
  fields: [
    'pipeline',
    'cursor',
    'explain',
    'allowDiskUse',
    'collation',
    'hint',
    'let',
    'bypassDocumentValidation',
    'writeConcern',
    'exchange',
  ],
  run(context) {
    const { body, catalog, cursors, db, now } = context;
    if (typeof body[context.name] !== 'string') {
      throw mongoError(238, 'aggregate on a whole database is not supported by dev-mongo');
    }
    refuseOptions(body, ['exchange'], 'aggregate');
    const name = collectionName(context);
    const pipeline = requiredDocuments(body.pipeline, 'aggregate.pipeline');
    const variables = variablesArgument(context);
    validatePipeline(pipeline, variables);
    if (booleanArgument(body.explain, 'aggregate.explain'))
      return explainOf({ ...context, name: 'aggregate' });
    const cursorOptions = documentArgument(body.cursor, 'aggregate.cursor');
    if (!cursorOptions)
      throw mongoError(9, "The 'cursor' option is required, except for aggregate with the explain argument");
    refuseUnknownFields(cursorOptions, new Set(['batchSize']), 'aggregate.cursor');
    const collection = catalog.find(db, name);
    const results =
      indexCountOfAggregate(context, collection)?.results ??
      runPipeline(
        documentsIn(queryOfAggregate(context, collection).found),
        // The query has answered a leading $match already.
        pipeline[0]?.$match === undefined ? pipeline : pipeline.slice(1),
        {
          now,
          collation: collationArgument(context) ?? collection?.collation,
          variables,
          lookup: (other: string) => documentsIn(catalog.find(db, other)?.records.values() ?? []),
        },
      );
    const batchSize =
      cursorOptions.batchSize === undefined
        ? undefined
        : countArgument(cursorOptions.batchSize, 'aggregate.cursor.batchSize', 0);
    return { cursor: cursors.start(`${db}.${name}`, encoded(results), { batchSize }) };
  },
};

function* documentsIn(found: Iterable<StoredDocument>): Generator<Document> {
  for (const stored of found) yield stored.doc;
}

export const aggregateCommands: Record<string, Command> = { aggregate };
