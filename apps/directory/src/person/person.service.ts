import { Injectable } from '@nestjs/common';
import { civilDayAt } from '#libs/calendar';
import { DomainError, type Actor, type MeView, type Role } from '#libs/contracts';
import { Clock } from '#libs/platform';
import { OrganisationRepository } from '../organisation/organisation.repository.ts';
import { type Organisation } from '../organisation/organisation.ts';
import { actorOf, holds, nationalUnit, type Person } from './person.ts';
import { PersonRepository } from './person.repository.ts';

interface Recipient {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

@Injectable()
export class PersonService {
  constructor(
    private readonly people: PersonRepository,
    private readonly organisations: OrganisationRepository,
    private readonly clock: Clock,
  ) {}

  /** Who the subject is here today; null when unknown. */
  async resolve(subject: string): Promise<Actor | null> {
    const person = await this.people.findForActor(subject);
    return person ? actorOf(person, civilDayAt(this.clock.now())) : null;
  }

  /** The caller's own page: everybody may see it. Errors: `not-found` when the caller was removed meanwhile. */
  async me(actor: Actor): Promise<MeView> {
    const person = await this.people.findBySubject(actor.id);
    if (!person) throw new DomainError('not-found');
    const today = actorOf(person, civilDayAt(this.clock.now()));
    const units = await this.organisations.named(unitsOf(today));
    return {
      id: today.id,
      kind: person.kind,
      name: person.name,
      roles: today.assignments,
      units: units.map(({ kind, code, name }) => ({ kind, code, name })),
      employers: today.employers,
    };
  }

  /** Those who hold the role in the unit on the day and have an address, in order of id. */
  async recipients(role: Role, unit: string, on: string): Promise<Recipient[]> {
    const people = await this.people.holdersEverOf(role);
    return people
      .filter((person) => holds(person, role, unit, on))
      .flatMap(toRecipient)
      .toSorted(byId);
  }

  /** Work contacts of named actors. */
  async contacts(ids: readonly string[]): Promise<Recipient[]> {
    const people = await this.people.withSubjects(ids);
    return people.flatMap(toRecipient).toSorted(byId);
  }
}

/** Every unit once, in the order of the roles. */
function unitsOf(actor: Actor): Pick<Organisation, 'kind' | 'code'>[] {
  const units = new Map<string, Pick<Organisation, 'kind' | 'code'>>();
  for (const { rcc, region } of actor.assignments) {
    if (rcc) units.set(`rcc ${rcc}`, { kind: 'rcc', code: rcc });
    if (region) units.set(`region ${region}`, { kind: 'region', code: region });
    if (!rcc && !region) units.set('national', { kind: 'national', code: nationalUnit });
  }
  return [...units.values()];
}

function toRecipient(person: Person): Recipient[] {
  return person.email === null ? [] : [{ id: person.subject, name: person.name, email: person.email }];
}

function byId(one: Recipient, other: Recipient): number {
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}
