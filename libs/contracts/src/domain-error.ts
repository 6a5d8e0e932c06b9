import { type Fault } from './faults.ts';
import { type ProblemCode } from './problems.ts';

export type ProblemParams = Readonly<Record<string, string | number>>;

/** What a problem looks like on the bus: codes and values only; the gateway writes the words. */
export interface ProblemMessage {
  readonly code: ProblemCode;
  readonly params?: ProblemParams;
  readonly faults?: readonly Fault[];
  /** Members added to the problem document as they are, such as `allowed` or `left`. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/**
 * A refusal with a stable code from the problem catalogue. Thrown by domain code and use cases,
 * carried over the bus as a {@link ProblemMessage}, rendered by the gateway.
 */
export class DomainError extends Error {
  readonly code: ProblemCode;
  readonly params: ProblemParams;
  readonly faults: readonly Fault[];
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(code: ProblemCode, rest: Omit<ProblemMessage, 'code'> = {}) {
    super(code);
    this.name = 'DomainError';
    this.code = code;
    this.params = rest.params ?? {};
    this.faults = rest.faults ?? [];
    this.extra = rest.extra ?? {};
  }

  static from(message: ProblemMessage): DomainError {
    return new DomainError(message.code, message);
  }

  toMessage(): ProblemMessage {
    return { code: this.code, params: this.params, faults: this.faults, extra: this.extra };
  }
}

/** Refuses an input with all its faults at once. */
export function invalidInput(faults: readonly Fault[]): DomainError {
  return new DomainError('invalid-input', { faults });
}
