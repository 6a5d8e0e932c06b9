import { asPlain, getField, isDocument, typeOf } from './bson-types.ts';
import { makeEnvironment } from './aggregate/expression.ts';
import { mongoError, notSupported } from './errors.ts';
import type { BitOperator, Comparison, ValueTest } from './match-leaf.ts';
import {
  arrayAsDocument,
  bitsTest,
  comparison,
  inTest,
  isTruthy,
  modTest,
  regexOperator,
  regexTest,
  sizeTest,
  typeTest,
} from './match-leaf.ts';
import { splitPath, walkPath } from './paths.ts';
import type { Collation, Document, MatchDetails, Matcher, MatchOptions, Value } from './types.ts';

type DocumentTest = (doc: Document, details?: MatchDetails) => boolean;

/** A condition on a path: a test of its values, or a combination of such. */
type PathCondition =
  | { kind: 'values'; test: ValueTest; wholeArrays: boolean }
  | { kind: 'array'; test: ArrayTest }
  | { kind: 'not'; of: PathCondition[] }
  | { kind: 'and'; of: PathCondition[] };

/** `$elemMatch`: the index of the first matching element, -1 without one. */
type ArrayTest = (array: Value[]) => number;

interface Context {
  collation: Collation | undefined;
  variables: Document | undefined;
  now: Date | undefined;
  /** False inside `$elemMatch`, where conditions on the whole document are not allowed. */
  topLevel: boolean;
}

const refusedOperators = new Set([
  '$where',
  '$text',
  '$jsonSchema',
  '$geoWithin',
  '$geoIntersects',
  '$near',
  '$nearSphere',
  '$geoNear',
  '$within',
  '$maxDistance',
  '$minDistance',
  '$sampleRate',
  '$alwaysTrue',
  '$alwaysFalse',
  '$uniqueDocs',
  '$encStrStartsWith',
]);

/**
 * Compiles a filter.
 *
 * @throws MongoError 2 for an unknown operator or a malformed argument, 238 for an operator that
 *   MongoDB knows and this engine does not
 */
export function compileMatch(filter: Document, opts: MatchOptions = {}): Matcher {
  const test = compileFilter(filter, {
    collation: opts.collation,
    variables: opts.variables,
    now: opts.now,
    topLevel: true,
  });
  return {
    test: (doc) => test(doc),
    position(doc) {
      const details: MatchDetails = {};
      return test(doc, details) ? details.position : undefined;
    },
  };
}

/** True for `{ $gt: … }` and the like, false for documents to compare with and for DBRefs. */
export function isOperatorDocument(value: Value): value is Document {
  if (!isDocument(value)) return false;
  const [first] = Object.keys(value);
  return (
    first !== undefined && first.startsWith('$') && first !== '$ref' && first !== '$id' && first !== '$db'
  );
}

function compileFilter(filter: Document, context: Context): DocumentTest {
  const source = asPlain(filter);
  const tests: DocumentTest[] = [];
  for (const name of Object.keys(source)) {
    const argument = source[name];
    if (!name.startsWith('$')) tests.push(onPath(name, all(parseFieldCondition(argument, context))));
    else if (name !== '$comment') tests.push(compileTopLevel(name, argument, context));
  }
  return allOf(tests);
}

function allOf(tests: DocumentTest[]): DocumentTest {
  if (tests.length === 1) return tests[0]!;
  return (doc, details) => {
    for (const test of tests) if (!test(doc, details)) return false;
    return true;
  };
}

