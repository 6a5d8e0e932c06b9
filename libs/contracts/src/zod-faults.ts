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

/** The variant whose faults lie deepest or are fewest is the one the caller meant. */
function faultsOfUnion(issue: z.core.$ZodIssueInvalidUnion, root: string, unknown: FaultCode): Fault[] {
  const pointer = root + pointerOf(issue.path);
  const variants = issue.errors.filter((issues) => issues.length > 0);
  const isSameKind = (issues: z.core.$ZodIssue[]): boolean =>
    !issues.some((each) => each.path.length === 0 && each.code === 'invalid_type');
  const meant = variants.filter(isSameKind).sort((a, b) => a.length - b.length)[0];
  if (!meant) {
    return issue.input === undefined
      ? [{ pointer, code: 'required' }]
      : [{ pointer, code: 'no-variant-matches', params: { allowed: String(variants.length) } }];
  }
  return meant.flatMap((each) =>
    faultsOfIssue({ ...each, path: [...issue.path, ...each.path] }, root, unknown),
  );
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
