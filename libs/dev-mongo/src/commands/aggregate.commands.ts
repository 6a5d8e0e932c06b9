import {
  booleanArgument,
  countArgument,
  documentArgument,
  refuseOptions,
  refuseUnknownFields,
  requiredDocuments,
} from '../arguments.ts';
import { encoded } from '../cursors.ts';
import type { Collection } from '../collection.ts';
import { mongoError, runPipeline, validatePipeline } from '../engine/index.ts';
import type { Document } from '../engine/index.ts';
import { collationArgument, collectionName, variablesArgument } from './command.ts';
import type { Command } from './command.ts';
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
    validatePipeline(pipeline);
    if (booleanArgument(body.explain, 'aggregate.explain'))
      return explainOf({ ...context, name: 'aggregate' });
    const cursorOptions = documentArgument(body.cursor, 'aggregate.cursor');
    if (!cursorOptions)
      throw mongoError(9, "The 'cursor' option is required, except for aggregate with the explain argument");
    refuseUnknownFields(cursorOptions, new Set(['batchSize']), 'aggregate.cursor');
    const collection = catalog.find(db, name);
    const input = queryOfAggregate(context, collection).found;
    const results = runPipeline(
      (function* () {
        for (const stored of input) yield stored.doc;
      })(),
      // The query has answered a leading $match already.
      pipeline[0]?.$match === undefined ? pipeline : pipeline.slice(1),
      {
        now,
        collation: collationArgument(context) ?? collection?.collation,
        variables: variablesArgument(context),
        lookup: (other: string) => documentsOf(catalog.find(db, other)),
      },
    );
    const batchSize =
      cursorOptions.batchSize === undefined
        ? undefined
        : countArgument(cursorOptions.batchSize, 'aggregate.cursor.batchSize', 0);
    return { cursor: cursors.start(`${db}.${name}`, encoded(results), { batchSize }) };
  },
};

function* documentsOf(collection: Collection | undefined): Generator<Document> {
  for (const stored of collection?.records.values() ?? []) yield stored.doc;
}

export const aggregateCommands: Record<string, Command> = { aggregate };
