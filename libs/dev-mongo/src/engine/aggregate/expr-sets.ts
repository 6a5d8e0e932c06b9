import type { Value } from '../types.ts';
import { canonicalKey, compare } from '../values.ts';
import { asArray } from './array-operand.ts';
import type { Operator, Scope } from './expression-types.ts';
import { isNullish, operands, variadic } from './expression-types.ts';

/** The different elements of an array, in order. */
function distinct(values: Value[], scope: Scope): Map<string, Value> {
  const seen = new Map<string, Value>();
  for (const value of values) {
    const key = canonicalKey(value, scope.collation);
    if (!seen.has(key)) seen.set(key, value);
  }
  return seen;
}

/** MongoDB leaves the order of sets open; here it is the order of the values. */
function ordered(values: Iterable<Value>, scope: Scope): Value[] {
  return [...values].toSorted((a, b) => compare(a, b, scope.collation));
}

const setUnion = variadic('$setUnion', (values, scope) => {
  if (values.some(isNullish)) return null;
  return ordered(
    distinct(
      values.flatMap((value) => asArray('$setUnion', value, 17043)),
      scope,
    ).values(),
    scope,
  );
});

const setIntersection = variadic('$setIntersection', (values, scope) => {
  if (values.some(isNullish)) return null;
  const [first, ...others] = values.map((value) =>
    distinct(asArray('$setIntersection', value, 17047), scope),
  );
  if (!first) return [];
  const common = [...first].filter(([key]) => others.every((other) => other.has(key)));
  return ordered(
    common.map(([, value]) => value),
    scope,
  );
});

const setDifference: Operator = (argument, scope) => {
  const [left, right] = operands('$setDifference', argument, scope, 2);
  return (env) => {
    const minuend = left!(env);
    const subtrahend = right!(env);
    if (isNullish(minuend) || isNullish(subtrahend)) return null;
    const without = distinct(asArray('$setDifference', subtrahend, 17049), scope);
    return [...distinct(asArray('$setDifference', minuend, 17048), scope)]
      .filter(([key]) => !without.has(key))
      .map(([, value]) => value);
  };
};

const setEquals = variadic(
  '$setEquals',
  (values, scope) => {
    const [first, ...others] = values.map((value) => distinct(asArray('$setEquals', value, 17044), scope));
    return others.every(
      (other) => other.size === first!.size && [...other.keys()].every((key) => first!.has(key)),
    );
  },
  2,
);

const setIsSubset: Operator = (argument, scope) => {
  const [left, right] = operands('$setIsSubset', argument, scope, 2);
  return (env) => {
    const part = distinct(asArray('$setIsSubset', left!(env), 17046), scope);
    const whole = distinct(asArray('$setIsSubset', right!(env), 17042), scope);
    return [...part.keys()].every((key) => whole.has(key));
  };
};

export const setOperators: readonly [string, Operator][] = [
  ['$setUnion', setUnion],
  ['$setIntersection', setIntersection],
  ['$setDifference', setDifference],
  ['$setEquals', setEquals],
  ['$setIsSubset', setIsSubset],
];
