import { isDocument, typeOf } from '../bson-types.ts';
import { mongoError } from '../errors.ts';
import { isTruthy } from '../match-leaf.ts';
import { isNumber, makeInt } from '../numbers.ts';
import { compileElementSort } from '../sort.ts';
import type { Document, Value } from '../types.ts';
import { compare, equal } from '../values.ts';
import { asArray } from './array-operand.ts';
import type { Operator, Scope } from './expression-types.ts';
import {
  bind,
  fixed,
  integerOperand,
  isNullish,
  named,
  namedArguments,
  operands,
  variadic,
} from './expression-types.ts';

function variableName(name: string, value: Value): string {
  if (value === undefined) return 'this';
  if (typeof value !== 'string') throw mongoError(9, `'as' must be a string in ${name}`);
  return value;
}

const map: Operator = (argument, scope) => {
  const given = namedArguments('$map', argument, ['input', 'in'], ['as']);
  const as = variableName('$map', given['as']);
  const input = scope.compile(given['input']);
  const body = scope.with(as).compile(given['in']);
  return (env) => {
    const value = input(env);
    if (isNullish(value)) return null;
    return asArray('$map', value, 16883).map((item) => body(bind(env, as, item)) ?? null);
  };
};

const filter: Operator = (argument, scope) => {
  const given = namedArguments('$filter', argument, ['input', 'cond'], ['as', 'limit']);
  const as = variableName('$filter', given['as']);
  const input = scope.compile(given['input']);
  const condition = scope.with(as).compile(given['cond']);
  const limit = given['limit'] === undefined ? undefined : scope.compile(given['limit']);
  return (env) => {
    const value = input(env);
    if (isNullish(value)) return null;
    const max = limit ? limit(env) : undefined;
    let left = Infinity;
    if (!isNullish(max)) {
      left = integerOperand('$filter', max, 327391);
      if (left < 1) throw mongoError(327392, '$filter: limit must be greater than 0');
    }
    const found: Value[] = [];
    for (const item of asArray('$filter', value, 28651)) {
      if (found.length >= left) break;
      if (isTruthy(condition(bind(env, as, item)))) found.push(item);
    }
    return found;
  };
};

const reduce: Operator = (argument, scope) => {
  const given = namedArguments('$reduce', argument, ['input', 'initialValue', 'in']);
  const input = scope.compile(given['input']);
  const initial = scope.compile(given['initialValue']);
  const body = scope.with('this', 'value').compile(given['in']);
  return (env) => {
    const value = input(env);
    if (isNullish(value)) return null;
    return asArray('$reduce', value, 40080).reduce(
      (accumulated, item) => body(bind(bind(env, 'value', accumulated), 'this', item)),
      initial(env),
    );
  };
};

const elementAt = fixed('$arrayElemAt', 2, (value, index) => {
  if (isNullish(value) || isNullish(index)) return null;
  const array = asArray('$arrayElemAt', value, 28689);
  if (!isNumber(index))
    throw mongoError(
      28690,
      `$arrayElemAt's second argument must be a numeric value, but is ${typeOf(index)}`,
    );
  const position = integerOperand('$arrayElemAt', index, 28691);
  return array[position < 0 ? array.length + position : position];
});

function end(name: '$first' | '$last'): Operator {
  return fixed(name, 1, (value) => {
    if (isNullish(value)) return null;
    return asArray(name, value, 28689).at(name === '$first' ? 0 : -1);
  });
}

const concatArrays = variadic('$concatArrays', (values) => {
  if (values.some(isNullish)) return null;
  return values.flatMap((value) => {
    if (!Array.isArray(value))
      throw mongoError(28664, `$concatArrays only supports arrays, not ${typeOf(value)}`);
    return value as Value[];
  });
});

const slice: Operator = (argument, scope) => {
  const [input, second, third] = operands('$slice', argument, scope, 2, 3);
  return (env) => {
    const value = input!(env);
    const first = second!(env);
    const last = third ? third(env) : undefined;
    if (isNullish(value) || isNullish(first) || (third && isNullish(last))) return null;
    const array = asArray('$slice', value, 28724);
    const count = integerOperand('$slice', first, 28726);
    if (!third) return count < 0 ? array.slice(Math.max(0, array.length + count)) : array.slice(0, count);
    const length = integerOperand('$slice', last, 28728);
    if (length <= 0) throw mongoError(28729, 'Third argument to $slice must be positive');
    const start = count < 0 ? Math.max(0, array.length + count) : count;
    return array.slice(start, start + length);
  };
};

