/** MongoDB's names of the error codes that the engine and the commands raise. */
export const codeNames = {
  2: 'BadValue',
  9: 'FailedToParse',
  13: 'Unauthorized',
  14: 'TypeMismatch',
  15: 'Overflow',
  16: 'InvalidLength',
  17: 'ProtocolError',
  20: 'IllegalOperation',
  22: 'InvalidBSON',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  28: 'PathNotViable',
  31: 'CannotCreateIndex',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  50: 'MaxTimeMSExpired',
  52: 'DollarPrefixedFieldName',
  53: 'InvalidIdField',
  54: 'NotSingleValueField',
  56: 'EmptyFieldName',
  57: 'DottedFieldName',
  59: 'CommandNotFound',
  66: 'ImmutableField',
  67: 'CannotCreateIndex',
  72: 'InvalidOptions',
  73: 'InvalidNamespace',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  115: 'CommandNotSupported',
  121: 'DocumentValidationFailure',
  146: 'ExceededMemoryLimit',
  168: 'InvalidPipelineOperator',
  197: 'InvalidIndexSpecificationOption',
  238: 'NotImplemented',
  241: 'ConversionFailure',
  10334: 'BSONObjectTooLarge',
  11000: 'DuplicateKey',
} as const satisfies Record<number, string>;

/**
 * An error as MongoDB answers it: numeric code, code name, message and further fields of the
 * reply (`keyPattern`, `keyValue`, …).
 */
export class MongoError extends Error {
  readonly code: number;
  readonly codeName: string;
  readonly extra?: Record<string, unknown>;

  constructor(code: number, codeName: string, message: string, extra?: Record<string, unknown>) {
    super(message);
    this.name = 'MongoError';
    this.code = code;
    this.codeName = codeName;
    if (extra) this.extra = extra;
  }
}

/** Makes the error of a code; codes without a name of their own are `Location<code>`, as in MongoDB. */
export function mongoError(code: number, message: string, extra?: Record<string, unknown>): MongoError {
  const names: Record<number, string> = codeNames;
  return new MongoError(code, names[code] ?? `Location${code}`, message, extra);
}

/** What MongoDB knows but this stand-in refuses: 238 NotImplemented, naming the thing. */
export function notSupported(what: string): MongoError {
  return mongoError(238, `${what} is not supported by dev-mongo`);
}
