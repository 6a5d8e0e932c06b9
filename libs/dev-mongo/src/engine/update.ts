import { getField, isDocument, setField, typeOf } from './bson-types.ts';
import { mongoError } from './errors.ts';
import { identical } from './identical.ts';
import { runPipeline } from './aggregate/pipeline.ts';
import { validatePipeline } from './aggregate/validate.ts';
import { show } from './show.ts';
import type { Collation, Document, UpdateOptions, UpdateResult, Value } from './types.ts';
import { applyTree } from './update-apply.ts';
import type { UpdateTree } from './update-tree.ts';
import { parseUpdateTree } from './update-tree.ts';
import { equal } from './values.ts';

type UpdateStyle = 'operators' | 'replacement' | 'pipeline';

const updateStages = new Set(['$set', '$addFields', '$unset', '$project', '$replaceRoot', '$replaceWith']);

interface ReadUpdate {
  update: Document;
  arrayFilters: Document[] | undefined;
  collation: Collation | undefined;
  tree: UpdateTree;
}

// A command validates its update and applies it to one document after the other: the last one read
// is kept. One entry is enough, and a WeakMap over all of them costs the garbage collector dearly.
let lastRead: ReadUpdate | undefined;

function treeOf(
  update: Document,
  arrayFilters: Document[] | undefined,
  collation: Collation | undefined,
): UpdateTree {
  if (
    lastRead?.update === update &&
    lastRead.arrayFilters === arrayFilters &&
    lastRead.collation === collation
  ) {
    return lastRead.tree;
  }
  const tree = parseUpdateTree(update, arrayFilters, collation);
  lastRead = { update, arrayFilters, collation, tree };
  return tree;
}

type ValidateOptions = Pick<UpdateOptions, 'arrayFilters' | 'collation' | 'variables'>;

/**
 * Raises the errors that an update has whatever the document is, and says its style. Commands call
 * it before they look for documents, since MongoDB refuses a malformed update that matches nothing.
 */
export function validateUpdate(update: Document | Document[], opts: ValidateOptions = {}): UpdateStyle {
  const style = styleOf(update, opts);
  if (style === 'pipeline') validatePipeline(update as Document[], opts.variables);
  return style;
}

function styleOf(update: Document | Document[], opts: ValidateOptions): UpdateStyle {
  if (Array.isArray(update)) {
    if (opts.arrayFilters !== undefined)
      throw mongoError(9, 'arrayFilters may not be specified for pipeline-syle updates');
    for (const stage of update) {
      const name = isDocument(stage) ? Object.keys(stage)[0] : undefined;
      if (name !== undefined && !updateStages.has(name))
        throw mongoError(72, `${name} is not allowed to be used within an update`);
    }
    return 'pipeline';
  }
  const names = Object.keys(update);
  if (names[0]?.startsWith('$')) {
    treeOf(update, opts.arrayFilters, opts.collation);
    return 'operators';
  }
  if (opts.arrayFilters !== undefined && opts.arrayFilters.length > 0) {
    throw mongoError(9, 'arrayFilters may not be specified for replacement-style updates');
  }
  const dollar = names.find((name) => name.startsWith('$'));
  if (dollar !== undefined) {
    throw mongoError(
      52,
      `The dollar ($) prefixed field '${dollar}' in '${dollar}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  }
  return 'replacement';
}

/**
 * Applies an update to one document and returns the new document; the input is never changed and
 * may share parts with the result.
 *
 * @throws MongoError as MongoDB: 2, 9, 14, 28, 40, 52, 53, 56, 66, 72
 */
export function applyUpdate(doc: Document, update: Document | Document[], opts: UpdateOptions): UpdateResult {
  const style = styleOf(update, opts);
  const updated = updatedDocument(style, doc, update, opts);
  if (updated === doc) return { doc, changed: false };
  checkId(doc, updated, style);
  return { doc: updated, changed: true };
}

function updatedDocument(
  style: UpdateStyle,
  doc: Document,
  update: Document | Document[],
  opts: UpdateOptions,
): Document {
  if (style === 'operators') {
    const context = {
      original: doc,
      upsertInsert: opts.upsertInsert ?? false,
      now: opts.now,
      position: () => opts.matcher?.position(doc),
    };
    return withIdFirst(
      applyTree(doc, treeOf(update as Document, opts.arrayFilters, opts.collation), context),
      undefined,
    );
  }
  const id = getField(doc, '_id');
  if (style === 'replacement') return unlessAlike(doc, withIdFirst(update as Document, id));
  const [result] = runPipeline([doc], update as Document[], {
    now: opts.now,
    collation: opts.collation,
    variables: opts.variables,
    lookup: () => [],
  });
  return unlessAlike(doc, withIdFirst(result!, id));
}

/** A whole document is compared; operators say themselves whether they changed anything. */
function unlessAlike(previous: Document, next: Document): Document {
  return identical(next, previous) ? previous : next;
}

/** MongoDB keeps `_id` first, and a replacement without one keeps the document's. */
function withIdFirst(doc: Document, id: Value): Document {
  const given = getField(doc, '_id');
  const own = given === undefined ? id : given;
  if (own === undefined || Object.keys(doc)[0] === '_id') return doc;
  const result: Document = { _id: own };
  for (const name of Object.keys(doc)) if (name !== '_id') setField(result, name, doc[name]);
  return result;
}

function checkId(previous: Document, next: Document, style: UpdateStyle): void {
  const before = getField(previous, '_id');
  const after = getField(next, '_id');
  if (before !== undefined && (after === undefined || !equal(before, after))) {
    throw style === 'operators'
      ? mongoError(66, `Performing an update on the path '_id' would modify the immutable field '_id'`)
      : mongoError(
          66,
          `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${show(after)}`,
        );
  }
  if (after !== undefined) checkIdValue(after);
}

/**
 * Refuses what MongoDB does not take as `_id`.
 *
 * @throws MongoError 53 for arrays and regular expressions, 52 for documents with `$` names
 */
export function checkIdValue(id: Value): void {
  const type = typeOf(id);
  if (type === 'array' || type === 'regex' || type === 'missing') {
    throw mongoError(53, `The '_id' value cannot be of type ${type === 'missing' ? 'undefined' : type}`);
  }
  if (isDocument(id)) {
    for (const name of Object.keys(id)) {
      if (name.startsWith('$'))
        throw mongoError(
          52,
          `_id fields may not contain '$'-prefixed fields: ${name} is not valid for storage.`,
        );
    }
  }
}
