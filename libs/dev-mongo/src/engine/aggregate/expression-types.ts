import { isDocument, typeOf } from '../bson-types.ts';
import { mongoError } from '../errors.ts';
import { integerOf, isNumber } from '../numbers.ts';
import type { Collation, Document, Value } from '../types.ts';

export interface Binding {
  readonly name: string;
  readonly value: Value;
  readonly next: Binding | undefined;
}

/** What an expression is evaluated in: the document and the variables. */
export interface Env {
  readonly root: Document;
  readonly bindings: Binding | undefined;
}

export type Evaluate = (env: Env) => Value;

/** What an expression is compiled in. */
export interface Scope {
  readonly collation: Collation | undefined;
  readonly names: ReadonlySet<string>;
  compile(expression: Value): Evaluate;
  /** A scope that knows further variables. */
  with(...names: string[]): Scope;
}

export type Operator = (argument: Value, scope: Scope) => Evaluate;

export function bind(env: Env, name: string, value: Value): Env {
  return { root: env.root, bindings: { name, value, next: env.bindings } };
}

/** True for null and missing, which most operators pass on. */
export function isNullish(value: Value): value is null | undefined {
  return value === undefined || value === null;
}

/** The operands of an operator: an array is a list of operands, anything else a single one. */
export function operands(name: string, argument: Value, scope: Scope, min: number, max = min): Evaluate[] {
  const list = Array.isArray(argument) ? (argument as Value[]) : [argument];
  if (list.length < min || list.length > max) {
    if (min === max) {
      throw mongoError(
        16020,
        `Expression ${name} takes exactly ${min} arguments. ${list.length} were passed in.`,
      );
    }
    throw mongoError(
      28667,
      `Expression ${name} takes at least ${min} arguments, and at most ${max}, but ${list.length} were passed in.`,
    );
  }
  return list.map((item) => scope.compile(item));
}

/** An operator with a fixed number of operands. */
export function fixed(name: string, count: number, run: (...values: Value[]) => Value): Operator {
  return (argument, scope) => {
    const [first, second, third] = operands(name, argument, scope, count);
    if (count === 1) return (env) => run(first!(env));
    if (count === 2) return (env) => run(first!(env), second!(env));
    return (env) => run(first!(env), second!(env), third!(env));
  };
}

/** An operator with any number of operands. */
export function variadic(name: string, run: (values: Value[], scope: Scope) => Value, min = 0): Operator {
  return (argument, scope) => {
    const list = operands(name, argument, scope, min, Infinity);
    return (env) =>
      run(
        list.map((item) => item(env)),
        scope,
      );
  };
}

/** The named arguments of an operator that takes an object, each compiled. */
export function named(
  name: string,
  argument: Value,
  scope: Scope,
  required: readonly string[],
  optional: readonly string[] = [],
): Record<string, Evaluate | undefined> {
  const doc = namedArguments(name, argument, required, optional);
  return Object.fromEntries(Object.keys(doc).map((key) => [key, scope.compile(doc[key])]));
}

/** The named arguments of an operator as they are written, with unknown and missing ones refused. */
export function namedArguments(
  name: string,
  argument: Value,
  required: readonly string[],
  optional: readonly string[] = [],
): Document {
  if (!isDocument(argument)) throw mongoError(9, `${name} only supports an object as its argument`);
  for (const key of Object.keys(argument)) {
    if (!required.includes(key) && !optional.includes(key)) {
      throw mongoError(9, `${name} found an unknown argument: ${key}`);
    }
  }
  for (const key of required) {
    if (!Object.hasOwn(argument, key)) throw mongoError(9, `Missing '${key}' parameter to ${name}`);
  }
  return argument;
}

/** An integer operand within JavaScript's safe range. */
export function integerOperand(name: string, value: Value, code = 2): number {
  const integer = isNumber(value) ? integerOf(value) : undefined;
  if (integer === undefined || integer > 2n ** 53n || integer < -(2n ** 53n)) {
    throw mongoError(code, `${name} requires an integral value, found ${typeOf(value)}`);
  }
  return Number(integer);
}
