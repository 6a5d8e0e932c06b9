import {
  identifier,
  resources,
  type AccessRecord,
  type Endpoint,
  type Resource,
  type Role,
} from '#libs/contracts';
import { entryOf } from '../http/entry.ts';
import { type Request } from '../http/fastify.ts';
import { settingsOf } from '../http/route-config.ts';

/** Statuses that tell somebody: not you, not this, not now. */
const refusals = new Set([401, 403, 429]);

/**
 * What the access log has to say of a request that was answered with `status`; undefined: nothing. 404 is a
 * refusal at a path that exists, since what a caller may not know of is answered so.
 */
export function accessRecordOf(request: Request, status: number, now: Date): AccessRecord | undefined {
  const { contract } = settingsOf(request);
  const isRefusal = refusals.has(status) || (status === 404 && contract !== undefined);
  const isReading = status < 300 && contract?.readsPersonalData === true;
  if (!isRefusal && !isReading) return undefined;
  const entry = entryOf(request);
  // What was never recognised as a request has nothing to tell.
  if (!entry) return undefined;
  const { actor, subject, problem, rccs, trace } = entry;
  return {
    at: now.toISOString(),
    actor: actor?.id ?? subject ?? null,
    kind: actor?.kind ?? null,
    roles: actor ? rolesOf(actor.assignments) : [],
    operation: contract?.name ?? `${request.method} ${request.routeOptions.url ?? 'none'}`,
    resource: resourceOf(request, contract),
    id: idIn(request),
    outcome: isRefusal ? 'refused' : 'read',
    status,
    code: problem ?? null,
    rccs: [...(rccs ?? [])],
    times: 1,
    traceId: trace.traceId,
  };
}

function resourceOf({ query }: Request, contract: Endpoint | undefined): Resource | null {
  if (!contract) return null;
  if (contract.right !== 'everybody') return contract.right.resource;
  // What a history is of stands in the query.
  const { resource } = (query ?? {}) as { resource?: unknown };
  return resources.find((each) => each === resource) ?? null;
}

function rolesOf(assignments: readonly { readonly role: Role }[]): Role[] {
  return [...new Set(assignments.map(({ role }) => role))];
}

/** Only what is an identifier: a path may hold any text, and the log is to hold none. */
function idIn({ params, query }: Request): string | null {
  for (const source of [params, query]) {
    const { id } = (source ?? {}) as { id?: unknown };
    if (identifier.safeParse(id).success) return id as string;
  }
  return null;
}
