import type { Document, Value } from './types.ts';

/** BSON type numbers as `$type` takes them; `missing` stands for an absent field. */
export const types = {
  missing: 0,
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
} as const;

export type TypeName = keyof typeof types;

const bsonClassTypes: Record<string, TypeName> = {
  Int32: 'int',
  Double: 'double',
  Long: 'long',
  Decimal128: 'decimal',
  ObjectId: 'objectId',
  ObjectID: 'objectId',
  Binary: 'binData',
  BSONRegExp: 'regex',
  Timestamp: 'timestamp',
  MinKey: 'minKey',
  MaxKey: 'maxKey',
  BSONSymbol: 'symbol',
  DBRef: 'object',
};

/**
 * The BSON type of a value. A class instance is told by its prototype, so that a stored document
 * with a field called `_bsontype` cannot pass for a number.
 */
export function typeOf(value: Value): TypeName {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return isInt32(value) ? 'int' : 'double';
    case 'bigint':
      return 'long';
    case 'undefined':
      return 'missing';
    default:
      return value === null ? 'null' : typeOfObject(value as object);
  }
}

function isInt32(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0);
}

function typeOfObject(value: object): TypeName {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return 'object';
  if (Array.isArray(value)) return 'array';
  const tag = (prototype as { _bsontype?: string })._bsontype;
  if (tag !== undefined) {
    const name = bsonClassTypes[tag];
    if (name) return name;
    if (tag === 'Code') return (value as { scope?: unknown }).scope ? 'javascriptWithScope' : 'javascript';
    throw new TypeError(`unknown BSON class ${tag}`);
  }
  if (value instanceof Date) return 'date';
  if (value instanceof RegExp) return 'regex';
  if (ArrayBuffer.isView(value)) return 'binData';
  return 'object';
}

/** The name of a value's type as `$type` and MongoDB's messages give it; 'missing' for undefined. */
export function bsonTypeName(value: Value): TypeName {
  return typeOf(value);
}

const canonicalRanks: Record<TypeName, number> = {
  minKey: -1,
  missing: 0,
  undefined: 0,
  null: 5,
  int: 10,
  long: 10,
  double: 10,
  decimal: 10,
  string: 15,
  symbol: 15,
  object: 20,
  array: 25,
  binData: 30,
  objectId: 35,
  bool: 40,
  date: 45,
  timestamp: 47,
  regex: 50,
  dbPointer: 55,
  javascript: 60,
  javascriptWithScope: 65,
  maxKey: 127,
};

/** The rank of a type in MongoDB's order across types; all numbers share one rank. */
export function rankOfType(type: TypeName): number {
  return canonicalRanks[type];
}

/** True for embedded documents (not arrays, not other BSON values). */
export function isDocument(value: Value): value is Document {
  return typeof value === 'object' && value !== null && typeOfObject(value) === 'object';
}

/** A DBRef is an ordinary document to MongoDB; bson makes a class of it. */
export function asPlain(value: Document): Document {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && (prototype as { _bsontype?: string })._bsontype === 'DBRef') {
    const ref = value as unknown as { collection: string; oid: Value; db?: string; fields?: Document };
    return {
      $ref: ref.collection,
      $id: ref.oid,
      ...(ref.db === undefined || ref.db === '' ? {} : { $db: ref.db }),
      ...ref.fields,
    };
  }
  return value;
}

/** Reads an own field; names such as `constructor` or `__proto__` never reach the prototype. */
export function getField(doc: Document, name: string): Value {
  const value = doc[name];
  if (value === undefined) return undefined;
  if (typeof value === 'function' || name === '__proto__')
    return Object.hasOwn(doc, name) ? value : undefined;
  return value;
}

/** Writes an own field, also one called `__proto__`. */
export function setField(doc: Document, name: string, value: Value): void {
  if (name === '__proto__') {
    Object.defineProperty(doc, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    doc[name] = value;
  }
}

/** Copies documents and arrays in depth; other BSON values are never changed and are shared. */
export function cloneValue<T extends Value>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cloneValue) as T;
  if (typeOfObject(value) !== 'object') return value;
  const source = asPlain(value as Document);
  const copy: Document = {};
  for (const name of Object.keys(source)) setField(copy, name, cloneValue(source[name]));
  return copy as T;
}

/** A copy of one level. */
export function shallowCopy(doc: Document): Document {
  const source = asPlain(doc);
  const copy: Document = {};
  for (const name of Object.keys(source)) setField(copy, name, source[name]);
  return copy;
}
