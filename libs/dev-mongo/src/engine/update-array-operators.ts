import { compileMatch, isOperatorDocument } from './match.ts';
import { asPlain, getField, isDocument, typeOf } from './bson-types.ts';
import { mongoError } from './errors.ts';
import { integerOf, isNumber } from './numbers.ts';
import { compileElementSort } from './sort.ts';
import { show } from './show.ts';
import type { Collation, Document, Value } from './types.ts';
import type { LeafMaker } from './update-leaf.ts';
import { unchanged } from './update-leaf.ts';
import { canonicalKey, compare, equal } from './values.ts';

interface PushClauses {
  each: Value[];
  position: number;
  slice: number | undefined;
  sort: ((a: Value, b: Value) => number) | undefined;
}

/** `$push`: insert at `$position`, then `$sort`, then `$slice`, whatever order they are written in. */
export const push: LeafMaker = (argument, { path, collation }) => {
  const { each, position, slice, sort } = readPush(argument, collation);
  return {
    apply(current, context) {
      if (current !== undefined && !Array.isArray(current)) {
        throw mongoError(
          2,
          `The field '${path}' must be an array but is of type ${typeOf(current)} in document ${show({ _id: getField(context.original, '_id') })}`,
        );
      }
      let result = [...((current as Value[] | undefined) ?? [])];
      const at = position < 0 ? Math.max(0, result.length + position) : Math.min(position, result.length);
      result.splice(at, 0, ...each);
      if (sort) result = result.toSorted(sort);
      if (slice !== undefined) result = sliced(result, slice);
      if (current !== undefined && each.length === 0 && sameItems(current as Value[], result))
        return unchanged;
      return result;
    },
  };
};

function sliced(array: Value[], slice: number): Value[] {
  return slice >= 0 ? array.slice(0, slice) : array.slice(Math.max(0, array.length + slice));
}

