import { isDocument, typeOf } from '../bson-types.ts';
import { mongoError } from '../errors.ts';
import { splitPath, walkPath } from '../paths.ts';
import type { Document, Value } from '../types.ts';
import { canonicalKey } from '../values.ts';
import { checkFieldPath, checkVariableName, makeEnvironment } from './expression.ts';
import type { PipelineCompiler, StageContext, Stage } from './stage-types.ts';
import { setPath } from './unwind.ts';

interface Join {
  from: string;
  as: string;
  fields: { local: readonly string[]; foreign: readonly string[] } | undefined;
  pipeline: Document[] | undefined;
  variables: Document;
}

/**
 * `$lookup`, by fields, by a pipeline with `let`, or by both. By fields a document joins those whose
 * foreign field equals one of the local values as a query would find them: arrays on both sides are
 * opened, missing counts as null.
 */
export function lookup(argument: Value, context: StageContext, compile: PipelineCompiler): Stage {
  const join = readJoin(argument);
  context.onCollection?.(join.from);
  const letNames = Object.keys(join.variables);
  const environment = makeEnvironment(context);
  const letValues = letNames.map((name) => environment.scope.compile(join.variables[name]));
  const run = (docs: Iterable<Document>, variables: Document): Document[] => [
    ...compile(join.pipeline ?? [], { ...context, variables })(docs),
  ];
  // Compiled once for its errors; with variables it is compiled anew for each document.
  const fixed = compile(join.pipeline ?? [], {
    ...context,
    variables: { ...context.variables, ...emptyVariables(letNames) },
  });
  const path = splitPath(join.as);
  return function* (docs) {
    const foreign = [...context.lookup(join.from)];
    const candidatesOf = join.fields ? hashJoin(foreign, join.fields, context) : () => foreign;
    const shared = !join.fields && letNames.length === 0 ? [...fixed(foreign)] : undefined;
    for (const doc of docs) {
      const env = environment.start(doc);
      const variables: Document = { ...context.variables };
      letNames.forEach((name, index) => {
        variables[name] = letValues[index]!(env);
      });
      const candidates = candidatesOf(doc);
      const joined =
        shared ??
        (join.pipeline && letNames.length > 0 ? run(candidates, variables) : [...fixed(candidates)]);
      yield setPath(doc, path, 0, joined);
    }
  };
}

function emptyVariables(names: string[]): Document {
  return Object.fromEntries(names.map((name) => [name, null]));
}

function readJoin(argument: Value): Join {
  if (!isDocument(argument))
    throw mongoError(9, `the $lookup specification must be an object, but found ${typeOf(argument)}`);
  for (const name of Object.keys(argument)) {
    if (!['from', 'as', 'localField', 'foreignField', 'pipeline', 'let'].includes(name)) {
      throw mongoError(9, `unknown argument to $lookup: ${name}`);
    }
  }
  const text = (name: string): string | undefined => {
    const value = argument[name];
    if (value !== undefined && typeof value !== 'string')
      throw mongoError(9, `$lookup argument '${name}' must be a string, found ${typeOf(value)}`);
    return value;
  };
  const [from, as, local, foreign] = ['from', 'as', 'localField', 'foreignField'].map(text);
  if (from === undefined) throw mongoError(9, "missing 'from' option to $lookup stage specification");
  if (as === undefined) throw mongoError(9, "must specify 'as' field for a $lookup");
  const { pipeline, let: variables = {} } = argument;
  if (pipeline !== undefined && !Array.isArray(pipeline))
    throw mongoError(9, "'pipeline' must be an array of pipeline stages");
  if (!isDocument(variables)) throw mongoError(9, "$lookup argument 'let' must be an object");
  if (Object.hasOwn(argument, 'let') && pipeline === undefined)
    throw mongoError(9, "$lookup with a 'let' argument must also specify 'pipeline'");
  if ((local === undefined) !== (foreign === undefined) || (local === undefined && pipeline === undefined)) {
    throw mongoError(
      9,
      "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified",
    );
  }
  for (const name of Object.keys(variables)) checkVariableName(name);
  for (const path of [as, local, foreign]) if (path !== undefined) checkFieldPath(path);
  return {
    from,
    as,
    fields: local === undefined ? undefined : { local: splitPath(local), foreign: splitPath(foreign!) },
    pipeline: pipeline as Document[] | undefined,
    variables,
  };
}

/** The keys a document of the other collection can be found by: as a query for equality finds it. */
function foreignKeys(doc: Document, parts: readonly string[], context: StageContext): Set<string> {
  const keys = new Set<string>();
  walkPath(doc, parts, 'open', (value) => {
    keys.add(canonicalKey(value ?? null, context.collation));
    return false;
  });
  return keys;
}

/** The keys a document looks for: its existing values, an array standing for its elements; null without any. */
function localKeys(doc: Document, parts: readonly string[], context: StageContext): Set<string> {
  const keys = new Set<string>();
  walkPath(doc, parts, 'whole', (value) => {
    for (const item of Array.isArray(value) ? (value as Value[]) : [value]) {
      if (item !== undefined) keys.add(canonicalKey(item, context.collation));
    }
    return false;
  });
  if (keys.size === 0) keys.add(canonicalKey(null));
  return keys;
}

function hashJoin(
  foreign: Document[],
  fields: { local: readonly string[]; foreign: readonly string[] },
  context: StageContext,
): (doc: Document) => Document[] {
  const positions = new Map<string, number[]>();
  foreign.forEach((doc, index) => {
    for (const key of foreignKeys(doc, fields.foreign, context)) {
      const list = positions.get(key);
      if (list) list.push(index);
      else positions.set(key, [index]);
    }
  });
  return (doc) => {
    const keys = [...localKeys(doc, fields.local, context)];
    if (keys.length === 1) return (positions.get(keys[0]!) ?? []).map((index) => foreign[index]!);
    const found = new Set(keys.flatMap((key) => positions.get(key) ?? []));
    return [...found].toSorted((a, b) => a - b).map((index) => foreign[index]!);
  };
}

/** `$unionWith`: the documents, then those of another collection. */
export function unionWith(argument: Value, context: StageContext, compile: PipelineCompiler): Stage {
  const spec: Document =
    typeof argument === 'string' ? { coll: argument } : isDocument(argument) ? argument : {};
  for (const name of Object.keys(spec))
    if (name !== 'coll' && name !== 'pipeline')
      throw mongoError(9, `unknown argument to $unionWith: ${name}`);
  const { coll, pipeline = [] } = spec;
  if (typeof coll !== 'string' || !Array.isArray(pipeline))
    throw mongoError(9, "$unionWith needs a collection name, or 'coll' and 'pipeline'");
  context.onCollection?.(coll);
  const stage = compile(pipeline as Document[], context);
  return function* (docs) {
    yield* docs;
    yield* stage(context.lookup(coll));
  };
}
