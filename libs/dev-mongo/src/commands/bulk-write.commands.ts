import { Double } from 'bson';
import {
  booleanArgument,
  numberOf,
  refuseOptions,
  refuseUnknownFields,
  requiredDocument,
  requiredDocuments,
  stringArgument,
} from '../arguments.ts';
import { encoded } from '../cursors.ts';
import { mongoError, MongoError } from '../engine/index.ts';
import type { Document } from '../engine/index.ts';
import { cursorOptions, requireAdmin } from './catalog.commands.ts';
import { variablesArgument } from './command.ts';
import type { Command, CommandContext } from './command.ts';
import { deleteStatement, retryableMulti, updateStatement } from './write.commands.ts';
import { runDelete, runUpdate } from './write-statements.ts';

interface Counts {
  nErrors: number;
  nInserted: number;
  nMatched: number;
  nModified: number;
  nUpserted: number;
  nDeleted: number;
}

const insertFields = new Set(['insert', 'document']);
const updateFields = new Set([
  'update',
  'filter',
  'updateMods',
  'multi',
  'upsert',
  'arrayFilters',
  'hint',
  'collation',
  'sort',
  'constants',
]);
const deleteFields = new Set(['delete', 'filter', 'multi', 'hint', 'collation']);

const bulkWrite: Command = {
  kind: 'write',
  fields: ['ops', 'nsInfo', 'ordered', 'errorsOnly', 'bypassDocumentValidation', 'let', 'cursor'],
  run(context) {
    requireAdmin(context);
    const { body, cursors } = context;
    const ordered = booleanArgument(body.ordered, 'bulkWrite.ordered', true);
    const errorsOnly = booleanArgument(body.errorsOnly, 'bulkWrite.errorsOnly');
    const namespaces = requiredDocuments(body.nsInfo, 'bulkWrite.nsInfo').map(namespaceOf);
    const ops = requiredDocuments(body.ops, 'bulkWrite.ops');
    variablesArgument(context);
    if (body.txnNumber !== undefined && ops.some((op) => booleanArgument(op.multi, 'bulkWrite.ops.multi'))) {
      throw retryableMulti('bulkWrite');
    }
    const counts: Counts = { nErrors: 0, nInserted: 0, nMatched: 0, nModified: 0, nUpserted: 0, nDeleted: 0 };
    const results: Document[] = [];
    for (const [idx, op] of ops.entries()) {
      try {
        const result = runOperation(context, namespaces, op, counts);
        if (!errorsOnly) results.push({ ok: new Double(1), idx, ...result });
      } catch (error) {
        if (!(error instanceof MongoError)) throw error;
        counts.nErrors += 1;
        const { code, message, extra } = error;
        results.push({ ok: new Double(0), idx, code, errmsg: message, ...extra, n: 0 });
        if (ordered) break;
      }
    }
    return {
      cursor: cursors.start('admin.$cmd.bulkWrite', encoded(results), cursorOptions(body)),
      ...counts,
    };
  },
};

function namespaceOf(info: Document): { db: string; name: string } {
  refuseUnknownFields(info, new Set(['ns']), 'bulkWrite.nsInfo');
  const namespace = stringArgument(info.ns, 'bulkWrite.nsInfo.ns');
  const dot = namespace.indexOf('.');
  if (dot <= 0) throw mongoError(73, `Invalid namespace specified '${namespace}'`);
  return { db: namespace.slice(0, dot), name: namespace.slice(dot + 1) };
}

function runOperation(
  context: CommandContext,
  namespaces: { db: string; name: string }[],
  op: Document,
  counts: Counts,
): Document {
  const kind = Object.keys(op)[0] ?? '';
  const target = namespaces[numberOf(op[kind]) ?? -1];
  if (!target) throw mongoError(2, `BulkWrite ops entry has an invalid nsInfo index in '${kind}'`);
  const inner = { ...context, db: target.db };
  const { filter: q, multi, hint, collation } = op;
  switch (kind) {
    case 'insert': {
      refuseUnknownFields(op, insertFields, 'bulkWrite.ops');
      const bypass = booleanArgument(context.body.bypassDocumentValidation, 'bypassDocumentValidation');
      const document = requiredDocument(op.document, 'bulkWrite.ops.document');
      context.catalog.findOrCreate(target.db, target.name).insert(document, undefined, bypass);
      counts.nInserted += 1;
      return { n: 1 };
    }
    case 'update': {
      refuseUnknownFields(op, updateFields, 'bulkWrite.ops');
      refuseOptions(op, ['constants'], 'bulkWrite.ops');
      const { updateMods: u, upsert, arrayFilters, sort } = op;
      const given = { q, u, multi, upsert, arrayFilters, hint, collation, sort };
      const outcome = runUpdate(inner, target.name, updateStatement(inner, defined(given)));
      counts.nMatched += outcome.matched;
      counts.nModified += outcome.modified;
      if (!outcome.upserted) return { n: outcome.matched, nModified: outcome.modified };
      counts.nUpserted += 1;
      return { n: 1, nModified: 0, upserted: { _id: outcome.upserted.doc._id } };
    }
    case 'delete': {
      refuseUnknownFields(op, deleteFields, 'bulkWrite.ops');
      const limit = booleanArgument(multi, 'bulkWrite.ops.multi') ? 0 : 1;
      const { selection, multi: all } = deleteStatement(inner, defined({ q, limit, hint, collation }));
      const n = runDelete(inner, target.name, selection, all).removed.length;
      counts.nDeleted += n;
      return { n };
    }
    default:
      throw mongoError(40415, `BSON field 'bulkWrite.ops.${kind}' is an unknown field.`);
  }
}

function defined(doc: Document): Document {
  return Object.fromEntries(Object.entries(doc).filter(([, value]) => value !== undefined));
}

export const bulkWriteCommands: Record<string, Command> = { bulkWrite };
