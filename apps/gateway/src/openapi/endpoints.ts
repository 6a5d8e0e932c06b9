import * as contracts from '#libs/contracts';
import { type Endpoint } from '#libs/contracts';

function isEndpoint(value: unknown): value is Endpoint {
  return (
    typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'subject' in value
  );
}

/** Every HTTP operation of the contracts, also those kept in groups, by path and method. */
export const endpoints: readonly Endpoint[] = Object.values(contracts)
  .flatMap((value: unknown) =>
    typeof value !== 'object' || value === null || isEndpoint(value) ? [value] : Object.values(value),
  )
  .filter(isEndpoint)
  .toSorted((a, b) => (a.path + a.method < b.path + b.method ? -1 : 1));
