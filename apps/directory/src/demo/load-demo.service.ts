import { type Type } from '@nestjs/common';
import { civilDayAt } from '#libs/calendar';
import { derivedId, type WriteContext } from '#libs/persistence';
import { inOrder, rccsOf } from '../belonging/belonging.ts';
import { organisationId, organisationWasRecorded, rccsOfOrganisation } from '../organisation/organisation.ts';
import { OrganisationRepository } from '../organisation/organisation.repository.ts';
import { homeRccsOf, personWasRecorded, type Person } from '../person/person.ts';
import { PersonRepository } from '../person/person.repository.ts';
import { roleWasGiven, type RoleAssignment } from '../role-assignment/role-assignment.ts';
import { RoleAssignmentRepository } from '../role-assignment/role-assignment.repository.ts';
import { demoOrganisations } from './organisations.ts';
import { demoPeople, since, type DemoPerson } from './people.ts';
import { recordMissing } from './record-missing.repository.ts';

/** Loads what is missing of the demonstration. Repeating it changes nothing. */
export async function loadDemo(app: { get<T>(token: Type<T>): T }, context: WriteContext): Promise<void> {
  const organisations = app.get(OrganisationRepository);
  const people = app.get(PersonRepository);
  const on = civilDayAt(context.time);

  const wanted = demoOrganisations.map((organisation) => {
    const state = { ...organisation, rccs: rccsOfOrganisation(organisation, on) };
    return { id: organisationId(state), state, event: organisationWasRecorded(state) };
  });
  await recordMissing(organisations, wanted, ['rccs'], context);

  const surroundings = { memberships: await organisations.memberships(), on };
  const rccsAt = (place: DemoPerson['place']) => rccsOf([place], surroundings.memberships, on);
  const holders = await Promise.all(
    demoPeople.map(async (demo) => {
      // The subject decides who it is: somebody may have added the person by hand.
      const known = await people.findBySubject(demo.subject);
      return { demo, id: known?.id ?? derivedId('person', demo.subject) };
    }),
  );
  const persons = holders.map(({ demo, id }) => {
    const { subject, kind, name, email, employers, place } = demo;
    const homeRccs = homeRccsOf(demo, surroundings);
    const rccs = inOrder([...homeRccs, ...rccsAt(place)]);
    const state: Person = { subject, kind, name, email, employers, to: null, homeRccs, rccs };
    return { id, state, event: personWasRecorded(id, state) };
  });
  await recordMissing(people, persons, ['homeRccs'], context);

  const assignments = holders.map(({ demo, id: personId }) => {
    const { subject, role, place } = demo;
    const id = derivedId('role-assignment', subject, role);
    const rccs = rccsAt(place);
    const dates = { from: since, to: null, lastDay: null };
    const kept = { deputyFor: null, ending: null, rccs };
    const state: RoleAssignment = { personId, subject, role, ...place, ...dates, ...kept };
    return { id, state, event: roleWasGiven(id, state) };
  });
  await recordMissing(app.get(RoleAssignmentRepository), assignments, ['rccs'], context);
}
