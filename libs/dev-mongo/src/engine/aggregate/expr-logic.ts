import { isDocument } from '../bson-types.ts';
import { mongoError } from '../errors.ts';
import { isTruthy } from '../match-leaf.ts';
import { makeInt } from '../numbers.ts';
import type { Value } from '../types.ts';
import { compare } from '../values.ts';
import { checkSwitch } from './switch-arguments.ts';
import type { Evaluate, Operator } from './expression-types.ts';
import { bind, isNullish, namedArguments, operands } from './expression-types.ts';

function comparing(name: string, read: (order: number) => Value): [string, Operator] {
  return [
    name,
    (argument, scope) => {
      const [left, right] = operands(name, argument, scope, 2);
      return (env) => read(compare(left!(env), right!(env), scope.collation));
    },
  ];
}

const and: Operator = (argument, scope) => {
  const list = operands('$and', argument, scope, 0, Infinity);
  return (env) => list.every((item) => isTruthy(item(env)));
};

const or: Operator = (argument, scope) => {
  const list = operands('$or', argument, scope, 0, Infinity);
  return (env) => list.some((item) => isTruthy(item(env)));
};

const not: Operator = (argument, scope) => {
  const [operand] = operands('$not', argument, scope, 1);
  return (env) => !isTruthy(operand!(env));
};

const cond: Operator = (argument, scope) => {
  let parts: Evaluate[];
  if (isDocument(argument)) {
    const given = namedArguments('$cond', argument, ['if', 'then', 'else']);
    parts = ['if', 'then', 'else'].map((name) => scope.compile(given[name]));
  } else {
    parts = operands('$cond', argument, scope, 3);
  }
  const [condition, yes, no] = parts;
  return (env) => (isTruthy(condition!(env)) ? yes!(env) : no!(env));
};

const ifNull: Operator = (argument, scope) => {
  const list = operands('$ifNull', argument, scope, 2, Infinity);
  const last = list.pop()!;
  return (env) => {
    for (const item of list) {
      const value = item(env);
      if (!isNullish(value)) return value;
    }
    return last(env);
  };
};

const switchCase: Operator = (argument, scope) => {
  const { branches, otherwise } = checkSwitch(argument);
  const compiled = branches.map((branch) => ({
    when: scope.compile(branch.when),
    result: scope.compile(branch.result),
  }));
  const fallback = otherwise === undefined ? undefined : scope.compile(otherwise);
  return (env) => {
    const branch = compiled.find(({ when }) => isTruthy(when(env)));
    if (branch) return branch.result(env);
    if (!fallback) {
      throw mongoError(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      );
    }
    return fallback(env);
  };
};

const letIn: Operator = (argument, scope) => {
  const given = namedArguments('$let', argument, ['vars', 'in']);
  if (!isDocument(given['vars'])) throw mongoError(10065, 'invalid parameter: expected an object (vars)');
  const vars = given['vars'];
  const names = Object.keys(vars);
  const values = names.map((name) => scope.compile(vars[name]));
  const body = scope.with(...names).compile(given['in']);
  return (env) => {
    let inner = env;
    names.forEach((name, index) => {
      inner = bind(inner, name, values[index]!(env));
    });
    return body(inner);
  };
};

export const logicOperators: readonly [string, Operator][] = [
  comparing('$eq', (order) => order === 0),
  comparing('$ne', (order) => order !== 0),
  comparing('$gt', (order) => order > 0),
  comparing('$gte', (order) => order >= 0),
  comparing('$lt', (order) => order < 0),
  comparing('$lte', (order) => order <= 0),
  comparing('$cmp', (order) => makeInt(Math.sign(order))),
  ['$and', and],
  ['$or', or],
  ['$not', not],
  ['$cond', cond],
  ['$ifNull', ifNull],
  ['$switch', switchCase],
  ['$let', letIn],
  ['$literal', (argument) => () => argument],
];
