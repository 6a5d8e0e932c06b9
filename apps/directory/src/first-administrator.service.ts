import { type Type } from '@nestjs/common';
import { z } from 'zod';
import { civilDayAt } from '#libs/calendar';
import { email, filledText, longestSubject } from '#libs/contracts';
import { derivedId, type WriteContext } from '#libs/persistence';
import { recordMissing } from './demo/record-missing.repository.ts';
import { personWasRecorded, type Person } from './person/person.ts';
import { PersonRepository } from './person/person.repository.ts';
import { roleWasGiven, type RoleAssignment } from './role-assignment/role-assignment.ts';
import { RoleAssignmentRepository } from './role-assignment/role-assignment.repository.ts';

/** `{"subject": …, "name": …, "email": …}`: the identity provider's subject and the work contact. */
export const firstAdministrator = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'expected JSON with subject, name and email' });
      return z.NEVER;
    }
  })
  .pipe(z.strictObject({ subject: z.string().min(1).max(longestSubject), name: filledText(200), email }));
export type FirstAdministrator = z.output<typeof firstAdministrator>;

/**
 * Lets an empty installation begin: records the one who then records everybody else. Only while nobody has
 * ever been administrator, so that the variable cannot bring back one who has been taken away.
 */
export async function recordFirstAdministrator(
  app: { get<T>(token: Type<T>): T },
  { subject, name, email: address }: FirstAdministrator,
  context: WriteContext,
): Promise<void> {
  const people = app.get(PersonRepository);
  const assignments = app.get(RoleAssignmentRepository);
  if ((await assignments.everOf('administrator', {})).length > 0) return;
  const known = await people.findBySubject(subject);
  const personId = known?.id ?? derivedId('person', subject);
  const person: Person = {
    subject,
    kind: 'person',
    name,
    email: address,
    employers: [],
    to: null,
    homeRccs: [],
    rccs: [],
  };
  await recordMissing(
    people,
    [{ id: personId, state: person, event: personWasRecorded(personId, person) }],
    [],
    context,
  );
  const id = derivedId('role-assignment', subject, 'administrator');
  const assignment: RoleAssignment = {
    personId,
    subject,
    role: 'administrator',
    from: civilDayAt(context.time),
    to: null,
    lastDay: null,
    deputyFor: null,
    ending: null,
    rccs: [],
  };
  await recordMissing(
    assignments,
    [{ id, state: assignment, event: roleWasGiven(id, assignment) }],
    [],
    context,
  );
}