function sameItems(a: Value[], b: Value[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function readPush(argument: Value, collation: Collation | undefined): PushClauses {
  if (!isDocument(argument) || !Object.hasOwn(argument, '$each')) {
    return { each: [argument], position: Infinity, slice: undefined, sort: undefined };
  }
  for (const name of Object.keys(argument)) {
    if (!['$each', '$slice', '$sort', '$position'].includes(name)) {
      throw mongoError(2, `Unrecognized clause in $push: ${name}`);
    }
  }
  const each = argument['$each'];
  if (!Array.isArray(each)) {
    throw mongoError(
      2,
      `The argument to $each in $push must be an array but it was of type: ${typeOf(each)}`,
    );
  }
  return {
    each: each as Value[],
    position:
      integerClause(
        argument,
        '$position',
        'The value for $position must be an integer value, not of type:',
      ) ?? Infinity,
    slice: integerClause(
      argument,
      '$slice',
      'The value for $slice must be an integer value but was given type:',
    ),
    sort: readSort(argument['$sort'], collation),
  };
}

function integerClause(argument: Document, name: string, message: string): number | undefined {
  const value = argument[name];
  if (value === undefined) return undefined;
  const integer = isNumber(value) ? integerOf(value) : undefined;
  if (integer === undefined) throw mongoError(2, `${message} ${typeOf(value)}`);
  return Number(integer);
}

function readSort(sort: Value, collation: Collation | undefined): PushClauses['sort'] {
  if (sort === undefined) return undefined;
  if (isNumber(sort)) {
    const direction = direction1(sort);
    return (a, b) => direction * compare(a, b, collation);
  }
  if (!isDocument(sort)) {
    throw mongoError(
      2,
      'The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields',
    );
  }
  const names = Object.keys(sort);
  if (names.length === 0)
    throw mongoError(2, 'The $sort pattern is empty when it should be a set of fields.');
  for (const name of names) {
    direction1(sort[name]);
    if (name === '') throw mongoError(2, 'The $sort field cannot be empty');
    if (name.split('.').includes('')) {
      throw mongoError(2, `The $sort field is a dotted field but has an empty part: ${name}`);
    }
  }
  return compileElementSort(sort, collation);
}

function direction1(value: Value): 1 | -1 {
  const direction = isNumber(value) ? integerOf(value) : undefined;
  if (direction === 1n) return 1;
  if (direction === -1n) return -1;
  throw mongoError(2, 'The $sort element value must be either 1 or -1');
}

export const addToSet: LeafMaker = (argument, { path, collation }) => {
  const candidates = readAddToSet(argument);
  return {
    apply(current) {
      if (current !== undefined && !Array.isArray(current)) {
        throw mongoError(
          2,
          `Cannot apply $addToSet to non-array field. Field named '${path}' has non-array type ${typeOf(current)}`,
        );
      }
      const existing = (current as Value[] | undefined) ?? [];
      const keys = new Set(existing.map((item) => canonicalKey(item, collation)));
      const added = candidates.filter((item) => {
        const key = canonicalKey(item, collation);
        if (keys.has(key)) return false;
        keys.add(key);
        return true;
      });
      return current !== undefined && added.length === 0 ? unchanged : [...existing, ...added];
    },
  };
};

function readAddToSet(argument: Value): Value[] {
  if (!isDocument(argument) || Object.keys(argument)[0] !== '$each') return [argument];
  const each = argument['$each'];
  if (!Array.isArray(each)) {
    throw mongoError(
      14,
      `The argument to $each in $addToSet must be an array but it was of type ${typeOf(each)}`,
    );
  }
  if (Object.keys(argument).length > 1) {
    throw mongoError(2, `Found unexpected fields after $each in $addToSet: ${show(argument)}`);
  }
  return each as Value[];
}

export const pop: LeafMaker = (argument, { path }) => {
  const end = isNumber(argument) ? integerOf(argument) : undefined;
  if (end !== 1n && end !== -1n) throw mongoError(9, `$pop expects 1 or -1, found: ${show(argument)}`);
  return {
    apply(current) {
      if (current === undefined) return unchanged;
      if (!Array.isArray(current)) {
        throw mongoError(14, `Path '${path}' contains an element of non-array type '${typeOf(current)}'`);
      }
      if (current.length === 0) return unchanged;
      return end === 1n ? current.slice(0, -1) : current.slice(1);
    },
  };
};

export const pull: LeafMaker = (argument, { collation }) => removing('$pull', pullTest(argument, collation));

/** A document of conditions applies to the fields of elements, operators to the elements themselves. */
function pullTest(argument: Value, collation: Collation | undefined): (item: Value) => boolean {
  if (isOperatorDocument(argument) || typeOf(argument) === 'regex') {
    const matcher = compileMatch({ element: argument }, { collation });
    return (item) => matcher.test({ element: item });
  }
  if (isDocument(argument)) {
    const matcher = compileMatch(argument, { collation });
    return (item) => isDocument(item) && matcher.test(asPlain(item));
  }
  return (item) => equal(item, argument, collation);
}

export const pullAll: LeafMaker = (argument, { collation }) => {
  if (!Array.isArray(argument)) {
    throw mongoError(2, `$pullAll requires an array argument but was given a ${typeOf(argument)}`);
  }
  const keys = new Set((argument as Value[]).map((item) => canonicalKey(item, collation)));
  return removing('$pullAll', (item) => keys.has(canonicalKey(item, collation)));
};

function removing(operator: string, isRemoved: (item: Value) => boolean): ReturnType<LeafMaker> {
  return {
    apply(current) {
      if (current === undefined) return unchanged;
      if (!Array.isArray(current)) throw mongoError(2, `Cannot apply ${operator} to a non-array value`);
      const kept = (current as Value[]).filter((item) => !isRemoved(item));
      return kept.length === current.length ? unchanged : kept;
    },
  };
}
