import { type z } from 'zod';
import {
  faultsOf,
  invalidInput,
  pointerOf,
  type Endpoint,
  type EndpointRequest,
  type Fault,
  type FaultCode,
} from '#libs/contracts';
import { fingerprintOf } from './fingerprint.ts';
import { readIdempotencyKey, readIfMatch } from './preconditions.ts';

/** A request as it came: nothing of it has been believed. */
export interface RawRequest {
  readonly path: string;
  readonly params: unknown;
  /** A parameter that occurs several times is an array. */
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** Pointers of keys that no object may have. */
  readonly poisoned: readonly string[];
  readonly ifMatch: string | undefined;
  readonly idempotencyKey: string | undefined;
}

/**
 * Checks a request against its contract. Errors: `precondition-required` (428), `invalid-input` (422)
 * with every fault of path, query, headers and body at once.
 */
export function checkRequest<E extends Endpoint>(contract: E, raw: RawRequest): EndpointRequest<E> {
  const faults: Fault[] = [];
  const ifMatch = readIfMatch(raw.ifMatch, contract.precondition, faults);
  const params = parse(contract.params, raw.params ?? {}, '/path', 'unknown-parameter', faults);
  const query = parse(contract.query, once(raw.query, faults), '/query', 'unknown-parameter', faults);
  const changes = contract.method !== 'GET';
  const key = changes ? readIdempotencyKey(raw.idempotencyKey, faults) : undefined;
  // A command without content may be sent without a body.
  const body = parse(contract.body, raw.body === undefined ? {} : raw.body, '', 'unknown-field', faults);
  for (const pointer of raw.poisoned) {
    if (!faults.some((fault) => fault.pointer === pointer)) faults.push({ pointer, code: 'unknown-field' });
  }
  if (faults.length > 0) throw invalidInput(faults);
  return {
    params: params as EndpointRequest<E>['params'],
    query: query as EndpointRequest<E>['query'],
    body: body as EndpointRequest<E>['body'],
    ...(ifMatch !== undefined && { ifMatch }),
    ...(key !== undefined && {
      idempotency: { key, fingerprint: fingerprintOf(contract.method, raw.path, raw.body) },
    }),
  };
}

function parse(
  schema: z.ZodType,
  value: unknown,
  root: string,
  unknown: FaultCode,
  faults: Fault[],
): unknown {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  faults.push(...faultsOf(result.error, root, unknown));
  return undefined;
}

/** Parameters that occur once; others are faults, since it is unclear which one was meant. */
function once(query: RawRequest['query'], faults: Fault[]): Record<string, unknown> {
  const single: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value))
      faults.push({ pointer: `/query${pointerOf([name])}`, code: 'duplicate', params: { value: name } });
    else Object.defineProperty(single, name, { value, enumerable: true });
  }
  return single;
}
