import { documentArgument, requiredDocument, requiredDocuments } from '../arguments.ts';
import { mongoError } from '../engine/index.ts';
import type { Document } from '../engine/index.ts';
import type { Collection } from '../collection.ts';
import { runQuery } from '../query.ts';
import type { QueryResult } from '../query.ts';
import type { IndexCount } from '../index-count.ts';
import type { CollectionIndex } from '../index/collection-index.ts';
import { collectionName, variablesArgument } from './command.ts';
import type { Command, CommandContext } from './command.ts';
import { indexCountOfAggregate, indexCountOfCount } from './counting.ts';
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

const indexCounts: Record<
  string,
  (context: CommandContext, collection?: Collection) => IndexCount | undefined
> = {
  count: indexCountOfCount,
  aggregate: indexCountOfAggregate,
};

/** Explains the command in the context: what dev-mongo really does, in MongoDB's words. */
export function explainOf(context: CommandContext): Document {
  const { catalog, db, name } = context;
  const query = Object.hasOwn(explainable, name) ? explainable[name] : undefined;
  if (!query) throw mongoError(59, `Explain failed due to unknown command: ${name}`);
  const collection = catalog.find(db, collectionName(context));
  const started = performance.now();
  const counted = Object.hasOwn(indexCounts, name) ? indexCounts[name]!(context, collection) : undefined;
  const told = counted ? countTold(counted) : queryTold(query(context, collection));
  const { winningPlan, sortFromIndex, ...stats } = told;
  return {
    explainVersion: '1',
    queryPlanner: {
      namespace: `${db}.${collectionName(context)}`,
      sortFromIndex,
      winningPlan,
      rejectedPlans: [],
    },
    executionStats: {
      executionSuccess: true,
      ...stats,
      executionTimeMillis: Math.round(performance.now() - started),
    },
    command: context.body,
    serverInfo: { version: '8.0.0', gitVersion: 'dev-mongo' },
  };
}

interface Told {
  winningPlan: Document;
  sortFromIndex: boolean;
  nReturned: number;
  totalKeysExamined: number;
  totalDocsExamined: number;
}

function queryTold({ plan, found, examined }: QueryResult): Told {
  const index = plan?.index;
  let winningPlan: Document = { stage: 'EOF' };
  if (plan && index) {
    const stage = plan.stage === 'IDHACK' ? 'IDHACK' : 'FETCH';
    winningPlan = { stage, inputStage: { stage: 'IXSCAN', ...indexTold(index), direction: plan.direction } };
  } else if (plan) winningPlan = { stage: 'COLLSCAN', direction: plan.direction };
  return {
    winningPlan,
    sortFromIndex: plan?.sorted ?? false,
    nReturned: found.length,
    totalKeysExamined: index ? examined : 0,
    totalDocsExamined: examined,
  };
}

function countTold({ n, index }: IndexCount): Told {
  const winningPlan = index
    ? { stage: 'COUNT', inputStage: { stage: 'COUNT_SCAN', ...indexTold(index) } }
    : { stage: 'RECORD_STORE_FAST_COUNT' };
  return {
    winningPlan,
    sortFromIndex: false,
    nReturned: n,
    totalKeysExamined: index ? n : 0,
    totalDocsExamined: 0,
  };
}

function indexTold({ spec, multikey }: CollectionIndex): Document {
  return {
    indexName: spec.name,
    keyPattern: spec.document.key,
    isMultiKey: multikey,
    isUnique: spec.unique,
    isSparse: spec.sparse,
    isPartial: spec.partialFilter !== undefined,
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
