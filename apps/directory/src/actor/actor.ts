import { type Actor, type Role } from '#libs/contracts';
import { assignmentsOf, subjectOfClient, type ApiClient } from '../api-client/api-client.ts';
import { isWithin } from '../dated.ts';
import { isHere, type PersonOfActor } from '../person/person.ts';
import { isInForce, toAssignment, type RoleAssignment } from '../role-assignment/role-assignment.ts';

/**
 * Who the person is on a day: the roles in force then, and the regions the person works in: those that employ,
 * and those where a role is held, so that nobody is impartial because an employer was not recorded. Null: no
 * longer here.
 */
export function actorOf(
  person: PersonOfActor,
  assignments: readonly Omit<RoleAssignment, 'rccs'>[],
  on: string,
): Actor | null {
  if (!isHere(person, on)) return null;
  const { id: personId, subject, kind, employers } = person;
  // By the person's id too: somebody who ended and was thinned may have left roles under a subject that was
  // given anew, and they must not come back with it.
  const current = assignments.filter((held) => held.personId === personId && isInForce(held, on));
  const workplaces = [...employers.filter((employer) => isWithin(employer, on)), ...current];
  return {
    id: subject,
    kind,
    assignments: current.map(toAssignment),
    // A system has nobody to be partial to; whoever answers for it is no employer.
    employers:
      kind === 'system' ? [] : [...new Set(workplaces.flatMap(({ region }) => (region ? [region] : [])))],
  };
}

/** Who an API client is: a system with the one role of its place. Null: it has ended. */
export function actorOfClient(id: string, client: ApiClient): Actor | null {
  if (client.state === 'ended') return null;
  return { id: subjectOfClient(id), kind: 'system', assignments: assignmentsOf(client), employers: [] };
}

/** Do clients of a place hold the role? */
export function isRoleOfClients(role: Role): boolean {
  return role === 'regionSystem' || role === 'rccReader';
}
