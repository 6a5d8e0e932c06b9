import { type Actor, type Role } from '#libs/contracts';
import { assignmentsOf, subjectOfClient, type ApiClient } from '../api-client/api-client.ts';
import { isWithin } from '../dated.ts';
import { isHere, type Person } from '../person/person.ts';
import { isInForce, toAssignment, type RoleAssignment } from '../role-assignment/role-assignment.ts';

/** Who the person is on a day: the roles and the employing regions in force then. Null: no longer here. */
export function actorOf(
  person: Pick<Person, 'subject' | 'kind' | 'employers' | 'to'>,
  assignments: readonly Omit<RoleAssignment, 'rccs'>[],
  on: string,
): Actor | null {
  if (!isHere(person, on)) return null;
  const { subject, kind, employers } = person;
  return {
    id: subject,
    kind,
    assignments: assignments.filter((held) => isInForce(held, on)).map(toAssignment),
    // A system has nobody to be partial to; whoever answers for it is no employer.
    employers:
      kind === 'system'
        ? []
        : employers.flatMap((held) => (held.region && isWithin(held, on) ? [held.region] : [])),
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
