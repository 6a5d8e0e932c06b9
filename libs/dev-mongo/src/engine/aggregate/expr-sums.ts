import type { Value } from '../types.ts';
import { compare } from '../values.ts';
import type { Operator, Scope } from './expression-types.ts';
import { isNullish, operands } from './expression-types.ts';
import { NumberSum } from './number-sum.ts';

/** With one operand that is an array the operator works on its elements, else on the operands. */
function overValues(name: string, run: (values: Value[], scope: Scope) => Value): [string, Operator] {
  return [
    name,
    (argument, scope) => {
      const list = operands(name, argument, scope, 0, Infinity);
      return (env) => {
        const values = list.map((item) => item(env));
        return run(list.length === 1 && Array.isArray(values[0]) ? (values[0] as Value[]) : values, scope);
      };
    },
  ];
}

function summed(values: Value[]): NumberSum {
  const sum = new NumberSum();
  for (const value of values) sum.add(value);
  return sum;
}

function extreme(values: Value[], wanted: 1 | -1, scope: Scope): Value {
  let best: Value = null;
  for (const value of values) {
    if (isNullish(value)) continue;
    if (best === null || Math.sign(compare(value, best, scope.collation)) === wanted) best = value;
  }
  return best;
}

export const sumOperators: readonly [string, Operator][] = [
  overValues('$sum', (values) => summed(values).total()),
  overValues('$avg', (values) => summed(values).mean()),
  overValues('$min', (values, scope) => extreme(values, -1, scope)),
  overValues('$max', (values, scope) => extreme(values, 1, scope)),
];
