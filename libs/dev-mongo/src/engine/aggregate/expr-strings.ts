import { typeOf } from '../bson-types.ts';
import { mongoError } from '../errors.ts';
import { regexOperator } from '../match-leaf.ts';
import { isNumber, makeInt, toDouble } from '../numbers.ts';
import type { Value } from '../types.ts';
import { compareBinary } from '../values.ts';
import { textForm } from './text-form.ts';
import type { Operator } from './expression-types.ts';
import { fixed, integerOperand, isNullish, named, operands, variadic } from './expression-types.ts';

const concat = variadic('$concat', (values) => {
  if (values.some(isNullish)) return null;
  return values
    .map((value) => {
      if (typeof value !== 'string')
        throw mongoError(16702, `$concat only supports strings, not ${typeOf(value)}`);
      return value;
    })
    .join('');
});

/** MongoDB changes the case of ASCII letters alone. */
function asciiCase(name: string, range: RegExp, change: (letter: string) => string): Operator {
  return fixed(name, 1, (value) => coerced(name, value).replaceAll(range, change));
}

/** The text that string operators take of a value: null is empty, numbers and dates are written out. */
function coerced(name: string, value: Value): string {
  if (isNullish(value)) return '';
  if (typeof value === 'string') return value;
  const type = typeOf(value);
  if (isNumber(value) || type === 'date' || type === 'symbol') return textForm(value);
  throw mongoError(16007, `can't convert from BSON type ${type} to String in ${name}`);
}

function text(name: string, value: Value, code: number): string {
  if (typeof value !== 'string')
    throw mongoError(code, `${name} requires a string argument, found: ${typeOf(value)}`);
  return value;
}

function codePoints(value: string): string[] {
  return Array.from(value);
}

function substringBytes(name: string): Operator {
  return fixed(name, 3, (value, start, length) => {
    const bytes = Buffer.from(coerced(name, value));
    const from = byteCount(name, start, 16034);
    const count = byteCount(name, length, 16035);
    if (from < 0) throw mongoError(50752, `${name}: starting index must be non-negative (got: ${from})`);
    const end = count < 0 ? bytes.length : Math.min(bytes.length, from + count);
    for (const [edge, code] of [
      [from, 28656],
      [end, 28657],
    ] as const) {
      if (edge < bytes.length && (bytes[edge]! & 0xc0) === 0x80) {
        throw mongoError(code, `${name}: Invalid range, a character would be cut in two.`);
      }
    }
    return bytes.subarray(Math.min(from, bytes.length), Math.max(from, end)).toString();
  });
}

function byteCount(name: string, value: Value, code: number): number {
  if (!isNumber(value))
    throw mongoError(code, `${name}: index must be a numeric type (is BSON type ${typeOf(value)})`);
  return Math.trunc(toDouble(value));
}

const substringCodePoints = fixed('$substrCP', 3, (value, start, length) => {
  const from = integerOperand('$substrCP', start, 34450);
  const count = integerOperand('$substrCP', length, 34452);
  if (from < 0) throw mongoError(34455, '$substrCP: the starting index must be non-negative integer.');
  if (count < 0) throw mongoError(34454, '$substrCP: length must be a nonnegative integer.');
  return codePoints(coerced('$substrCP', value))
    .slice(from, from + count)
    .join('');
});

const split = fixed('$split', 2, (value, separator) => {
  if (isNullish(value) || isNullish(separator)) return null;
  const by = text('$split', separator, 40086);
  if (by === '') throw mongoError(40087, '$split requires a non-empty separator');
  return text('$split', value, 40085).split(by);
});

const whitespace = new Set(
  '\0\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a',
);

