import { type Endpoint } from '#libs/contracts';
import { basePath } from '../http/base-path.ts';

/** Where a created resource can be read, when the contract tells; undefined when the reply lacks its id. */
export function locationOf(contract: Endpoint, body: unknown): string | undefined {
  if (contract.location === undefined || typeof body !== 'object' || body === null) return undefined;
  let complete = true;
  const path = contract.location.replace(/:(\w+)/g, (_match, field: string) => {
    const value = (body as Record<string, unknown>)[field];
    if (typeof value !== 'string') complete = false;
    return encodeURIComponent(String(value));
  });
  return complete ? basePath + path : undefined;
}
