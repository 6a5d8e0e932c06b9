import { Timestamp } from 'bson';

import { getField, isDocument, typeOf } from './bson-types.ts';
import { mongoError } from './errors.ts';
import { identical } from './identical.ts';
import type { NumberType } from './numbers.ts';
import { addNumbers, integerOf, isNumber, makeInteger, multiplyNumbers, widerType } from './numbers.ts';
import { isIndexPart, splitPath } from './paths.ts';
import { show } from './show.ts';
import type { Document, Value } from './types.ts';
import { addToSet, pop, pull, pullAll, push } from './update-array-operators.ts';
import type { Leaf, LeafContext, LeafMaker } from './update-leaf.ts';
import { removed, unchanged } from './update-leaf.ts';
import { compare } from './values.ts';

function settle(current: Value, next: Value): Value {
  return current !== undefined && identical(current, next) ? unchanged : next;
}

const set: LeafMaker = (argument) => ({ apply: (current) => settle(current, argument) });

const setOnInsert: LeafMaker = (argument) => ({
  apply: (current) => settle(current, argument),
  isActive: (context) => context.upsertInsert,
});

const unset: LeafMaker = () => ({
  apply: (current) => (current === undefined ? unchanged : removed),
  ignoresWrongPath: true,
});

function idOf(context: LeafContext): string {
  return show({ _id: getField(context.original, '_id') });
}

function arithmetic(operator: '$inc' | '$mul'): LeafMaker {
  const [verb, combine] =
    operator === '$inc' ? (['increment', addNumbers] as const) : (['multiply', multiplyNumbers] as const);
  return (argument, { path }) => {
    if (!isNumber(argument)) {
      throw mongoError(14, `Cannot ${verb} with non-numeric argument: {${path}: ${show(argument)}}`);
    }
    return {
      apply(current, context) {
        // $mul on a missing field gives zero of the argument's type.
        if (current === undefined) return operator === '$inc' ? argument : zeroLike(argument);
        if (!isNumber(current)) {
          throw mongoError(
            14,
            `Cannot apply ${operator} to a value of non-numeric type. ${idOf(context)} has the field '${splitPath(path).at(-1)}' of non-numeric type ${typeOf(current)}`,
          );
        }
        const result = combine(current, argument);
        if (result === undefined) {
          throw mongoError(
            2,
            `Failed to apply ${operator} operations to current value (${show(current)}) for document ${idOf(context)}`,
          );
        }
        return settle(current, result);
      },
    };
  };
}

function zeroLike(value: Value): Value {
  return multiplyNumbers(value, makeInteger(0n, 'int'));
}

function extreme(wanted: 1 | -1): LeafMaker {
  return (argument, { collation }) => ({
    apply(current) {
      if (current === undefined) return argument;
      return Math.sign(compare(argument, current, collation)) === wanted ? argument : unchanged;
    },
  });
}

const currentDate: LeafMaker = (argument) => {
  const kind = currentDateKind(argument);
  return {
    apply(current, { now }) {
      if (kind === 'date') return settle(current, now);
      return new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
    },
  };
};

function currentDateKind(argument: Value): 'date' | 'timestamp' {
  if (typeof argument === 'boolean') return 'date';
  if (!isDocument(argument)) {
    throw mongoError(
      2,
      `${typeOf(argument)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).`,
    );
  }
  for (const name of Object.keys(argument)) {
    if (name !== '$type') throw mongoError(2, `Unrecognized $currentDate option: ${name}`);
  }
  const kind = argument['$type'];
  if (kind === 'date' || kind === 'timestamp') return kind;
  throw mongoError(
    2,
    "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}",
  );
}

const bitOperations: Record<string, (a: bigint, b: bigint) => bigint> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