const range: Operator = (argument, scope) => {
  const [from, to, by] = operands('$range', argument, scope, 2, 3);
  return (env) => {
    const start = integerOperand('$range', from!(env), 34444);
    const stop = integerOperand('$range', to!(env), 34446);
    const step = by ? integerOperand('$range', by(env), 34448) : 1;
    if (step === 0) throw mongoError(34449, '$range requires a non-zero step value');
    const count = Math.max(0, Math.ceil((stop - start) / step));
    if (count > 1_000_000) throw mongoError(146, '$range would use too much memory');
    return Array.from({ length: count }, (_, index) => makeInt(start + index * step));
  };
};

const indexOfArray: Operator = (argument, scope) => {
  const [input, search, from, to] = operands('$indexOfArray', argument, scope, 2, 4);
  return (env) => {
    const value = input!(env);
    if (isNullish(value)) return null;
    const array = asArray('$indexOfArray', value, 40090);
    const wanted = search!(env);
    const start = from ? integerOperand('$indexOfArray', from(env), 40096) : 0;
    const stop = to ? integerOperand('$indexOfArray', to(env), 40096) : array.length;
    if (start < 0 || stop < 0)
      throw mongoError(40097, '$indexOfArray requires nonnegative start and end indexes');
    for (let i = start; i < Math.min(stop, array.length); i += 1)
      if (equal(array[i], wanted, scope.collation)) return makeInt(i);
    return makeInt(-1);
  };
};

const sortArray: Operator = (argument, scope) => {
  const given = namedArguments('$sortArray', argument, ['input', 'sortBy']);
  const { input } = named('$sortArray', { input: given['input'] }, scope, ['input']);
  const order = elementOrder(given['sortBy'], scope);
  return (env) => {
    const value = input!(env);
    return isNullish(value) ? null : asArray('$sortArray', value, 2942504).toSorted(order);
  };
};

function elementOrder(sortBy: Value, scope: Scope): (a: Value, b: Value) => number {
  if (isDocument(sortBy)) return compileElementSort(sortBy, scope.collation);
  const direction = isNumber(sortBy) ? integerOperand('$sortArray', sortBy, 2942505) : 0;
  if (direction !== 1 && direction !== -1)
    throw mongoError(2942505, "$sortArray requires 'sortBy' to be 1, -1 or a document");
  return (a, b) => direction * compare(a, b, scope.collation);
}

const isIn: Operator = (argument, scope) => {
  const [item, list] = operands('$in', argument, scope, 2);
  return (env) => {
    const wanted = item!(env);
    const array = list!(env);
    if (!Array.isArray(array))
      throw mongoError(40081, `$in requires an array as a second argument, found: ${typeOf(array)}`);
    return (array as Value[]).some((value) => equal(value, wanted, scope.collation));
  };
};

function quantified(name: '$anyElementTrue' | '$allElementsTrue', code: number): Operator {
  return fixed(name, 1, (value) => {
    const array = asArray(name, value, code);
    return name === '$anyElementTrue' ? array.some(isTruthy) : array.every(isTruthy);
  });
}

const arrayToObject = fixed('$arrayToObject', 1, (value) => {
  if (isNullish(value)) return null;
  const result = new Map<string, Value>();
  for (const item of asArray('$arrayToObject', value, 40386)) {
    let pair: Value[];
    if (Array.isArray(item)) {
      if (item.length !== 2) throw mongoError(40397, '$arrayToObject requires an array of size 2 arrays');
      pair = item as Value[];
    } else {
      if (!isDocument(item) || Object.keys(item).length !== 2 || !('k' in item) || !('v' in item)) {
        throw mongoError(40392, "$arrayToObject requires an object with keys 'k' and 'v'");
      }
      pair = [item['k'], item['v']];
    }
    const [name, content] = pair;
    if (typeof name !== 'string')
      throw mongoError(40394, `$arrayToObject requires keys of type string, found ${typeOf(name)}`);
    result.set(name, content);
  }
  return Object.fromEntries(result) as Document;
});

export const arrayOperators: readonly [string, Operator][] = [
  ['$map', map],
  ['$filter', filter],
  ['$reduce', reduce],
  ['$size', fixed('$size', 1, (value) => makeInt(asArray('$size', value, 17124).length))],
  ['$arrayElemAt', elementAt],
  ['$first', end('$first')],
  ['$last', end('$last')],
  ['$in', isIn],
  ['$concatArrays', concatArrays],
  ['$slice', slice],
  ['$range', range],
  [
    '$reverseArray',
    fixed('$reverseArray', 1, (value) =>
      isNullish(value) ? null : asArray('$reverseArray', value, 34435).toReversed(),
    ),
  ],
  ['$isArray', fixed('$isArray', 1, (value) => Array.isArray(value))],
  ['$indexOfArray', indexOfArray],
  ['$sortArray', sortArray],
  ['$anyElementTrue', quantified('$anyElementTrue', 17041)],
  ['$allElementsTrue', quantified('$allElementsTrue', 17040)],
  ['$arrayToObject', arrayToObject],
];
