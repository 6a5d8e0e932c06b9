import {
  occurred,
  personRecorded,
  type Actor,
  type NewEvent,
  type RccCode,
  type RegionCode,
  type Role,
} from '#libs/contracts';
import { isWithin, type Dated } from '../dated.ts';

/** A role held in a region, in an RCC, or, when neither is named, for the nation. */
export interface RoleAssignment extends Dated {
  readonly role: Role;
  readonly rcc?: RccCode;
  readonly region?: RegionCode;
  /** A clinic of the region; absent: the whole region. */
  readonly unit?: string;
}

export interface Employment extends Dated {
  readonly region: RegionCode;
}

/** A person's work contact, or a region's system with its functional mailbox. Never anything private. */
export interface Person {
  /** The identity provider's subject: what the actor is called everywhere. */
  readonly subject: string;
  readonly kind: 'person' | 'system';
  readonly name: string;
  readonly email: string | null;
  readonly assignments: readonly RoleAssignment[];
  readonly employers: readonly Employment[];
}

/** Unit of roles that are held for the nation. */
export const nationalUnit = 'nationell';

function unitOf(assignment: RoleAssignment): string {
  return assignment.region ?? assignment.rcc ?? nationalUnit;
}

/** Does the person hold the role in the unit (a region or RCC code) on the day? */
export function holds(person: Pick<Person, 'assignments'>, role: Role, unit: string, on: string): boolean {
  return person.assignments.some((held) => held.role === role && unitOf(held) === unit && isWithin(held, on));
}

/** Who the person is on a day: only what is in force then. */
export function actorOf(
  person: Pick<Person, 'subject' | 'kind' | 'assignments' | 'employers'>,
  on: string,
): Actor {
  return {
    id: person.subject,
    kind: person.kind,
    assignments: person.assignments
      .filter((held) => isWithin(held, on))
      .map(({ role, rcc, region, unit }) => ({
        role,
        ...(rcc && { rcc }),
        ...(region && { region }),
        ...(unit && { unit }),
      })),
    employers: person.employers.filter((held) => isWithin(held, on)).map(({ region }) => region),
  };
}

/** The event of adding or changing a person: names and addresses in its private part only. */
export function personWasRecorded(id: string, person: Person): NewEvent {
  return occurred(
    personRecorded,
    { personId: id, kind: person.kind, assignments: person.assignments.length },
    {
      subject: person.subject,
      name: person.name,
      email: person.email,
      assignments: person.assignments,
      employers: person.employers,
    },
  );
}
