import { z } from 'zod';
import { role } from './actor.ts';
import { identifier, instant, rccCode } from './primitives.ts';
import { resources } from './rights.ts';

/** Most records that are sent and kept together. */
export const accessBatchSize = 200;

/** What the access log tells: personal data were read, or something was refused. */
export const accessOutcomes = ['read', 'refused'] as const;

/** One line of the access log. Codes and ids only: it travels on the bus. */
export const accessRecord = z.strictObject({
  /** Machine time. */
  at: instant,
  /** Null: nobody that is known here. */
  actor: z.string().nullable(),
  kind: z.enum(['person', 'system', 'service']).nullable(),
  roles: z.array(role),
  /** Name of the operation; method and route where the contracts name none. */
  operation: z.string(),
  resource: z.enum(resources).nullable(),
  /** Of the one thing that was asked for; null for lists, and for several that are told at once. */
  id: identifier.nullable(),
  outcome: z.enum(accessOutcomes),
  /** HTTP status. */
  status: z.int(),
  /** Code of the problem that was answered. */
  code: z.string().nullable(),
  /** The RCC whose things were read, where the answer says so. */
  rccs: z.array(rccCode),
  /** How often, where equal refusals of one batch are told once: too many requests. */
  times: z.int().min(1),
  traceId: z.string(),
});
export type AccessRecord = z.output<typeof accessRecord>;
