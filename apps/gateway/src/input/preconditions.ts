import { DomainError, type Fault } from '#libs/contracts';

// One strong entity tag (RFC 9110, 8.8.3). Weak ones never match in If-Match, lists and * would change
// what the caller has not read: both are refused rather than quietly never matching.
const entityTag = /^"([\u0021\u0023-\u007e\u0080-\u00ff]*)"$/;
const revision = /^(0|[1-9]\d{0,15})$/;
const key = /^[\u0021-\u007e]{1,255}$/;

/**
 * The revision named by If-Match; 0 for a tag that no revision ever had, which the service answers with
 * 412 once the caller is known to may see the thing. Faults go to `faults`. Errors:
 * `precondition-required` (428).
 */
export function readIfMatch(
  header: string | undefined,
  precondition: 'required' | 'optional' | 'none',
  faults: Fault[],
): number | undefined {
  if (precondition === 'none') return undefined;
  if (header === undefined) {
    if (precondition === 'required') throw new DomainError('precondition-required');
    return undefined;
  }
  const tag = entityTag.exec(header.trim())?.[1];
  if (tag === undefined) {
    faults.push({ pointer: '/header/if-match', code: 'invalid-format' });
    return undefined;
  }
  const number = revision.test(tag) ? Number(tag) : 0;
  return Number.isSafeInteger(number) ? number : 0;
}

/** Undefined when absent or faulty; a fault goes to `faults`. */
export function readIdempotencyKey(header: string | undefined, faults: Fault[]): string | undefined {
  if (header === undefined) return undefined;
  if (key.test(header)) return header;
  faults.push({ pointer: '/header/idempotency-key', code: 'invalid-format' });
  return undefined;
}
