import { z } from 'zod';
import { rccCode, regionCode } from './primitives.ts';

/** Who does what in the work (shared terms of the field); what each may do is the access table's to say. */
export const roles = [
  'regionApplicant',
  'regionSigner',
  'regionReader',
  'regionSystem',
  'rccOfficer',
  'assessor',
  'decider',
  'controller',
  'processLeader',
  'rccReader',
  'nationalOffice',
  'nationalReader',
  'auditor',
  'administrator',
] as const;
export const role = z.enum(roles).meta({ id: 'Role' });
export type Role = z.output<typeof role>;

/**
 * A role held in one place: a region or one unit of it, an RCC, or the nation when none is named.
 */
export const assignment = z.strictObject({
  role,
  rcc: rccCode.optional(),
  region: regionCode.optional(),
  /** A clinic of the region, as applications name it; absent: the whole region. */
  unit: z.string().max(200).optional(),
  /** Held in the place of the ordinary holder. */
  deputy: z.literal(true).optional(),
});
export type Assignment = z.output<typeof assignment>;

/** Who acts: travels with every message. Holds codes only, so it may be logged. */
export const actor = z.strictObject({
  id: z.string(),
  kind: z.enum(['person', 'system', 'service']),
  assignments: z.array(assignment),
  /** Regions the person works in, by employment or by a role there, for conflicts of interest (förvaltningslagen 16 §). */
  employers: z.array(regionCode),
});
export type Actor = z.output<typeof actor>;

/** Who did something and in which role, as recorded in the journal. */
export const actorStamp = z.strictObject({
  id: z.string().meta({ personal: true }),
  kind: z.enum(['person', 'system', 'service']),
  role: role.optional(),
  rcc: rccCode.optional(),
  region: regionCode.optional(),
  unit: z.string().optional(),
  deputy: z.literal(true).optional(),
});
export type ActorStamp = z.output<typeof actorStamp>;

/** A service acting on its own, not for a caller. */
export function serviceActor(service: string): Actor {
  return { id: `service:${service}`, kind: 'service', assignments: [], employers: [] };
}
