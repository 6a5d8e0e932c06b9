import { asPlain, getField, isDocument, setField } from '../bson-types.ts';
import { mongoError, notSupported } from '../errors.ts';
import { splitPath } from '../paths.ts';
import { show } from '../show.ts';
import type { Collation, Document, Value } from '../types.ts';
import { arrayOperators } from './expr-arrays.ts';
import { conversionOperators } from './expr-convert.ts';
import { dateOperators } from './expr-dates.ts';
import { logicOperators } from './expr-logic.ts';
import { numberOperators } from './expr-numbers.ts';
import { objectOperators } from './expr-objects.ts';
import { setOperators } from './expr-sets.ts';
import { stringOperators } from './expr-strings.ts';
import { sumOperators } from './expr-sums.ts';
import type { Binding, Env, Evaluate, Operator, Scope } from './expression-types.ts';

const operators: ReadonlyMap<string, Operator> = new Map([
  ...logicOperators,
  ...numberOperators,
  ...sumOperators,
  ...stringOperators,
  ...arrayOperators,
  ...setOperators,
  ...objectOperators,
  ...dateOperators,
  ...conversionOperators,
]);

const systemVariables = new Set(['ROOT', 'CURRENT', 'NOW', 'REMOVE']);
const refusedVariables = new Set([
  'CLUSTER_TIME',
  'DESCEND',
  'PRUNE',
  'KEEP',
  'JS_SCOPE',
  'IS_MR',
  'USER_ROLES',
  'SEARCH_META',
]);

interface EnvironmentOptions {
  now: Date;
  variables?: Document | undefined;
  collation?: Collation | undefined;
}

export interface Environment {
  scope: Scope;
  /** The environment of one document. */
  start(doc: Document): Env;
}

/** What the expressions of one command share: its clock, `let` variables and collation. */
export function makeEnvironment({ now, variables, collation }: EnvironmentOptions): Environment {
  let bindings: Binding = { name: 'NOW', value: now, next: undefined };
  for (const name of Object.keys(variables ?? {}))
    bindings = { name, value: variables![name], next: bindings };
  return {
    scope: makeScope(new Set(Object.keys(variables ?? {})), collation),
    start: (doc) => ({ root: doc, bindings }),
  };
}

function makeScope(names: ReadonlySet<string>, collation: Collation | undefined): Scope {
  const scope: Scope = {
    collation,
    names,
    compile: (expression) => compileIn(expression, scope),
    with(...more) {
      for (const name of more) checkVariableName(name);
      return makeScope(new Set([...names, ...more]), collation);
    },
  };
  return scope;
}

/** Refuses names that a user may not give to a variable. */
export function checkVariableName(name: string): void {
  // Field paths would have to start from it: "$a" is short for "$$CURRENT.a".
  if (name === 'CURRENT') throw notSupported("a CURRENT of one's own");
  if (!/^[a-z\u0080-\u{10ffff}][\w\u0080-\u{10ffff}]*$/u.test(name)) {
    throw mongoError(9, `'${name}' starts with an invalid character for a user variable name`);
  }
}

/**
 * Compiles an aggregation expression; `Scope.compile` leads here.
 *
 * @throws MongoError 168 for an operator that is unknown or not supported, 17276 for an unknown variable
 */
function compileIn(expression: Value, scope: Scope): Evaluate {
  if (typeof expression === 'string') return compileText(expression, scope);
  if (Array.isArray(expression)) {
    const items = (expression as Value[]).map((item) => compileIn(item, scope));
    return (env) => items.map((item) => item(env) ?? null);
  }
  if (isDocument(expression)) return compileObject(asPlain(expression), scope);
  return () => expression;
}

function compileText(text: string, scope: Scope): Evaluate {
  if (!text.startsWith('$')) return () => text;
  if (!text.startsWith('$$')) return fieldPath(text.slice(1));
  const [name = '', ...rest] = splitPath(text.slice(2));
  const variable = variableReader(name, scope);
  if (rest.length === 0) return variable;
  checkFieldPath(rest.join('.'));
  return (env) => follow(variable(env), rest, 0);
}

function variableReader(name: string, scope: Scope): Evaluate {
  if (refusedVariables.has(name)) throw notSupported(`the variable $$${name}`);
  if (!scope.names.has(name)) {
    if (!systemVariables.has(name)) throw mongoError(17276, `Use of undefined variable: ${name}`);
    if (name === 'REMOVE') return () => undefined;
    if (name !== 'NOW') return (env) => env.root;
  }
  return (env) => {
    for (let binding = env.bindings; binding; binding = binding.next)
      if (binding.name === name) return binding.value;
    return undefined;
  };
}

/** Refuses malformed field paths. */
export function checkFieldPath(path: string): void {
  if (path === '') throw mongoError(40353, 'FieldPath must not be empty.');
  for (const part of splitPath(path)) {
    if (part === '') throw mongoError(15998, 'FieldPath field names may not be empty strings.');
    if (part.startsWith('$'))
      throw mongoError(
        16410,
        `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
      );
    if (part.includes('\0')) throw mongoError(16411, 'FieldPath field names may not contain null bytes.');
  }
}

function fieldPath(path: string): Evaluate {
  if (path === '') throw mongoError(16872, "'$' by itself is not a valid FieldPath");
  checkFieldPath(path);
  const parts = splitPath(path);
  if (parts.length === 1) return (env) => getField(env.root, path);
  return (env) => follow(env.root, parts, 0);
}

/** Follows a path; arrays give the array of what their documents have there, other elements nothing. */
function follow(value: Value, parts: readonly string[], index: number): Value {
  if (index === parts.length) return value;
  if (Array.isArray(value)) {
    const found: Value[] = [];
    for (const item of value) {
      if (!isDocument(item)) continue;
      const inner = follow(item, parts, index);
      if (inner !== undefined) found.push(inner);
    }
    return found;
  }
  return isDocument(value) ? follow(getField(asPlain(value), parts[index]!), parts, index + 1) : undefined;
}

function compileObject(doc: Document, scope: Scope): Evaluate {
  const names = Object.keys(doc);
  const operatorName = names.find((name) => name.startsWith('$'));
  if (operatorName !== undefined) {
    if (names.length > 1) {
      throw mongoError(
        15983,
        `An object representing an expression must have exactly one field: ${show(doc)}`,
      );
    }
    const operator = operators.get(operatorName);
    if (!operator) {
      throw mongoError(
        168,
        `Unrecognized expression '${operatorName}' (unknown, or not supported by dev-mongo)`,
      );
    }
    return operator(doc[operatorName], scope);
  }
  for (const name of names) {
    if (name.includes('.'))
      throw mongoError(
        16412,
        "FieldPath field names may not contain '.'. Consider using $getField or $setField.",
      );
  }
  const fields = names.map((name) => [name, compileIn(doc[name], scope)] as const);
  return (env) => {
    const result: Document = {};
    for (const [name, evaluate] of fields) {
      const value = evaluate(env);
      if (value !== undefined) setField(result, name, value);
    }
    return result;
  };
}
