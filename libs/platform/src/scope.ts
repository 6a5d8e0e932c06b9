import { AsyncLocalStorage } from 'node:async_hooks';
import { type Trace } from './trace.ts';

/** What is known of the request being handled, wherever in the call stack. */
export interface RequestScope {
  readonly trace: Trace;
  readonly actorId?: string;
}

const storage = new AsyncLocalStorage<RequestScope>();

export function runInScope<T>(scope: RequestScope, work: () => T): T {
  return storage.run(scope, work);
}

export function currentScope(): RequestScope | undefined {
  return storage.getStore();
}
