import { type Endpoint } from '#libs/contracts';
import { type RequestKind } from './limits.config.ts';

/** Pages of this size and above. */
const longPage = 100;
/** Whole files in or out: each is the work of hundreds of ordinary requests. */
const wholeFiles =
  /(-imports|\/exports?|\/document|\/decision-letter|\/personal-data|\/(dry-)?runs|\/calendar|\/audit\/verification)$/;

/** Which budget a request draws on. `query` as Fastify parsed it, before any check. */
export function requestKind(
  contract: Pick<Endpoint, 'method' | 'path'>,
  query: Readonly<Record<string, unknown>>,
): RequestKind {
  if (wholeFiles.test(contract.path)) return 'heavy';
  if (contract.method !== 'GET') return 'write';
  return Number(query['limit'] ?? 0) >= longPage ? 'heavy' : 'read';
}