function compileTopLevel(name: string, argument: Value, context: Context): DocumentTest {
  switch (name) {
    case '$and':
      return allOf(compileList(name, argument, context));
    case '$or': {
      const tests = compileList(name, argument, context);
      return (doc, details) => tests.some((test) => test(doc, details));
    }
    case '$nor': {
      const tests = compileList(name, argument, context);
      return (doc) => !tests.some((test) => test(doc));
    }
    case '$expr': {
      if (!context.topLevel) throw mongoError(2, '$expr can only be applied to the top-level document');
      const { scope, start } = makeEnvironment({
        now: context.now ?? new Date(),
        variables: context.variables,
        collation: context.collation,
      });
      const evaluate = scope.compile(argument);
      return (doc) => isTruthy(evaluate(start(doc)));
    }
    default:
      if (refusedOperators.has(name)) throw notSupported(`the query operator ${name}`);
      throw mongoError(
        2,
        `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
      );
  }
}

function compileList(name: string, argument: Value, context: Context): DocumentTest[] {
  if (!Array.isArray(argument)) throw mongoError(2, `${name} must be an array`);
  if (argument.length === 0) throw mongoError(2, '$and/$or/$nor must be a nonempty array');
  return (argument as Value[]).map((entry) => {
    if (!isDocument(entry)) throw mongoError(2, '$or/$and/$nor entries need to be full objects');
    return compileFilter(entry, context);
  });
}

function parseFieldCondition(condition: Value, context: Context): PathCondition[] {
  if (isOperatorDocument(condition)) return parseOperators(condition, context);
  if (typeOf(condition) === 'regex') return [onElements(regexTest(condition))];
  return [onElements(comparison('$eq', condition, context.collation))];
}

function onElements(test: ValueTest): PathCondition {
  return { kind: 'values', test, wholeArrays: false };
}

function all(conditions: PathCondition[]): PathCondition {
  return conditions.length === 1 ? conditions[0]! : { kind: 'and', of: conditions };
}

function parseOperators(operators: Document, context: Context): PathCondition[] {
  return Object.keys(operators).flatMap((name) => {
    const condition = parseOperator(name, operators[name], operators, context);
    return condition ? [condition] : [];
  });
}

function parseOperator(
  name: string,
  argument: Value,
  siblings: Document,
  context: Context,
): PathCondition | undefined {
  const { collation } = context;
  switch (name) {
    case '$eq':
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return onElements(comparison(name satisfies Comparison, argument, collation));
    case '$ne':
      if (typeOf(argument) === 'regex') throw mongoError(2, "Can't have regex as arg to $ne.");
      return { kind: 'not', of: [onElements(comparison('$eq', argument, collation))] };
    case '$in':
      return onElements(inTest(argument, collation));
    case '$nin':
      if (!Array.isArray(argument)) throw mongoError(2, '$nin needs an array');
      return { kind: 'not', of: [onElements(inTest(argument, collation))] };
    case '$not':
      return { kind: 'not', of: parseNot(argument, context) };
    case '$exists': {
      const exists = onElements((value) => value !== undefined);
      return isTruthy(argument) ? exists : { kind: 'not', of: [exists] };
    }
    case '$type':
      return onElements(typeTest(argument));
    case '$regex':
      return onElements(regexOperator(argument, getField(siblings, '$options')));
    case '$options':
      if (!Object.hasOwn(siblings, '$regex')) throw mongoError(2, '$options needs a $regex');
      return undefined;
    case '$mod':
      return onElements(modTest(argument));
    case '$bitsAllSet':
    case '$bitsAnySet':
    case '$bitsAllClear':
    case '$bitsAnyClear':
      return onElements(bitsTest(name satisfies BitOperator, argument));
    case '$size':
      return { kind: 'values', test: sizeTest(argument), wholeArrays: true };
    case '$all':
      return parseAll(argument, context);
    case '$elemMatch':
      return { kind: 'array', test: parseElemMatch(argument, context) };
    default:
      if (refusedOperators.has(name)) throw notSupported(`the query operator ${name}`);
      throw mongoError(2, `unknown operator: ${name}`);
  }
}

function parseNot(argument: Value, context: Context): PathCondition[] {
  if (typeOf(argument) === 'regex') return [onElements(regexTest(argument))];
  if (!isDocument(argument)) throw mongoError(2, '$not needs a regex or a document');
  if (Object.keys(argument).length === 0) throw mongoError(2, '$not cannot be empty');
  return [all(parseOperators(argument, context))];
}

function parseAll(argument: Value, context: Context): PathCondition {
  if (!Array.isArray(argument)) throw mongoError(2, '$all needs an array');
  const items = argument as Value[];
  if (items.length === 0) return onElements(() => false);
  const isElemMatch = (item: Value): item is Document =>
    isDocument(item) && Object.keys(item)[0] === '$elemMatch';
  if (isElemMatch(items[0])) {
    return {
      kind: 'and',
      of: items.map((item) => {
        if (!isElemMatch(item) || Object.keys(item).length !== 1) {
          throw mongoError(2, '$all/$elemMatch has to be consistent');
        }
        return { kind: 'array', test: parseElemMatch(item['$elemMatch'], context) };
      }),
    };
  }
  return {
    kind: 'and',
    of: items.map((item) => {
      if (isOperatorDocument(item)) throw mongoError(2, 'no $ expressions in $all');
      return onElements(
        typeOf(item) === 'regex' ? regexTest(item) : comparison('$eq', item, context.collation),
      );
    }),
  };
}

const logicalNames = new Set(['$and', '$or', '$nor', '$where', '$expr']);

function parseElemMatch(argument: Value, context: Context): ArrayTest {
  if (!isDocument(argument)) throw mongoError(2, '$elemMatch needs an Object');
  const inner = { ...context, topLevel: false };
  const [first] = Object.keys(argument);
  if (first !== undefined && isOperatorDocument(argument) && !logicalNames.has(first)) {
    const test = onValue(all(parseOperators(argument, inner)));
    return (array) => array.findIndex((item) => test(item));
  }
  const test = compileFilter(argument, inner);
  return (array) =>
    array.findIndex((item) => {
      if (Array.isArray(item)) return test(arrayAsDocument(item));
      return isDocument(item) && test(asPlain(item));
    });
}

/** Applies a condition to a single value, without opening arrays. */
function onValue(condition: PathCondition): ValueTest {
  switch (condition.kind) {
    case 'values':
      return condition.test;
    case 'array':
      return (value) => Array.isArray(value) && condition.test(value) >= 0;
    case 'not': {
      const inner = onValue(all(condition.of));
      return (value) => !inner(value);
    }
    default: {
      const tests = condition.of.map(onValue);
      return (value) => tests.every((test) => test(value));
    }
  }
}

/** Applies a condition to all values of a path in a document. */
function onPath(path: string, condition: PathCondition): DocumentTest {
  const parts = splitPath(path);
  switch (condition.kind) {
    case 'values':
      return valuesOnPath(parts, condition.test, condition.wholeArrays);
    case 'array':
      return (doc, details) =>
        walkPath(doc, parts, 'whole', (value, offset) => {
          const index = Array.isArray(value) ? condition.test(value) : -1;
          if (index < 0) return false;
          if (details) details.position = offset ?? index;
          return true;
        });
    case 'not': {
      const inner = onPath(path, all(condition.of));
      return (doc) => !inner(doc);
    }
    default:
      return allOf(condition.of.map((part) => onPath(path, part)));
  }
}

function valuesOnPath(parts: readonly string[], test: ValueTest, wholeArrays: boolean): DocumentTest {
  const leaf = wholeArrays ? 'whole' : 'open';
  const visit = (value: Value): boolean => test(value);
  const [only] = parts;
  return (doc, details) => {
    if (parts.length === 1) {
      const value = getField(doc, only!);
      if (!Array.isArray(value)) return test(value);
    }
    if (!details) return walkPath(doc, parts, leaf, visit);
    return walkPath(doc, parts, leaf, (value, offset) => {
      if (!test(value)) return false;
      if (offset !== undefined) details.position = offset;
      return true;
    });
  };
}
