import { asPlain, getField, isDocument, setField, shallowCopy } from './bson-types.ts';
import { mongoError } from './errors.ts';
import { compileMatch } from './match.ts';
import { integerOf, isNumber } from './numbers.ts';
import { splitPath } from './paths.ts';
import type { Collation, Document, Matcher, Value } from './types.ts';

interface Slice {
  start: number;
  length: number | undefined;
}

/** The projection operators that find has and aggregation has not. */
export type FindOperator =
  | { kind: 'slice'; path: string; slice: Slice }
  | { kind: 'positional'; path: string }
  | { kind: 'elemMatch'; path: string; matches: (item: Value) => boolean };

/** Reads the count or the [skip, limit] of a `$slice` projection. */
export function parseSlice(argument: Value): Slice {
  if (!Array.isArray(argument)) {
    const count = integer(argument);
    return count < 0 ? { start: count, length: undefined } : { start: 0, length: count };
  }
  const [start, length] = (argument as Value[]).map(integer);
  if (length! <= 0) throw mongoError(31259, `$slice limit must be positive, got ${length}`);
  return { start: start!, length: length! };
}

function integer(value: Value): number {
  const whole = isNumber(value) ? integerOf(value) : undefined;
  if (whole === undefined) throw mongoError(28667, 'Invalid $slice syntax: the values must be integers');
  return Number(whole);
}

export function parseElemMatch(
  path: string,
  value: Document,
  collation: Collation | undefined,
): (item: Value) => boolean {
  if (path.includes('.')) throw mongoError(31275, 'Cannot use $elemMatch projection on a nested field.');
  if (Object.keys(value).length > 1) throw mongoError(2, '$elemMatch projection takes no further operators');
  if (!isDocument(value['$elemMatch']))
    throw mongoError(
      31274,
      `elemMatch: Invalid argument, object required, but got ${typeof value['$elemMatch']}`,
    );
  const matcher = compileMatch({ array: value }, { collation });
  return (item) => matcher.test({ array: [item] });
}

/** Applies one operator to the projected document; the original is asked where the match decides. */
export function applyFindOperator(
  result: Document,
  operator: FindOperator,
  original: Document,
  matcher: Matcher | undefined,
): Document {
  switch (operator.kind) {
    case 'slice':
      return changeArrays(result, splitPath(operator.path), 0, (array) =>
        sliced(array, operator.slice),
      ) as Document;
    case 'positional':
      return positional(result, operator.path, original, matcher);
    default: {
      const array = getField(original, operator.path);
      const found = Array.isArray(array) ? (array as Value[]).find(operator.matches) : undefined;
      if (found === undefined) return result;
      const copy = shallowCopy(result);
      setField(copy, operator.path, [found]);
      return copy;
    }
  }
}

function sliced(array: Value[], { start, length }: Slice): Value[] {
  const from = start < 0 ? Math.max(0, array.length + start) : start;
  return array.slice(from, length === undefined ? undefined : from + length);
}

function positional(
  result: Document,
  path: string,
  original: Document,
  matcher: Matcher | undefined,
): Document {
  return changeArrays(result, splitPath(path), 0, (array) => {
    const position = matcher?.position(original);
    if (position === undefined || position >= array.length) {
      throw mongoError(
        51246,
        "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
      );
    }
    return [array[position]];
  }) as Document;
}

/** Changes the arrays that a path ends at; arrays on the way are gone through. */
function changeArrays(
  value: Value,
  parts: readonly string[],
  index: number,
  change: (array: Value[]) => Value[],
): Value {
  if (index === parts.length) return Array.isArray(value) ? change(value as Value[]) : value;
  if (Array.isArray(value)) return value.map((item) => changeArrays(item as Value, parts, index, change));
  if (!isDocument(value)) return value;
  const source = asPlain(value);
  const current = getField(source, parts[index]!);
  if (current === undefined) return value;
  const copy = shallowCopy(source);
  setField(copy, parts[index]!, changeArrays(current, parts, index + 1, change));
  return copy;
}
