import { allowedCommands, type Place } from '#libs/access';
import { type Actor, type RoleAssignmentView } from '#libs/contracts';
import { type Stored } from '#libs/persistence';
import { assignmentCommands, stateOf, type RoleAssignment } from './role-assignment.ts';

/** What the access table looks at. */
export function placeOfAssignment(held: Pick<RoleAssignment, 'rccs'>): Place {
  return { rccs: held.rccs };
}

export function toRoleAssignmentView(
  stored: Stored<RoleAssignment>,
  actor: Actor,
  today: string,
): RoleAssignmentView {
  const held = stored.state;
  // Nobody gives or ends a role of their own.
  const possible = held.subject === actor.id ? [] : assignmentCommands(held, today);
  return {
    id: stored.id,
    personId: held.personId,
    role: held.role,
    region: held.region ?? null,
    unit: held.unit ?? null,
    rcc: held.rcc ?? null,
    from: held.from,
    to: held.to,
    deputy: held.deputyFor !== null,
    deputyFor: held.deputyFor,
    ending: held.ending && { ...held.ending, at: held.ending.at.toISOString() },
    state: stateOf(held, today),
    rccs: [...held.rccs],
    allowed: allowedCommands(actor, 'role-assignment', placeOfAssignment(held), possible),
    createdAt: stored.createdAt.toISOString(),
    updatedAt: stored.updatedAt.toISOString(),
  };
}
