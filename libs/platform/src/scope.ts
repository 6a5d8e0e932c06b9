import { AsyncLocalStorage } from 'node:async_hooks';
import { type Trace } from './trace.ts';

/** What is known of the request being handled, wherever in the call stack. */
export interface RequestScope {
  readonly trace: Trace;
  readonly actorId?: string;
  /** The signed token that the request came with: whoever asks on for the same caller shows it. */
  readonly token?: string;
}

const storage = new AsyncLocalStorage<RequestScope>();

export function runInScope<T>(scope: RequestScope, work: () => T): T {
  return storage.run(scope, work);
}

export function currentScope(): RequestScope | undefined {
  return storage.getStore();
}
