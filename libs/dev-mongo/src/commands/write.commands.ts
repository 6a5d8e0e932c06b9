import { parseCollation } from '../engine/index.ts';
import type { Document } from '../engine/index.ts';
import { mongoError, MongoError } from '../engine/index.ts';
import {
  booleanArgument,
  documentArgument,
  documentsArgument,
  numberOf,
  refuseOptions,
  refuseUnknownFields,
  requiredDocument,
  requiredDocuments,
} from '../arguments.ts';
import { decodeReceived, maxDocumentBytes } from '../bson-codec.ts';
import { hintArgument, variablesArgument, writtenCollectionName } from './command.ts';
import type { Command, CommandContext } from './command.ts';
import { runDelete, runUpdate } from './write-statements.ts';
import type { Selection, UpdateStatement } from './write-statements.ts';

const maxBatch = 100_000;

/** Runs the statements one after the other; an ordered batch stops at its first error. */
function runBatch<T>(
  statements: T[],
  ordered: boolean,
  run: (statement: T, index: number) => void,
): Document[] {
  if (statements.length === 0 || statements.length > maxBatch) {
    throw mongoError(
      16,
      `Write batch sizes must be between 1 and ${maxBatch}. Got ${statements.length} operations.`,
    );
  }
  const errors: Document[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof MongoError)) throw error;
      errors.push({ index, code: error.code, ...error.extra, errmsg: error.message });
      if (ordered) break;
    }
  }
  return errors;
}

function withErrors(reply: Document, writeErrors: Document[]): Document {
  return writeErrors.length > 0 ? { ...reply, writeErrors } : reply;
}

const insert: Command = {
  kind: 'write',
  fields: ['documents', 'ordered', 'bypassDocumentValidation'],
  run(context) {
    const { body, catalog, db, documents } = context;
    const bypass = booleanArgument(body.bypassDocumentValidation, 'insert.bypassDocumentValidation');
    const ordered = booleanArgument(body.ordered, 'insert.ordered', true);
    const name = writtenCollectionName(context);
    // A copy, since the documents would otherwise keep their whole message in memory.
    const decoded = documents.map((given) => {
      const bytes = new Uint8Array(given);
      return { bytes, doc: decodeReceived(bytes) };
    });
    let n = 0;
    const errors = runBatch(decoded, ordered, ({ bytes, doc }) => {
      if (bytes.length > maxDocumentBytes) {
        throw mongoError(
          2,
          `object to insert too large. size in bytes: ${bytes.length}, max size: ${maxDocumentBytes}`,
        );
      }
      catalog.findOrCreate(db, name).insert(doc, bytes, bypass);
      n += 1;
    });
    return withErrors({ n }, errors);
  },
};

const updateFields = new Set(['q', 'u', 'c', 'multi', 'upsert', 'collation', 'arrayFilters', 'hint', 'sort']);

/** Reads one entry of `updates`. */
export function updateStatement(context: CommandContext, given: Document): UpdateStatement {
  refuseUnknownFields(given, updateFields, 'update.updates');
  refuseOptions(given, ['c'], 'update.updates');
  const multi = booleanArgument(given.multi, 'update.updates.multi');
  const sort = documentArgument(given.sort, 'update.updates.sort');
  if (multi && sort) throw mongoError(9, 'Cannot specify sort with multi=true');
  return {
    filter: requiredDocument(given.q, 'update.updates.q'),
    update: updateArgument(given.u, 'update.updates.u'),
    multi,
    upsert: booleanArgument(given.upsert, 'update.updates.upsert'),
    sort,
    arrayFilters: documentsArgument(given.arrayFilters, 'update.updates.arrayFilters'),
    ...selectionOptions(given, 'update.updates'),
    variables: variablesArgument(context),
    bypassValidation: booleanArgument(
      context.body.bypassDocumentValidation,
      'update.bypassDocumentValidation',
    ),
  };
}

/** An update: a document (operators or replacement) or a pipeline. */
export function updateArgument(value: unknown, where: string): Document | Document[] {
  return Array.isArray(value) ? requiredDocuments(value, where) : requiredDocument(value, where);
}

/** `collation` and `hint` of a statement. */
export function selectionOptions(given: Document, where: string): Pick<Selection, 'collation' | 'hint'> {
  const collation = documentArgument(given.collation, `${where}.collation`);
  return {
    collation: collation && parseCollation(collation),
    hint: hintArgument(given.hint, `${where}.hint`),
  };
}

const update: Command = {
  kind: 'write',
  fields: ['updates', 'ordered', 'bypassDocumentValidation', 'let'],
  run(context) {
    const { body } = context;
    const name = writtenCollectionName(context);
    const updates = requiredDocuments(body.updates, 'update.updates').map((given) =>
      updateStatement(context, given),
    );
    if (body.txnNumber !== undefined && updates.some(({ multi }) => multi)) throw retryableMulti('update');
    let n = 0;
    let nModified = 0;
    const upserted: Document[] = [];
    const errors = runBatch(
      updates,
      booleanArgument(body.ordered, 'update.ordered', true),
      (statement, index) => {
        const outcome = runUpdate(context, name, statement);
        n += outcome.matched;
        nModified += outcome.modified;
        if (outcome.upserted) {
          n += 1;
          upserted.push({ index, _id: outcome.upserted.doc._id });
        }
      },
    );
    return withErrors({ n, ...(upserted.length > 0 ? { upserted } : {}), nModified }, errors);
  },
};

const deleteFields = new Set(['q', 'limit', 'collation', 'hint']);

/** Reads one entry of `deletes`. */
export function deleteStatement(
  context: CommandContext,
  given: Document,
): { selection: Selection; multi: boolean } {
  refuseUnknownFields(given, deleteFields, 'delete.deletes');
  const limit = numberOf(given.limit);
  if (limit !== 0 && limit !== 1) {
    throw mongoError(9, 'The limit field in delete objects must be 0 or 1. Got ' + String(given.limit));
  }
  const selection = {
    filter: requiredDocument(given.q, 'delete.deletes.q'),
    ...selectionOptions(given, 'delete.deletes'),
    variables: variablesArgument(context),
  };
  return { selection, multi: limit === 0 };
}

const remove: Command = {
  kind: 'write',
  fields: ['deletes', 'ordered', 'let'],
  run(context) {
    const { body } = context;
    const name = writtenCollectionName(context);
    const deletes = requiredDocuments(body.deletes, 'delete.deletes').map((given) =>
      deleteStatement(context, given),
    );
    if (body.txnNumber !== undefined && deletes.some(({ multi }) => multi)) throw retryableMulti('delete');
    let n = 0;
    const errors = runBatch(
      deletes,
      booleanArgument(body.ordered, 'delete.ordered', true),
      ({ selection, multi }) => {
        n += runDelete(context, name, selection, multi).removed.length;
      },
    );
    return withErrors({ n }, errors);
  },
};

/** The error for a multi statement in a retryable write. */
export function retryableMulti(command: string): MongoError {
  return mongoError(72, `Cannot use retryable writes with a multi ${command}`);
}

export const writeCommands: Record<string, Command> = { insert, update, delete: remove };
