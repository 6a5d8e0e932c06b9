import { allowedCommands, type Place } from '#libs/access';
import { type Actor, type PersonView } from '#libs/contracts';
import { type Stored } from '#libs/persistence';
import { type Person } from './person.ts';

/** What the access table looks at where it says who may know of the person. */
export function placeOfPerson(person: Pick<Person, 'rccs'>): Place {
  return { rccs: person.rccs };
}

/** What it looks at where it says who may change the person: those who look after the person, not every RCC with a role for it. */
export function homeOfPerson(person: Pick<Person, 'homeRccs'>): Place {
  return { rccs: person.homeRccs };
}

export function toPersonView(stored: Stored<Person>, actor: Actor): PersonView {
  const { subject, kind, name, email, employers, to, rccs } = stored.state;
  return {
    id: stored.id,
    subject,
    kind,
    name,
    email,
    employers: employers.map(({ region, rcc, from, to: until }) => ({
      ...(region && { region }),
      ...(rcc && { rcc }),
      from,
      to: until,
    })),
    to,
    rccs: [...rccs],
    allowed: allowedCommands(actor, 'person', homeOfPerson(stored.state), ['edit']),
    createdAt: stored.createdAt.toISOString(),
    updatedAt: stored.updatedAt.toISOString(),
  };
}
