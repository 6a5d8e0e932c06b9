import { asPlain, getField, isDocument, setField, shallowCopy, typeOf } from '../bson-types.ts';
import { mongoError } from '../errors.ts';
import { makeLong } from '../numbers.ts';
import { splitPath } from '../paths.ts';
import type { Document, Value } from '../types.ts';
import { checkFieldPath } from './expression.ts';
import type { StageMaker } from './stage-types.ts';

interface Options {
  path: string;
  indexField: string | undefined;
  preserve: boolean;
}

/** `$unwind`: a value that is no array is taken as an array of one. */
export const unwind: StageMaker = (argument) => {
  const { path, indexField, preserve } = readOptions(argument);
  const parts = splitPath(path);
  const withIndex = (doc: Document, index: Value): Document =>
    indexField === undefined ? doc : setPath(doc, splitPath(indexField), 0, index);
  return function* (docs) {
    for (const doc of docs) {
      const value = nestedField(doc, parts);
      if (Array.isArray(value) && value.length > 0) {
        for (const [index, item] of value.entries()) {
          yield withIndex(setPath(doc, parts, 0, item), makeLong(BigInt(index)));
        }
      } else if (value === undefined || value === null || Array.isArray(value)) {
        if (!preserve) continue;
        yield withIndex(Array.isArray(value) ? setPath(doc, parts, 0, undefined) : doc, null);
      } else {
        yield withIndex(doc, null);
      }
    }
  };
};

function readOptions(argument: Value): Options {
  if (typeof argument === 'string')
    return { path: checkedPath(argument), indexField: undefined, preserve: false };
  if (!isDocument(argument))
    throw mongoError(
      15981,
      `expected either a string or an object as specification for $unwind stage, got ${typeOf(argument)}`,
    );
  for (const name of Object.keys(argument)) {
    if (!['path', 'includeArrayIndex', 'preserveNullAndEmptyArrays'].includes(name)) {
      throw mongoError(28811, `unrecognized option to $unwind stage: ${name}`);
    }
  }
  const { path, includeArrayIndex: indexField, preserveNullAndEmptyArrays: preserve = false } = argument;
  if (path === undefined) throw mongoError(28812, 'no path specified to $unwind stage');
  if (typeof path !== 'string')
    throw mongoError(28808, `expected a string as the path for $unwind stage, got ${typeOf(path)}`);
  if (typeof preserve !== 'boolean')
    throw mongoError(
      28809,
      `expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage, got ${typeOf(preserve)}`,
    );
  if (indexField !== undefined) {
    if (typeof indexField !== 'string' || indexField === '')
      throw mongoError(
        28810,
        'expected a non-empty string for the includeArrayIndex option to $unwind stage',
      );
    if (indexField.startsWith('$'))
      throw mongoError(28822, "includeArrayIndex option to $unwind stage should not be prefixed with a '$'");
  }
  return { path: checkedPath(path), indexField, preserve };
}

function checkedPath(path: string): string {
  if (!path.startsWith('$'))
    throw mongoError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  checkFieldPath(path.slice(1));
  return path.slice(1);
}

function nestedField(doc: Document, parts: readonly string[]): Value {
  let current: Value = doc;
  for (const part of parts) {
    if (!isDocument(current)) return undefined;
    current = getField(asPlain(current), part);
  }
  return current;
}

/** A copy of the document with the value at the path, or without the field when it is undefined. */
export function setPath(doc: Document, parts: readonly string[], index: number, value: Value): Document {
  const copy = shallowCopy(doc);
  const part = parts[index]!;
  if (index === parts.length - 1) {
    if (value === undefined) delete copy[part];
    else setField(copy, part, value);
  } else {
    const inner = getField(copy, part);
    setField(copy, part, setPath(isDocument(inner) ? inner : {}, parts, index + 1, value));
  }
  return copy;
}
