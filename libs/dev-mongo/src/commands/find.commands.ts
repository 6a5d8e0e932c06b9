import { Int32 } from 'bson';
import type { Long } from 'bson';
import {
  booleanArgument,
  countArgument,
  documentArgument,
  refuseOptions,
  stringArgument,
} from '../arguments.ts';
import { encode } from '../bson-codec.ts';
import { canonicalKey, compileProjection, mongoError, valuesAtPath } from '../engine/index.ts';
import type { Document, Value } from '../engine/index.ts';
import { collationArgument, collectionName, variablesArgument } from './command.ts';
import type { Command } from './command.ts';
import { indexCountOfCount } from './counting.ts';
import { queryOfCount, queryOfDistinct, queryOfFind } from './queries.ts';

// max and min bound an index scan; the others are for capped collections or show server internals.
const findRefused = ['max', 'min', 'returnKey', 'showRecordId', 'tailable', 'awaitData', 'oplogReplay'];

const find: Command = {
  kind: 'read',
  fields: [
    'filter',
    'sort',
    'projection',
    'hint',
    'skip',
    'limit',
    'batchSize',
    'singleBatch',
    'collation',
    'let',
    'allowDiskUse',
    'allowPartialResults',
    'noCursorTimeout',
    ...findRefused,
  ],
  run(context) {
    const { body, catalog, cursors, db, now } = context;
    refuseOptions(body, findRefused, 'find');
    const collection = catalog.find(db, collectionName(context));
    const projection = documentArgument(body.projection, 'find.projection');
    const project =
      projection && Object.keys(projection).length > 0
        ? compileProjection(projection, {
            collation: collationArgument(context) ?? collection?.collation,
            variables: variablesArgument(context),
            now,
          })
        : undefined;
    const { found, matcher } = queryOfFind(context, collection);
    function* documents() {
      for (const stored of found) yield project ? encode(project(stored.doc, matcher)) : stored.bytes;
    }
    const cursor = cursors.start(`${db}.${collectionName(context)}`, documents(), {
      batchSize:
        body.batchSize === undefined ? undefined : countArgument(body.batchSize, 'find.batchSize', 0),
      singleBatch: booleanArgument(body.singleBatch, 'find.singleBatch'),
      noTimeout: booleanArgument(body.noCursorTimeout, 'find.noCursorTimeout'),
    });
    return { cursor };
  },
};

const getMore: Command = {
  kind: 'plain',
  fields: ['collection', 'batchSize'],
  run({ body, cursors, db }) {
    const collection = stringArgument(body.collection, 'getMore.collection');
    const batchSize = countArgument(body.batchSize, 'getMore.batchSize', 0);
    return { cursor: cursors.more(cursorId(body.getMore, 'getMore'), `${db}.${collection}`, batchSize) };
  },
};

const killCursors: Command = {
  kind: 'plain',
  fields: ['cursors'],
  run({ body, cursors }) {
    if (!Array.isArray(body.cursors))
      throw mongoError(14, "BSON field 'killCursors.cursors' must be an array");
    const cursorsKilled: Long[] = [];
    const cursorsNotFound: Long[] = [];
    for (const id of body.cursors.map((one) => cursorId(one, 'killCursors.cursors'))) {
      (cursors.kill(id) ? cursorsKilled : cursorsNotFound).push(id);
    }
    return { cursorsKilled, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [] };
  },
};

function cursorId(value: Value, where: string): Long {
  if ((value as { _bsontype?: string } | undefined)?._bsontype !== 'Long') {
    throw mongoError(14, `BSON field '${where}' is the wrong type, expected type 'long'`);
  }
  return value as Long;
}

const count: Command = {
  kind: 'read',
  fields: ['query', 'limit', 'skip', 'hint', 'collation'],
  run(context) {
    const collection = context.catalog.find(context.db, collectionName(context));
    const n = indexCountOfCount(context, collection)?.n ?? queryOfCount(context, collection).found.length;
    return { n: new Int32(n) };
  },
};

const distinct: Command = {
  kind: 'read',
  fields: ['key', 'query', 'collation', 'hint'],
  run(context) {
    const { body, catalog, db } = context;
    const key = stringArgument(body.key, 'distinct.key');
    const collection = catalog.find(db, collectionName(context));
    const collation = collationArgument(context) ?? collection?.collation;
    const values = new Map<string, Value>();
    for (const { doc } of queryOfDistinct(context, collection).found) {
      for (const value of valuesAtPath(doc, key).values) {
        const hash = canonicalKey(value, collation);
        if (value !== undefined && !values.has(hash)) values.set(hash, value);
      }
    }
    const reply: Document = { values: [...values.values()] };
    return reply;
  },
};

export const findCommands: Record<string, Command> = { find, getMore, killCursors, count, distinct };
