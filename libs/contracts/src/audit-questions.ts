import { z } from 'zod';
import { auditPage, brokenPlace, recordedResources } from './audit.ts';
import { rpc, subjectOf, type ServiceName } from './endpoint.ts';
import { identifier, rccCode } from './primitives.ts';

// What `audit` asks of every service about its journal. Each answers for what it owns, see RECORDS in
// libs/service. `after` and `next` are places in a service's own order; null: the beginning, the end.

const aggregate = { type: z.string(), id: z.string() };
const place = z.string().nullable();
const callers = ['audit'] as const;

/** The journal of one thing, on behalf of whoever wants to read it. Errors: `not-found`, `forbidden`. */
export function auditHistoryOf(service: ServiceName) {
  return rpc({
    service,
    name: 'journal.history',
    callers,
    onBehalfOf: [subjectOf('audit', 'audit.history')],
    request: z.strictObject({
      resource: z.enum(recordedResources),
      id: identifier,
      limit: z.int(),
      page: z.int(),
    }),
    reply: auditPage,
  });
}

/** The ends of the chains that have grown since a moment of machine time (milliseconds); some may come twice. */
export function auditHeadsOf(service: ServiceName) {
  return rpc({
    service,
    name: 'journal.heads',
    callers,
    request: z.strictObject({ since: z.int().min(0), after: place }),
    reply: z.strictObject({
      heads: z.array(z.strictObject({ ...aggregate, seq: z.int().min(1), hash: z.string() })),
      next: place,
    }),
  });
}

/** Hashes of named links, in order; null where there is no such link. */
export function auditLinksOf(service: ServiceName) {
  return rpc({
    service,
    name: 'journal.links',
    callers,
    request: z.strictObject({
      links: z.array(z.strictObject({ ...aggregate, seq: z.int().min(1) })).max(500),
    }),
    reply: z.strictObject({ hashes: z.array(z.string().nullable()) }),
  });
}

/** Records of an export (see libs/audit): of what the caller may see, chain by chain, each with its end. */
export function auditEntriesOf(service: ServiceName) {
  return rpc({
    service,
    name: 'journal.entries',
    callers,
    onBehalfOf: [subjectOf('audit', 'audit.exportPage')],
    request: z.strictObject({
      resource: z.enum(recordedResources).optional(),
      rcc: rccCode.optional(),
      after: place,
    }),
    reply: z.strictObject({ records: z.array(z.record(z.string(), z.unknown())), next: place }),
  });
}

/** Goes on verifying the service's chains for `budget` milliseconds, and ends at the first broken place. */
export function auditVerificationOf(service: ServiceName) {
  return rpc({
    service,
    name: 'journal.verification',
    callers,
    request: z.strictObject({ after: place, budget: z.int().min(1) }),
    reply: z.strictObject({
      /** Since `after`. */
      events: z.int(),
      chains: z.int(),
      documents: z.int(),
      uncovered: z.int(),
      fault: brokenPlace.nullable(),
      next: place,
    }),
  });
}

/** All of them, for the permissions on the bus. */
export function auditQuestionsOf(service: ServiceName) {
  return [
    auditHistoryOf(service),
    auditHeadsOf(service),
    auditLinksOf(service),
    auditEntriesOf(service),
    auditVerificationOf(service),
  ];
}
