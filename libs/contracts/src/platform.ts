import { z } from 'zod';
import { endpoint, rpc, type ServiceName } from './endpoint.ts';
import { identifier, instant, pageOf, paging, rccCode } from './primitives.ts';

/** State of one dependency of a service. */
const partState = z.enum(['up', 'down']);
export const healthReply = z.strictObject({ parts: z.record(z.string(), partState) });

/** How a service and what it needs are doing. */
export function healthOf(service: ServiceName) {
  return rpc({
    service,
    name: 'platform.health',
    callers: ['gateway'],
    request: z.strictObject({}),
    reply: healthReply,
  });
}

/**
 * Demo mode only: adopt a new clock offset (milliseconds from the machine's time) and let everything
 * that is due by then happen before answering.
 */
export function adoptClockOf(service: ServiceName) {
  return rpc({
    service,
    name: 'platform.clock',
    callers: ['gateway'],
    writes: true,
    request: z.strictObject({ offset: z.int(), settle: z.boolean() }),
    reply: z.strictObject({ now: instant }),
  });
}

export const deadLetterView = z
  .strictObject({
    id: identifier,
    consumer: z.string(),
    eventId: z.string(),
    eventType: z.string(),
    reason: z.string(),
    deliveries: z.int(),
    state: z.enum(['waiting', 'replayed']),
    at: instant,
    replayedAt: instant.nullable(),
    /** Whose office sees it; absent: the administrator and the auditor alone. */
    rcc: rccCode.optional(),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetterView = z.input<typeof deadLetterView>;
// One schema for all services: two of the same name could not both be described.
const deadLetterPage = pageOf(deadLetterView).meta({ id: 'DeadLetterPage' });

/** Every service keeps the dead letters of its own consumers. */
function deadLetterEndpoints<S extends ServiceName>(service: S) {
  return {
    list: endpoint({
      service,
      name: 'deadLetters.list',
      right: { resource: 'dead-letter', command: 'read' },
      method: 'GET',
      path: `/dead-letters/${service}`,
      tag: 'dead-letters',
      summary: `Händelser som ${service} inte kunde ta emot`,
      query: z.strictObject(paging),
      reply: deadLetterPage,
      problems: ['forbidden'],
    }),
    replay: endpoint({
      service,
      name: 'deadLetters.replay',
      right: { resource: 'dead-letter', command: 'replay' },
      method: 'POST',
      path: `/dead-letters/${service}/:id/replay`,
      tag: 'dead-letters',
      summary: 'Spela upp händelsen igen',
      params: z.strictObject({ id: identifier }),
      reply: deadLetterView,
      status: 200,
      problems: ['forbidden', 'not-found', 'state-conflict'],
    }),
  };
}

export const notificationsDeadLetters = deadLetterEndpoints('notifications');
export const applicationsDeadLetters = deadLetterEndpoints('applications');
