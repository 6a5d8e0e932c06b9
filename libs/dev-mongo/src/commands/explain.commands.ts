import { documentArgument, requiredDocument, requiredDocuments } from '../arguments.ts';
import { mongoError } from '../engine/index.ts';
import type { Document } from '../engine/index.ts';
import type { Collection } from '../collection.ts';
import { runQuery } from '../query.ts';
import type { QueryResult } from '../query.ts';
import { collectionName, variablesArgument } from './command.ts';
import type { Command, CommandContext } from './command.ts';
import { queryOfAggregate, queryOfCount, queryOfDistinct, queryOfFind } from './queries.ts';
import { deleteStatement, selectionOptions, updateStatement } from './write.commands.ts';

type Explainable = (context: CommandContext, collection: Collection | undefined) => QueryResult;

// Writes are explained by the query that would choose their documents; nothing is written.
const explainable: Record<string, Explainable> = {
  find: queryOfFind,
  aggregate: queryOfAggregate,
  count: queryOfCount,
  distinct: queryOfDistinct,
  findAndModify(context, collection) {
    const { body, now } = context;
    return runQuery(collection, {
      filter: documentArgument(body.query, 'findAndModify.query') ?? {},
      sort: documentArgument(body.sort, 'findAndModify.sort'),
      ...selectionOptions(body, 'findAndModify'),
      variables: variablesArgument(context),
      limit: 1,
      now,
    });
  },
  update(context, collection) {
    const [first] = requiredDocuments(context.body.updates, 'update.updates');
    const statement = updateStatement(context, requiredDocument(first, 'update.updates.0'));
    return runQuery(collection, { ...statement, limit: statement.multi ? 0 : 1, now: context.now });
  },
  delete(context, collection) {
    const [first] = requiredDocuments(context.body.deletes, 'delete.deletes');
    const { selection, multi } = deleteStatement(context, requiredDocument(first, 'delete.deletes.0'));
    return runQuery(collection, { ...selection, limit: multi ? 0 : 1, now: context.now });
  },
};

/** Explains the command in the context: what dev-mongo really does, in MongoDB's words. */
export function explainOf(context: CommandContext): Document {
  const { catalog, db, name } = context;
  const query = Object.hasOwn(explainable, name) ? explainable[name] : undefined;
  if (!query) throw mongoError(59, `Explain failed due to unknown command: ${name}`);
  const collection = catalog.find(db, collectionName(context));
  const started = performance.now();
  const { plan, found, examined } = query(context, collection);
  const executionTimeMillis = Math.round(performance.now() - started);
  const index = plan?.index;
  const winningPlan: Document = !plan
    ? { stage: 'EOF' }
    : index
      ? {
          stage: plan.stage === 'IDHACK' ? 'IDHACK' : 'FETCH',
          inputStage: {
            stage: 'IXSCAN',
            indexName: index.spec.name,
            keyPattern: index.spec.document.key,
            isMultiKey: index.multikey,
            isUnique: index.spec.unique,
            isSparse: index.spec.sparse,
            isPartial: index.spec.partialFilter !== undefined,
            direction: plan.direction,
          },
        }
      : { stage: 'COLLSCAN', direction: plan.direction };
  return {
    explainVersion: '1',
    queryPlanner: {
      namespace: `${db}.${collectionName(context)}`,
      sortFromIndex: plan?.sorted ?? false,
      winningPlan,
      rejectedPlans: [],
    },
    executionStats: {
      executionSuccess: true,
      nReturned: found.length,
      executionTimeMillis,
      totalKeysExamined: index ? examined : 0,
      totalDocsExamined: examined,
    },
    command: context.body,
    serverInfo: { version: '8.0.0', gitVersion: 'dev-mongo' },
  };
}

const explain: Command = {
  kind: 'plain',
  fields: ['verbosity'],
  run(context) {
    const body = requiredDocument(context.body.explain, 'explain');
    const name = Object.keys(body)[0] ?? '';
    const db = context.db;
    return explainOf({ ...context, db, body, name: name === 'findandmodify' ? 'findAndModify' : name });
  },
};

export const explainCommands: Record<string, Command> = { explain };
