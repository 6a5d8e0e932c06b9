import { makeEnvironment } from './aggregate/expression.ts';
import type { Environment } from './aggregate/expression.ts';
import { isDocument } from './bson-types.ts';
import { mongoError, notSupported } from './errors.ts';
import { isTruthy } from './match-leaf.ts';
import { isNumber } from './numbers.ts';
import { show } from './show.ts';
import type { FindOperator } from './project-find.ts';
import { applyFindOperator, parseElemMatch, parseSlice } from './project-find.ts';
import type { NestedNode } from './projection-tree.ts';
import { applyComputed, applyExclusion, applyInclusion, insertNode, makeNested } from './projection-tree.ts';
import type { Document, Projection, ProjectionOptions, Value } from './types.ts';

type Mode = 'include' | 'exclude';

interface Draft {
  root: NestedNode;
  mode: Mode | undefined;
  id: boolean | undefined;
  findOperators: FindOperator[];
  environment: Environment;
  options: ProjectionOptions;
  /** Aggregation has no `$slice`, `$elemMatch` and `$` of its own: they are expressions or errors. */
  isFind: boolean;
}

/**
 * Compiles the projection of a find, findAndModify or `$project`. No projection and an empty one
 * give the document itself, not a copy.
 *
 * @throws MongoError 31253 and 31254 for a mix of kept and left out fields, 31249 and 31250 for
 *   paths that collide, 51270 for an empty document, 168 for an unknown operator
 */
export function compileProjection(spec: Document | undefined, opts: ProjectionOptions = {}): Projection {
  if (!spec || Object.keys(spec).length === 0) return (doc) => doc;
  return compile(spec, opts, true);
}

/** Compiles `$project`. */
export function compileProjectStage(spec: Value, opts: ProjectionOptions): Projection {
  if (!isDocument(spec)) throw mongoError(15969, '$project specification must be an object');
  if (Object.keys(spec).length === 0)
    throw mongoError(51272, 'projection specification must have at least one field');
  return compile(spec, opts, false);
}

function compile(spec: Document, opts: ProjectionOptions, isFind: boolean): Projection {
  const draft: Draft = {
    root: makeNested(),
    mode: undefined,
    id: undefined,
    findOperators: [],
    environment: makeEnvironment({
      now: opts.now ?? new Date(),
      variables: opts.variables,
      collation: opts.collation,
    }),
    options: opts,
    isFind,
  };
  addFields(draft, spec, '');
  const { root, findOperators, environment, id } = draft;
  const mode = modeOf(draft);
  if (mode === 'exclude' && findOperators.some(({ kind }) => kind === 'elemMatch')) {
    throw notSupported('$elemMatch in a projection that leaves fields out');
  }
  if (mode === 'include') {
    for (const { kind, path } of findOperators)
      if (kind === 'slice') insertNode(root, path, { kind: 'include' });
  }
  if ((mode === 'include' ? id !== false : id === false) && !root.children.has('_id')) {
    insertNode(root, '_id', { kind: mode });
  }
  const keep = mode === 'include' ? applyInclusion : applyExclusion;
  const slices = findOperators.filter(({ kind }) => kind !== 'elemMatch');
  const elemMatches = findOperators.filter(({ kind }) => kind === 'elemMatch');
  return (doc, matcher) => {
    let result = applyComputed(keep(doc, root), root, environment.start(doc));
    for (const operator of elemMatches) result = applyFindOperator(result, operator, doc, matcher);
    for (const operator of slices) result = applyFindOperator(result, operator, doc, matcher);
    return result;
  };
}

function addFields(draft: Draft, spec: Document, prefix: string): void {
  for (const name of Object.keys(spec))
    addField(draft, prefix === '' ? name : `${prefix}.${name}`, spec[name]);
}