function trimming(name: string, left: boolean, right: boolean): Operator {
  return (argument, scope) => {
    const { input, chars } = named(name, argument, scope, ['input'], ['chars']);
    return (env) => {
      const value = input!(env);
      const given = chars ? chars(env) : undefined;
      if (isNullish(value) || (chars && isNullish(given))) return null;
      const set = chars ? new Set(codePoints(text(name, given, 50700))) : whitespace;
      const letters = codePoints(text(name, value, 50699));
      let start = 0;
      let end = letters.length;
      if (left) while (start < end && set.has(letters[start]!)) start += 1;
      if (right) while (end > start && set.has(letters[end - 1]!)) end -= 1;
      return letters.slice(start, end).join('');
    };
  };
}

function indexOf(name: '$indexOfCP' | '$indexOfBytes'): Operator {
  const measure = (value: string): number =>
    name === '$indexOfCP' ? codePoints(value).length : Buffer.byteLength(value);
  return (argument, scope) => {
    const [input, search, start, end] = operands(name, argument, scope, 2, 4);
    return (env) => {
      const value = input!(env);
      if (isNullish(value)) return null;
      const haystack = text(name, value, 40091);
      const needle = text(name, search!(env), 40092);
      const from = start ? integerOperand(name, start(env), 40096) : 0;
      const to = end ? integerOperand(name, end(env), 40096) : measure(haystack);
      if (from < 0 || to < 0) throw mongoError(40097, `${name} requires nonnegative start and end indexes`);
      for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) {
        const position = measure(haystack.slice(0, at));
        if (position >= from && position + measure(needle) <= to) return makeInt(position);
      }
      return makeInt(-1);
    };
  };
}

function replacing(name: '$replaceOne' | '$replaceAll'): Operator {
  return (argument, scope) => {
    const { input, find, replacement } = named(name, argument, scope, ['input', 'find', 'replacement']);
    return (env) => {
      const values = [input!(env), find!(env), replacement!(env)];
      if (values.some(isNullish)) return null;
      const [value, search, by] = values.map((item) => text(name, item, 51746));
      return name === '$replaceAll'
        ? value!.replaceAll(search!, () => by!)
        : value!.replace(search!, () => by!);
    };
  };
}

const regexMatch: Operator = (argument, scope) => {
  const { input, regex, options } = named('$regexMatch', argument, scope, ['input', 'regex'], ['options']);
  return (env) => {
    const value = input!(env);
    const pattern = regex!(env);
    if (isNullish(value) || isNullish(pattern)) return false;
    if (typeof value !== 'string') throw mongoError(51104, "$regexMatch needs 'input' to be of type string");
    return regexOperator(pattern, (options ? options(env) : undefined) ?? undefined)(value);
  };
};

const compareIgnoringCase = fixed('$strcasecmp', 2, (left, right) => {
  const upper = (value: Value): string =>
    coerced('$strcasecmp', value).replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
  return makeInt(Math.sign(compareBinary(upper(left), upper(right))));
});

export const stringOperators: readonly [string, Operator][] = [
  ['$concat', concat],
  ['$toLower', asciiCase('$toLower', /[A-Z]/g, (letter) => letter.toLowerCase())],
  ['$toUpper', asciiCase('$toUpper', /[a-z]/g, (letter) => letter.toUpperCase())],
  [
    '$strLenCP',
    fixed('$strLenCP', 1, (value) => makeInt(codePoints(text('$strLenCP', value, 34471)).length)),
  ],
  [
    '$strLenBytes',
    fixed('$strLenBytes', 1, (value) => makeInt(Buffer.byteLength(text('$strLenBytes', value, 34473)))),
  ],
  ['$substr', substringBytes('$substr')],
  ['$substrBytes', substringBytes('$substrBytes')],
  ['$substrCP', substringCodePoints],
  ['$split', split],
  ['$trim', trimming('$trim', true, true)],
  ['$ltrim', trimming('$ltrim', true, false)],
  ['$rtrim', trimming('$rtrim', false, true)],
  ['$indexOfCP', indexOf('$indexOfCP')],
  ['$indexOfBytes', indexOf('$indexOfBytes')],
  ['$replaceOne', replacing('$replaceOne')],
  ['$replaceAll', replacing('$replaceAll')],
  ['$regexMatch', regexMatch],
  ['$strcasecmp', compareIgnoringCase],
];
