import { randomFillSync } from 'node:crypto';

/** W3C Trace Context (level 1): identifies one request across HTTP, NATS and events. */
export interface Trace {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: string;
}

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const zeros = /^0+$/;

/** The caller's trace, or undefined when there is none or it is not valid (then a new one starts). */
export function parseTraceparent(header: string | undefined): Trace | undefined {
  const match = header === undefined ? null : pattern.exec(header);
  if (!match) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = match;
  return zeros.test(traceId) || zeros.test(spanId) ? undefined : { traceId, spanId, flags };
}

// Asking for randomness is a system call; one call serves many spans.
const pool = Buffer.alloc(4096);
let used = pool.length;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

/** A new span: below `parent` when given, else of a new trace. */
export function newSpan(parent?: Trace): Trace {
  return {
    traceId: parent?.traceId ?? randomHex(16),
    spanId: randomHex(8),
    flags: parent?.flags ?? '01',
  };
}

export function traceparent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.flags}`;
}