function addField(draft: Draft, path: string, value: Value): void {
  if (path.startsWith('$')) {
    throw mongoError(
      16410,
      `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
    );
  }
  if (typeof value === 'boolean' || isNumber(value)) {
    addFlag(draft, path, isTruthy(value));
    return;
  }
  if (path.split('.').includes('$')) {
    if (!draft.isFind) throw mongoError(31324, 'Cannot use positional projection in aggregation projection');
    throw isDocument(value)
      ? mongoError(31271, 'positional projection cannot be used with an expression or sub object')
      : mongoError(31308, 'positional projection cannot be used with a literal');
  }
  if (isDocument(value)) {
    const names = Object.keys(value);
    if (names.length === 0)
      throw mongoError(
        51270,
        `An empty sub-projection is not a valid value. Found empty object at path ${path}`,
      );
    if (!names[0]!.startsWith('$')) {
      addFields(draft, value, path);
      return;
    }
    if (draft.isFind && addFindOperator(draft, path, value)) return;
  }
  setExpressionMode(draft, value);
  insertNode(draft.root, path, { kind: 'compute', evaluate: draft.environment.scope.compile(value) });
  if (path === '_id') draft.id = false;
}

function addFlag(draft: Draft, path: string, isKept: boolean): void {
  if (path === '_id') {
    if (draft.id !== undefined) throw mongoError(31250, 'Path collision at _id');
    draft.id = isKept;
    return;
  }
  if (path.endsWith('.$') && draft.isFind) {
    if (!isKept) throw mongoError(31395, 'positional projection cannot be used with exclusion');
    if (draft.findOperators.some(({ kind }) => kind === 'positional')) {
      throw mongoError(31276, 'Cannot specify more than one positional projection per query.');
    }
    const array = path.slice(0, -2);
    setMode(draft, 'include', array);
    insertNode(draft.root, array, { kind: 'include' });
    draft.findOperators.push({ kind: 'positional', path: array });
    return;
  }
  if (path.split('.').some((part) => part.startsWith('$'))) {
    throw mongoError(
      16410,
      `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
    );
  }
  setMode(draft, isKept ? 'include' : 'exclude', path);
  insertNode(draft.root, path, { kind: isKept ? 'include' : 'exclude' });
}

function setMode(draft: Draft, mode: Mode, path: string): void {
  if (draft.mode !== undefined && draft.mode !== mode) {
    throw mode === 'include'
      ? mongoError(31253, `Cannot do inclusion on field ${path} in exclusion projection`)
      : mongoError(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
  }
  draft.mode = mode;
}

function setExpressionMode(draft: Draft, value: Value): void {
  if (draft.mode === 'exclude') {
    throw isDocument(value)
      ? mongoError(31252, 'Cannot use expression other than $meta in exclusion projection')
      : mongoError(31310, `Cannot use an expression ${show(value)} in an exclusion projection`);
  }
  draft.mode = 'include';
}

/** The mode when no field says it: `$slice` keeps everything unless `_id: 1` stands beside it. */
function modeOf({ mode, id, findOperators }: Draft): Mode {
  if (mode !== undefined) return mode;
  const hasSlice = findOperators.some(({ kind }) => kind === 'slice');
  if (hasSlice || findOperators.length === 0) return id === true ? 'include' : 'exclude';
  return 'include';
}

/** Takes the operators that only find has; false when the value is an expression. */
function addFindOperator(draft: Draft, path: string, value: Document): boolean {
  const [name] = Object.keys(value);
  const argument = value[name!];
  switch (name) {
    case '$slice':
      // Three forms: a count, [skip, limit], or the expression [array, …] of aggregation.
      if (
        !isNumber(argument) &&
        !(Array.isArray(argument) && argument.length === 2 && argument.every(isNumber))
      )
        return false;
      if (Object.keys(value).length > 1) return false;
      draft.findOperators.push({ kind: 'slice', path, slice: parseSlice(argument) });
      return true;
    case '$elemMatch':
      draft.findOperators.push({
        kind: 'elemMatch',
        path,
        matches: parseElemMatch(path, value, draft.options.collation),
      });
      return true;
    case '$meta':
      throw notSupported('the projection operator $meta');
    default:
      return false;
  }
}
