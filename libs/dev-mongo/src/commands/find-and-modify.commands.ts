import { booleanArgument, documentArgument, documentsArgument } from '../arguments.ts';
import { encode } from '../bson-codec.ts';
import { compileProjection, mongoError } from '../engine/index.ts';
import type { Document, Matcher } from '../engine/index.ts';
import { RawDocument } from '../reply.ts';
import type { StoredDocument } from '../stored-document.ts';
import { collectionName, variablesArgument, writtenCollectionName } from './command.ts';
import type { Command, CommandContext } from './command.ts';
import { selectionOptions, updateArgument } from './write.commands.ts';
import { runDelete, runUpdate } from './write-statements.ts';

const where = 'findAndModify';

const findAndModify: Command = {
  kind: 'write',
  fields: [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'bypassDocumentValidation',
    'collation',
    'hint',
    'arrayFilters',
    'let',
  ],
  run(context) {
    const { body } = context;
    const name = writtenCollectionName(context);
    const remove = booleanArgument(body.remove, `${where}.remove`);
    const returnNew = booleanArgument(body.new, `${where}.new`);
    const upsert = booleanArgument(body.upsert, `${where}.upsert`);
    requireCombination({ remove, returnNew, upsert, update: body.update !== undefined });
    const selection = {
      filter: documentArgument(body.query, `${where}.query`) ?? {},
      sort: documentArgument(body.sort, `${where}.sort`),
      ...selectionOptions(body, where),
      variables: variablesArgument(context),
    };
    const show = imageOf(context);
    if (remove) {
      const { removed, matcher } = runDelete(context, name, selection, false);
      return { lastErrorObject: { n: removed.length }, value: show(removed[0], matcher) };
    }
    const outcome = runUpdate(context, name, {
      ...selection,
      update: updateArgument(body.update, `${where}.update`),
      multi: false,
      upsert,
      arrayFilters: documentsArgument(body.arrayFilters, `${where}.arrayFilters`),
      bypassValidation: booleanArgument(body.bypassDocumentValidation, `${where}.bypassDocumentValidation`),
    });
    const { upserted, before, after, matcher } = outcome;
    const lastErrorObject: Document = {
      n: upserted ? 1 : outcome.matched,
      updatedExisting: outcome.matched > 0,
    };
    if (upserted) lastErrorObject.upserted = upserted.doc._id;
    return { lastErrorObject, value: show(returnNew ? (upserted ?? after) : before, matcher) };
  },
};

function requireCombination(given: {
  remove: boolean;
  returnNew: boolean;
  upsert: boolean;
  update: boolean;
}) {
  if (given.remove) {
    if (given.update) throw mongoError(9, 'Cannot specify both an update and remove=true');
    if (given.upsert) throw mongoError(9, 'Cannot specify both upsert=true and remove=true');
    if (given.returnNew) {
      throw mongoError(
        9,
        "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document",
      );
    }
  } else if (!given.update) throw mongoError(9, 'Either an update or remove=true must be specified');
}

/** The image that is returned: byte for byte as stored, or projected. */
function imageOf(
  context: CommandContext,
): (stored: StoredDocument | undefined, matcher: Matcher) => RawDocument | null {
  const fields = documentArgument(context.body.fields, `${where}.fields`);
  if (!fields || Object.keys(fields).length === 0) {
    return (stored) => (stored ? new RawDocument(stored.bytes) : null);
  }
  const collation = selectionOptions(context.body, where).collation;
  const project = compileProjection(fields, {
    collation: collation ?? context.catalog.find(context.db, collectionName(context))?.collation,
    variables: variablesArgument(context),
    now: context.now,
  });
  return (stored, matcher) => (stored ? new RawDocument(encode(project(stored.doc, matcher))) : null);
}

export const findAndModifyCommands: Record<string, Command> = { findAndModify };