const bit: LeafMaker = (argument, { path }) => {
  if (!isDocument(argument)) {
    throw mongoError(
      2,
      `The $bit modifier is not compatible with a ${typeOf(argument)}. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}`,
    );
  }
  const steps = Object.keys(argument).map((name) => {
    const operation = bitOperations[name];
    if (!operation) {
      throw mongoError(
        2,
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an unknown operator: {${name}: ${show(argument[name])}}`,
      );
    }
    const operand = argument[name];
    const type = typeOf(operand);
    if (type !== 'int' && type !== 'long') {
      throw mongoError(
        2,
        `The $bit modifier field must be an Integer(32/64 bit); a '${type}' is not supported here: {${name}: ${show(operand)}}`,
      );
    }
    return { operation, operand, type };
  });
  if (steps.length === 0) {
    throw mongoError(
      2,
      `You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}}`,
    );
  }
  return {
    apply(current, context) {
      let type: NumberType = 'int';
      let bits = 0n;
      if (current !== undefined) {
        const found = typeOf(current);
        if (found !== 'int' && found !== 'long') {
          throw mongoError(
            2,
            `Cannot apply $bit to a value of non-integral type. ${idOf(context)} has the field ${splitPath(path).at(-1)} of non-integer type ${found}`,
          );
        }
        type = found;
        bits = integerOf(current)!;
      }
      for (const step of steps) {
        type = widerType(type, step.type);
        bits = step.operation(bits, integerOf(step.operand)!);
      }
      return settle(current, makeInteger(bits, type === 'int' ? 'int' : 'long'));
    },
  };
};

/** The operators that work on one path, by name; `$rename` works on two and is apart. */
export const leafMakers: ReadonlyMap<string, LeafMaker> = new Map<string, LeafMaker>([
  ['$set', set],
  ['$setOnInsert', setOnInsert],
  ['$unset', unset],
  ['$inc', arithmetic('$inc')],
  ['$mul', arithmetic('$mul')],
  ['$min', extreme(-1)],
  ['$max', extreme(1)],
  ['$currentDate', currentDate],
  ['$bit', bit],
  ['$push', push],
  ['$addToSet', addToSet],
  ['$pop', pop],
  ['$pull', pull],
  ['$pullAll', pullAll],
]);

/** The two halves of `$rename`: the source is removed, the target takes the source's value. */
export function renameLeaves(from: string, target: Value): [string, Leaf][] {
  if (typeof target !== 'string') {
    throw mongoError(2, `The 'to' field for $rename must be a string: ${from}: ${show(target)}`);
  }
  if (target.includes('\0'))
    throw mongoError(2, "The 'to' field for $rename cannot contain an embedded null byte");
  if (from === target)
    throw mongoError(2, `The source and target field for $rename must differ: ${from}: ${show(target)}`);
  if (target.startsWith(`${from}.`) || from.startsWith(`${target}.`)) {
    throw mongoError(
      2,
      `The source and target field for $rename must not be on the same path: ${from}: ${show(target)}`,
    );
  }
  for (const [role, path] of [
    ['source', from],
    ['destination', target],
  ] as const) {
    if (splitPath(path).some((part) => part === '$' || part.startsWith('$['))) {
      throw mongoError(2, `The ${role} field for $rename may not be dynamic: ${path}`);
    }
  }
  return [
    [from, { apply: (current) => (current === undefined ? unchanged : removed) }],
    [
      target,
      {
        apply(current, { original }) {
          const value = renamedValue(original, from, target);
          // As in MongoDB an equal value stays what it is, also when its type of number differs.
          return current !== undefined && compare(current, value) === 0 ? unchanged : value;
        },
        isActive: ({ original }) => renamedValue(original, from, target) !== undefined,
      },
    ],
  ];
}

function renamedValue(original: Document, from: string, target: string): Value {
  const value = followFields(original, from, 'source');
  if (value !== undefined) followFields(original, target, 'destination');
  return value;
}

/** Follows a path through documents alone: `$rename` does not work inside arrays. */
function followFields(doc: Document, path: string, role: 'source' | 'destination'): Value {
  let current: Value = doc;
  for (const part of splitPath(path)) {
    if (Array.isArray(current)) {
      // A source that does not exist is no error here; a name in an array fails as a wrong path.
      if (role === 'source' && !(isIndexPart(part) && Number(part) < current.length)) return undefined;
      throw mongoError(
        2,
        `The ${role} field cannot be an array element, '${path}' in doc with ${show({ _id: getField(doc, '_id') })} has an array field called '${part}'`,
      );
    }
    if (!isDocument(current)) return undefined;
    current = getField(current, part);
  }
  return current;
}
