import { isDocument, typeOf } from '../bson-types.ts';
import { mongoError } from '../errors.ts';
import { makeInteger } from '../numbers.ts';
import type { Value } from '../types.ts';
import { canonicalKey, compare } from '../values.ts';
import { mergeDocuments } from './expr-objects.ts';
import type { Env, Evaluate, Scope } from './expression-types.ts';
import { isNullish } from './expression-types.ts';
import { NumberSum } from './number-sum.ts';

/** The state of one accumulator in one group. */
export interface Accumulator {
  add(env: Env): void;
  result(): Value;
}

type Maker = (argument: Evaluate, scope: Scope) => Accumulator;

function summing(read: (sum: NumberSum) => Value): Maker {
  return (argument) => {
    const sum = new NumberSum();
    return { add: (env) => sum.add(argument(env)), result: () => read(sum) };
  };
}

function extreme(wanted: 1 | -1): Maker {
  return (argument, { collation }) => {
    let best: Value = null;
    return {
      add(env) {
        const value = argument(env);
        if (isNullish(value)) return;
        if (best === null || Math.sign(compare(value, best, collation)) === wanted) best = value;
      },
      result: () => best,
    };
  };
}

const makers = new Map<string, Maker>([
  ['$sum', summing((sum) => sum.total())],
  ['$avg', summing((sum) => sum.mean())],
  ['$min', extreme(-1)],
  ['$max', extreme(1)],
  [
    '$first',
    (argument) => {
      let first: { value: Value } | undefined;
      return {
        add(env) {
          first ??= { value: argument(env) };
        },
        result: () => first?.value ?? null,
      };
    },
  ],
  [
    '$last',
    (argument) => {
      let last: Value;
      return {
        add(env) {
          last = argument(env);
        },
        result: () => last ?? null,
      };
    },
  ],
  [
    '$push',
    (argument) => {
      const values: Value[] = [];
      return {
        add(env) {
          const value = argument(env);
          if (value !== undefined) values.push(value);
        },
        result: () => values,
      };
    },
  ],
  [
    '$addToSet',
    (argument, { collation }) => {
      const values = new Map<string, Value>();
      return {
        add(env) {
          const value = argument(env);
          if (value === undefined) return;
          const key = canonicalKey(value, collation);
          if (!values.has(key)) values.set(key, value);
        },
        result: () => [...values.values()],
      };
    },
  ],
  [
    '$mergeObjects',
    (argument) => {
      let merged: Value = {};
      return {
        add(env) {
          merged = mergeDocuments([merged, argument(env)]);
        },
        result: () => merged,
      };
    },
  ],
  [
    '$count',
    () => {
      let count = 0n;
      return {
        add() {
          count += 1n;
        },
        result: () => makeInteger(count, 'int'),
      };
    },
  ],
]);

/**
 * Compiles `{ $sum: "$a" }`; the returned function starts a new group.
 *
 * @throws MongoError 40234, 40237, 40238 for a malformed accumulator, 15952 for an unknown one
 */
export function compileAccumulator(field: string, spec: Value, scope: Scope): () => Accumulator {
  if (field.includes('.')) throw mongoError(40235, `The field name '${field}' cannot contain '.'`);
  if (field.startsWith('$')) throw mongoError(40236, `The field name '${field}' cannot be an operator name`);
  if (!isDocument(spec)) throw mongoError(40234, `The field '${field}' must be an accumulator object`);
  const names = Object.keys(spec);
  if (names.length !== 1) throw mongoError(40238, `The field '${field}' must specify one accumulator`);
  const name = names[0]!;
  const maker = makers.get(name);
  if (!maker)
    throw mongoError(15952, `unknown group operator '${name}' (unknown, or not supported by dev-mongo)`);
  const argument = spec[name];
  if (name === '$count' && !(isDocument(argument) && Object.keys(argument).length === 0)) {
    throw mongoError(9, `$count takes no arguments, i.e. $count:{}`);
  }
  if (Array.isArray(argument)) {
    if (argument.length !== 1)
      throw mongoError(
        40237,
        `The ${name} accumulator is a unary operator, found ${typeOf(argument)} of ${argument.length}`,
      );
  }
  const evaluate =
    name === '$count' ? () => undefined : scope.compile(Array.isArray(argument) ? argument[0] : argument);
  return () => maker(evaluate, scope);
}
