import { DomainError, scopeOf, type Endpoint } from '#libs/contracts';

/**
 * Refuses an operation that a token's scope does not cover (RFC 6750, 3.1), whatever its holder's roles.
 * `scopes` undefined: not bound by any. Errors: `insufficient-scope` (403), which names the scope.
 */
export function requireScope(contract: Endpoint, scopes: ReadonlySet<string> | undefined): void {
  const scope = scopeOf(contract);
  if (scope === null || scopes === undefined || scopes.has(scope)) return;
  throw new DomainError('insufficient-scope', { params: { scope } });
}
