import { mongoError } from './errors.ts';
import { isDocument, typeOf } from './bson-types.ts';
import { integerOf, isNumber } from './numbers.ts';
import type { Collation, Document } from './types.ts';

const fieldNames = new Set([
  'locale',
  'strength',
  'caseLevel',
  'caseFirst',
  'numericOrdering',
  'alternate',
  'maxVariable',
  'normalization',
  'backwards',
  'version',
]);

/**
 * Reads a collation specification. undefined (also for locale "simple") means binary comparison.
 * Uses the ICU inside Node; what Intl cannot express (strength 4 and 5, backwards, …) is refused.
 *
 * @throws MongoError 14 wrong type, 9 wrong value, 40415 unknown field, 238 not supported
 */
export function parseCollation(spec: unknown): Collation | undefined {
  if (spec === undefined) return undefined;
  if (!isDocument(spec))
    throw mongoError(
      14,
      `BSON field 'collation' is the wrong type '${typeOf(spec)}', expected type 'object'`,
    );
  if (Object.keys(spec).length === 0) return undefined;
  for (const name of Object.keys(spec)) {
    if (!fieldNames.has(name)) throw mongoError(40415, `BSON field 'collation.${name}' is an unknown field.`);
  }
  const { locale } = spec;
  if (locale === undefined)
    throw mongoError(40414, "BSON field 'collation.locale' is missing but a required field");
  if (typeof locale !== 'string') throw mongoError(14, "BSON field 'collation.locale' must be a string");
  if (locale === 'simple') {
    if (Object.keys(spec).length > 1)
      throw mongoError(9, 'no other collation options than locale may be given with the simple locale');
    return undefined;
  }
  const options = readOptions(spec);
  const tag = supportedTag(locale);
  const collator = new Intl.Collator(tag, {
    sensitivity: sensitivity(options.strength, options.caseLevel),
    numeric: options.numericOrdering,
    caseFirst: options.caseFirst === 'off' ? 'false' : options.caseFirst,
    ignorePunctuation: options.alternate === 'shifted',
  });
  return makeCollation(
    { locale, ...options, maxVariable: 'punct', normalization: false, backwards: false, version: '57.1' },
    collator,
  );
}

interface Options {
  caseLevel: boolean;
  caseFirst: 'upper' | 'lower' | 'off';
  strength: number;
  numericOrdering: boolean;
  alternate: 'non-ignorable' | 'shifted';
}

function readOptions(spec: Document): Options {
  const strength =
    spec['strength'] === undefined
      ? 3
      : Number(isNumber(spec['strength']) ? (integerOf(spec['strength']) ?? 0) : 0);
  if (!(strength >= 1 && strength <= 5))
    throw mongoError(2, "Enumeration value for field 'collation.strength' is not a valid value");
  const caseFirst = choice(spec, 'caseFirst', ['off', 'upper', 'lower'] as const);
  const alternate = choice(spec, 'alternate', ['non-ignorable', 'shifted'] as const);
  if (strength > 3) throw unsupported(`strength ${strength}`);
  const caseLevel = flag(spec, 'caseLevel');
  if (caseLevel && strength === 2) throw unsupported('caseLevel with strength 2');
  if (flag(spec, 'backwards')) throw unsupported('backwards');
  if (flag(spec, 'normalization')) throw unsupported('normalization');
  if (spec['maxVariable'] !== undefined && spec['maxVariable'] !== 'punct')
    throw unsupported('maxVariable other than punct');
  return { caseLevel, caseFirst, strength, numericOrdering: flag(spec, 'numericOrdering'), alternate };
}

function unsupported(what: string): Error {
  return mongoError(238, `collation option ${what} is not supported by dev-mongo`);
}

function choice<T extends string>(spec: Document, name: string, allowed: readonly [T, ...T[]]): T {
  const value = spec[name];
  if (value === undefined) return allowed[0];
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined)
    throw mongoError(
      2,
      `Enumeration value '${String(value)}' for field 'collation.${name}' is not a valid value.`,
    );
  return found;
}

function flag(spec: Document, name: string): boolean {
  const value = spec[name];
  if (value === undefined) return false;
  if (typeof value !== 'boolean')
    throw mongoError(
      14,
      `BSON field 'collation.${name}' is the wrong type '${typeOf(value)}', expected type 'bool'`,
    );
  return value;
}

function supportedTag(locale: string): string {
  const tag = locale.replaceAll('_', '-').replace(/@collation=([a-z]+)$/, '-u-co-$1');
  try {
    if (Intl.Collator.supportedLocalesOf([tag]).length === 1) return tag;
  } catch {
    // falls through: a malformed tag is an unknown locale
  }
  throw mongoError(2, `Field 'locale' is invalid in: { locale: "${locale}" }`);
}

function sensitivity(strength: number, caseLevel: boolean): 'base' | 'accent' | 'case' | 'variant' {
  if (strength === 1) return caseLevel ? 'case' : 'base';
  return strength === 2 ? 'accent' : 'variant';
}

/**
 * Intl gives no sort keys, so a key is the first string met of each class of equal strings; the
 * representatives are kept in order. Costs memory for every different string used as a key.
 */
function makeCollation(spec: Document, collator: Intl.Collator): Collation {
  const known = new Map<string, string>();
  const representatives: string[] = [];
  const compareText = (a: string, b: string): number => (a === b ? 0 : collator.compare(a, b));
  return {
    spec,
    compare: compareText,
    key(text) {
      const seen = known.get(text);
      if (seen !== undefined) return seen;
      let low = 0;
      let high = representatives.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        const order = compareText(representatives[middle]!, text);
        if (order === 0) {
          known.set(text, representatives[middle]!);
          return representatives[middle]!;
        }
        if (order < 0) low = middle + 1;
        else high = middle;
      }
      representatives.splice(low, 0, text);
      known.set(text, text);
      return text;
    },
  };
}
