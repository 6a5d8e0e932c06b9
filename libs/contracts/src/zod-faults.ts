import { z } from 'zod';
import { invalidInput } from './domain-error.ts';
import { faultTexts, type Fault, type FaultCode } from './faults.ts';

/** RFC 6901 pointer of a path. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const sizeFaults = {
  too_small: { string: 'too-short', array: 'too-few', other: 'too-small' },
  too_big: { string: 'too-long', array: 'too-many', other: 'too-large' },
} as const satisfies Record<string, Record<string, FaultCode>>;

/**
 * Every fault of a failed parse, named for people. `root` is put before the pointers, such as
 * `/query`; `unknown` is the code for a key that does not belong.
 */
export function faultsOf(error: z.ZodError, root = '', unknown: FaultCode = 'unknown-field'): Fault[] {
  return error.issues.flatMap((issue) => faultsOfIssue(issue, root, unknown));
}

function faultsOfIssue(issue: z.core.$ZodIssue, root: string, unknown: FaultCode): Fault[] {
  const pointer = root + pointerOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ pointer: pointer + pointerOf([key]), code: unknown }));
    case 'invalid_type':
      return issue.input === undefined
        ? [{ pointer, code: 'required' }]
        : [{ pointer, code: 'wrong-type', params: { expected: issue.expected } }];
    case 'invalid_value':
      return issue.input === undefined
        ? [{ pointer, code: 'required' }]
        : [{ pointer, code: 'not-allowed-value', params: { allowed: issue.values.map(String).join(', ') } }];
    case 'too_small':
    case 'too_big': {
      const faults = sizeFaults[issue.code];
      const kind = issue.origin === 'string' ? 'string' : issue.origin === 'array' ? 'array' : 'other';
      if (issue.inclusive === false && kind === 'other') {
        return issue.code === 'too_small'
          ? [{ pointer, code: 'not-above', params: { minimum: Number(issue.minimum) } }]
          : [{ pointer, code: 'not-below', params: { maximum: Number(issue.maximum) } }];
      }
      return issue.code === 'too_small'
        ? [{ pointer, code: faults[kind], params: { minimum: Number(issue.minimum) } }]
        : [{ pointer, code: faults[kind], params: { maximum: Number(issue.maximum) } }];
    }
    case 'invalid_format':
      return [{ pointer, code: issue.format === 'datetime' ? 'invalid-time' : 'invalid-format' }];
    case 'invalid_union':
      return faultsOfUnion(issue, root, unknown);
    case 'custom':
      return [{ pointer, code: customCode(issue.params), ...customParams(issue.params) }];
    default:
      return [{ pointer, code: 'invalid-format' }];
  }
}

/**
 * Of the variants that have any of the input's keys, the caller meant the one whose keys differ least from
 * those sent; what is wrong with the values tells less, since one bad value is as bad in every variant.
 */
function faultsOfUnion(issue: z.core.$ZodIssueInvalidUnion, root: string, unknown: FaultCode): Fault[] {
  const pointer = root + pointerOf(issue.path);
  if (issue.input === undefined) return [{ pointer, code: 'required' }];
  const variants = issue.errors.filter((issues) => issues.length > 0);
  const [meant] = variants
    .filter((issues) => !issues.some(isOfOtherKind) && sharesKeys(issues, issue.input))
    .sort((a, b) => keysAmiss(a) - keysAmiss(b) || a.length - b.length);
  if (!meant) {
    const allowed = [...new Set(variants.map(formOf))].join(' | ');
    return [{ pointer, code: 'no-variant-matches', params: { allowed } }];
  }
  return meant.flatMap((each) =>
    faultsOfIssue({ ...each, path: [...issue.path, ...each.path] }, root, unknown),
  );
}

type Issue = z.core.$ZodIssue;

function isOfOtherKind(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code === 'invalid_type';
}

function unknownKeys(issues: readonly Issue[]): number {
  return issues.reduce((sum, each) => sum + (isKeyList(each) ? each.keys.length : 0), 0);
}

function isKeyList(issue: Issue): issue is z.core.$ZodIssueUnrecognizedKeys {
  return issue.code === 'unrecognized_keys' && issue.path.length === 0;
}

const missingKeys = (issues: readonly Issue[]): string[] =>
  issues
    .filter((each) => each.path.length === 1 && each.input === undefined)
    .map((each) => String(each.path[0]));

function keysAmiss(issues: readonly Issue[]): number {
  return unknownKeys(issues) + missingKeys(issues).length;
}

function sharesKeys(issues: readonly Issue[], input: unknown): boolean {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return !isObject || Object.keys(input).length > unknownKeys(issues);
}

/** How a variant looks, as far as its faults tell: the keys that are missed, else the kind of value. */
function formOf(issues: readonly Issue[]): string {
  const kind = issues.find((each) => each.code === 'invalid_type' && each.path.length === 0);
  return kind?.code === 'invalid_type' ? kind.expected : `{ ${missingKeys(issues).join(', ')} }`;
}

function customCode(params: Record<string, unknown> | undefined): FaultCode {
  const code = params?.['fault'];
  return typeof code === 'string' && code in faultTexts ? (code as FaultCode) : 'invalid-format';
}

function customParams(params: Record<string, unknown> | undefined): Pick<Fault, 'params'> {
  const values = params?.['values'];
  return values && typeof values === 'object' ? { params: values as Record<string, string | number> } : {};
}

/** Parses or refuses with every fault at once. Errors: `invalid-input` (422). */
export function parseInput<S extends z.ZodType>(
  schema: S,
  input: unknown,
  root = '',
  unknown: FaultCode = 'unknown-field',
): z.output<S> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  throw invalidInput(faultsOf(result.error, root, unknown));
}
