import { asPlain, getField, isDocument, setField, typeOf } from '../bson-types.ts';
import { mongoError } from '../errors.ts';
import type { Document, Value } from '../types.ts';
import type { Evaluate, Operator } from './expression-types.ts';
import { fixed, isNullish, namedArguments, operands } from './expression-types.ts';

const mergeObjects: Operator = (argument, scope) => {
  const list = operands('$mergeObjects', argument, scope, 0, Infinity);
  return (env) => {
    const values = list.map((item) => item(env));
    // One operand that is an array is the list of objects itself.
    const objects = values.length === 1 && Array.isArray(values[0]) ? (values[0] as Value[]) : values;
    return mergeDocuments(objects);
  };
};

/** Lays documents over each other; null and missing are passed over. */
export function mergeDocuments(values: Iterable<Value>): Document {
  const result: Document = {};
  for (const value of values) {
    if (isNullish(value)) continue;
    if (!isDocument(value))
      throw mongoError(40400, `$mergeObjects requires object inputs, but input is of type ${typeOf(value)}`);
    const source = asPlain(value);
    for (const name of Object.keys(source)) setField(result, name, source[name]);
  }
  return result;
}

const objectToArray = fixed('$objectToArray', 1, (value) => {
  if (isNullish(value)) return null;
  if (!isDocument(value))
    throw mongoError(40390, `$objectToArray requires a document input, found: ${typeOf(value)}`);
  const source = asPlain(value);
  return Object.keys(source).map((name) => ({ k: name, v: source[name] }));
});

function fieldName(operator: string, field: Value): string {
  // A name that starts with $ is only meant literally inside $literal.
  const name = isDocument(field) && Object.keys(field)[0] === '$literal' ? field['$literal'] : field;
  if (typeof name !== 'string' || (name === field && name.startsWith('$'))) {
    throw mongoError(5654602, `${operator} requires 'field' to evaluate to a constant string`);
  }
  return name;
}

const getFieldOperator: Operator = (argument, scope) => {
  let name: string;
  let input: Evaluate = (env) => env.root;
  if (isDocument(argument) && !Object.hasOwn(argument, '$literal')) {
    const given = namedArguments('$getField', argument, ['field'], ['input']);
    name = fieldName('$getField', given['field']);
    if (Object.hasOwn(given, 'input')) input = scope.compile(given['input']);
  } else {
    name = fieldName('$getField', argument);
  }
  return (env) => {
    const value = input(env);
    if (value === null) return null;
    return isDocument(value) ? getField(asPlain(value), name) : undefined;
  };
};

function settingField(operator: '$setField' | '$unsetField'): Operator {
  return (argument, scope) => {
    const given = namedArguments(
      operator,
      argument,
      operator === '$setField' ? ['field', 'input', 'value'] : ['field', 'input'],
    );
    const name = fieldName(operator, given['field']);
    const input = scope.compile(given['input']);
    const content = operator === '$setField' ? scope.compile(given['value']) : () => undefined;
    return (env) => {
      const value = input(env);
      if (isNullish(value)) return null;
      if (!isDocument(value))
        throw mongoError(4161105, `${operator} requires 'input' to evaluate to type Object`);
      const result = mergeDocuments([value]);
      const next = content(env);
      if (next === undefined) delete result[name];
      else setField(result, name, next);
      return result;
    };
  };
}

export const objectOperators: readonly [string, Operator][] = [
  ['$mergeObjects', mergeObjects],
  ['$objectToArray', objectToArray],
  ['$getField', getFieldOperator],
  ['$setField', settingField('$setField')],
  ['$unsetField', settingField('$unsetField')],
];
