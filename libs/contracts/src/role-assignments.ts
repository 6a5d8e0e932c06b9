import { z } from 'zod';
import { role } from './actor.ts';
import { dated, inOrder, reversed } from './directory.ts';
import { endpoint } from './endpoint.ts';
import {
  civilDay,
  filledText,
  idParams,
  identifier,
  instant,
  pageOf,
  paging,
  rccCode,
  regionCode,
} from './primitives.ts';

/**
 * A role given to somebody in one place. Which place follows from the role: a region (or a clinic of it),
 * an RCC, or the nation when none is named.
 */
export const createRoleAssignment = z
  .strictObject({
    personId: identifier,
    role,
    region: regionCode.optional(),
    /** A clinic of the region, as applications name it; absent: the whole region. */
    unit: filledText(200).optional(),
    rcc: rccCode.optional(),
    ...dated,
    /** The assignment of the ordinary holder, in whose place this one is held. */
    deputyFor: identifier.optional(),
  })
  .refine(inOrder, reversed)
  .meta({ id: 'CreateRoleAssignment' });
export type CreateRoleAssignment = z.output<typeof createRoleAssignment>;

/** Person, role and place stay what they were: another role is another assignment. */
export const changeRoleAssignment = z
  .strictObject({ from: civilDay, to: civilDay.nullable(), deputyFor: identifier.nullable() })
  .partial()
  .meta({ id: 'ChangeRoleAssignment' });
export type ChangeRoleAssignment = z.output<typeof changeRoleAssignment>;

export const endRoleAssignment = z
  .strictObject({
    reason: filledText(2000),
    /** Last day of the role, from today on; absent: the role ends at once. */
    on: civilDay.optional(),
  })
  .meta({ id: 'EndRoleAssignment' });
export type EndRoleAssignment = z.output<typeof endRoleAssignment>;

export const assignmentStates = ['upcoming', 'active', 'ended'] as const;

export const roleAssignmentView = z
  .strictObject({
    id: identifier,
    personId: identifier,
    role,
    region: regionCode.nullable(),
    unit: z.string().nullable(),
    rcc: rccCode.nullable(),
    from: civilDay,
    to: civilDay.nullable(),
    deputy: z.boolean(),
    deputyFor: identifier.nullable(),
    ending: z
      .strictObject({
        reason: z.string().meta({ personal: true }),
        /** Last day, or the day on which it ended at once. */
        on: civilDay,
        atOnce: z.boolean(),
        at: instant,
        by: z.string().meta({ personal: true }),
      })
      .nullable(),
    state: z.enum(assignmentStates),
    /** The RCC to which the place belongs today. */
    rccs: z.array(rccCode),
    allowed: z.array(z.string()),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'RoleAssignment' });
export type RoleAssignmentView = z.input<typeof roleAssignmentView>;

const service = 'directory' as const;
const tag = 'role-assignments';

export const listRoleAssignments = endpoint({
  service,
  name: 'roleAssignments.list',
  right: { resource: 'role-assignment', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/role-assignments',
  tag,
  summary: 'Rolltilldelningar som jag får se',
  query: z.strictObject({
    ...paging,
    personId: identifier.optional(),
    role: role.optional(),
    rcc: rccCode.optional(),
    region: regionCode.optional(),
    state: z.enum(assignmentStates).optional(),
    sort: z.enum(['from', '-from', 'createdAt', '-createdAt']).default('-from'),
  }),
  reply: pageOf(roleAssignmentView).meta({ id: 'RoleAssignmentPage' }),
});

export const getRoleAssignment = endpoint({
  service,
  name: 'roleAssignments.get',
  right: { resource: 'role-assignment', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/role-assignments/:id',
  tag,
  summary: 'En rolltilldelning',
  params: idParams,
  reply: roleAssignmentView,
  problems: ['not-found'],
});

export const createRoleAssignmentEndpoint = endpoint({
  service,
  name: 'roleAssignments.create',
  right: { resource: 'role-assignment', command: 'create' },
  method: 'POST',
  path: '/role-assignments',
  tag,
  location: '/role-assignments/:id',
  summary: 'Tilldela en roll',
  body: createRoleAssignment,
  reply: roleAssignmentView,
  problems: ['forbidden', 'own-role', 'already-exists'],
});

export const changeRoleAssignmentEndpoint = endpoint({
  service,
  name: 'roleAssignments.change',
  right: { resource: 'role-assignment', command: 'edit' },
  method: 'PATCH',
  path: '/role-assignments/:id',
  tag,
  summary: 'Ändra tiden för en rolltilldelning, eller vem den ersätter',
  params: idParams,
  body: changeRoleAssignment,
  reply: roleAssignmentView,
  problems: ['forbidden', 'own-role', 'not-found', 'state-conflict'],
});

export const endRoleAssignmentEndpoint = endpoint({
  service,
  name: 'roleAssignments.end',
  right: { resource: 'role-assignment', command: 'ending' },
  method: 'POST',
  path: '/role-assignments/:id/ending',
  tag,
  summary: 'Avsluta en rolltilldelning, genast eller en dag; den tas aldrig bort',
  params: idParams,
  body: endRoleAssignment,
  reply: roleAssignmentView,
  status: 200,
  precondition: 'optional',
  problems: ['forbidden', 'own-role', 'not-found', 'state-conflict'],
});
