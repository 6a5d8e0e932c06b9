import { isDocument, setField } from '../bson-types.ts';
import { mongoError } from '../errors.ts';
import { makeInteger } from '../numbers.ts';
import type { Document, Value } from '../types.ts';
import { canonicalKey, compare } from '../values.ts';
import type { Accumulator } from './accumulators.ts';
import { compileAccumulator } from './accumulators.ts';
import { makeEnvironment } from './expression.ts';
import type { StageMaker } from './stage-types.ts';

interface Group {
  id: Value;
  accumulators: Accumulator[];
}

/** `$group`: groups come out in the order they were first met (MongoDB leaves it open). */
export const group: StageMaker = (argument, context) => {
  if (!isDocument(argument)) throw mongoError(15947, "a group's fields must be specified in an object");
  if (!Object.hasOwn(argument, '_id')) throw mongoError(15955, 'a group specification must include an _id');
  const { scope, start } = makeEnvironment(context);
  const idOf = scope.compile(argument['_id']);
  const names = Object.keys(argument).filter((name) => name !== '_id');
  const starters = names.map((name) => compileAccumulator(name, argument[name], scope));
  return function* (docs) {
    const groups = new Map<string, Group>();
    for (const doc of docs) {
      const env = start(doc);
      // A missing key is the group of null.
      const id = idOf(env) ?? null;
      const key = canonicalKey(id, context.collation);
      let found = groups.get(key);
      if (!found) {
        found = { id, accumulators: starters.map((begin) => begin()) };
        groups.set(key, found);
      }
      for (const accumulator of found.accumulators) accumulator.add(env);
    }
    for (const { id, accumulators } of groups.values()) {
      const result: Document = { _id: id };
      names.forEach((name, index) => setField(result, name, accumulators[index]!.result()));
      yield result;
    }
  };
};

export const sortByCount: StageMaker = (argument, context) => {
  const isExpression = isDocument(argument) && Object.keys(argument)[0]?.startsWith('$');
  if (!isExpression && !(typeof argument === 'string' && argument.startsWith('$'))) {
    throw mongoError(
      40147,
      'the sortByCount field must be defined as a $-prefixed path or an expression inside an object',
    );
  }
  const counting = group({ _id: argument, count: { $sum: makeInteger(1n, 'int') } }, context);
  return (docs) => [...counting(docs)].toSorted((a, b) => compare(b['count'], a['count']));
};
