import { Injectable } from '@nestjs/common';
import { type z } from 'zod';
import { civilDayAt } from '#libs/calendar';
import { DomainError, nationalCode, rccCodes, regionCodes } from '#libs/contracts';
import { type Actor, type MeView, type recipientsOf, type Role } from '#libs/contracts';
import { type Stored } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { unitDigest, wholeRegion } from '#libs/unit-digest';
import { ApiClientRepository } from '../api-client/api-client.repository.ts';
import { clientOfSubject, subjectOfClient, type ApiClient } from '../api-client/api-client.ts';
import { OrganisationRepository } from '../organisation/organisation.repository.ts';
import { type Organisation } from '../organisation/organisation.ts';
import { PersonRepository } from '../person/person.repository.ts';
import { isHere, type Person } from '../person/person.ts';
import { RoleAssignmentRepository } from '../role-assignment/role-assignment.repository.ts';
import { isInForce } from '../role-assignment/role-assignment.ts';
import { actorOf, actorOfClient, isRoleOfClients } from './actor.ts';

type Addressees = z.output<typeof recipientsOf.request>;

interface Recipient {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** Who calls, and who can be written to: people with their roles, and API clients. */
@Injectable()
export class ActorService {
  constructor(
    private readonly people: PersonRepository,
    private readonly assignments: RoleAssignmentRepository,
    private readonly clients: ApiClientRepository,
    private readonly organisations: OrganisationRepository,
    private readonly clock: Clock,
  ) {}

  /** Who the subject is here today; null when unknown or ended. Never remembered: what was taken away is gone. */
  async resolve(subject: string): Promise<Actor | null> {
    const clientId = clientOfSubject(subject);
    if (clientId !== undefined) {
      const client = await this.clients.find(clientId);
      return client && actorOfClient(client.id, client.state);
    }
    const [person, assignments] = await Promise.all([
      this.people.findForActor(subject),
      this.assignments.forActor(subject),
    ]);
    return person && actorOf(person, assignments, this.today());
  }

  /** The caller's own page: everybody may see it. Errors: `not-found` when the caller was removed meanwhile. */
  async me({ id }: Actor): Promise<MeView> {
    const [actor, known] = await Promise.all([this.resolve(id), this.named(id)]);
    if (!actor || !known || actor.kind === 'service') throw new DomainError('not-found');
    const units = await this.organisations.named(unitsOf(actor));
    return {
      id: actor.id,
      kind: actor.kind,
      name: known.name,
      roles: actor.assignments,
      units: units.map(({ kind, code, name }) => ({ kind, code, name })),
      employers: actor.employers,
    };
  }

  /**
   * Those who hold the role in the unit on the day and have an address, in order of id: of the clinics of a region
   * only the one that the digest names, or all for {@link wholeRegion}.
   */
  async recipients({ role, unit, unitDigest: digest, on }: Addressees): Promise<Recipient[]> {
    const place = placeOfUnit(unit);
    if (!place) return [];
    const held = await this.assignments.everOf(role, place);
    const isWithin = ({ region, unit: clinic }: { region?: string | undefined; unit?: string | undefined }) =>
      clinic === undefined || digest === wholeRegion || digest === unitDigest(region ?? '', clinic);
    const ids = held
      .filter((assignment) => isInForce(assignment, on) && isWithin(assignment))
      .map(({ personId }) => personId);
    const [people, clients] = await Promise.all([
      // Not by subject: one that was given anew is not the holder's any more.
      this.people.withIds(ids),
      isRoleOfClients(role) && unit !== nationalCode ? this.clientsIn(role, place) : [],
    ]);
    return [
      ...people.filter((person) => isHere(person, on)).flatMap(toRecipient),
      ...clients.flatMap(({ id, state }) => toRecipient({ ...state, subject: subjectOfClient(id) })),
    ].toSorted(byId);
  }

  /** Work contacts of named actors who are still here: what is written today is no affair of those who have left. */
  async contacts(ids: readonly string[]): Promise<Recipient[]> {
    const clientIds = ids.flatMap((id) => clientOfSubject(id) ?? []);
    const [people, clients] = await Promise.all([
      this.people.withSubjects(ids),
      clientIds.length > 0 ? this.clients.withIds(clientIds) : [],
    ]);
    const today = this.today();
    return [
      ...people.filter((person) => isHere(person, today)).flatMap(toRecipient),
      ...clients
        .filter(({ state }) => state.state === 'active')
        .flatMap(({ id, state }) => toRecipient({ ...state, subject: subjectOfClient(id) })),
    ].toSorted(byId);
  }

  private async clientsIn(
    role: Role,
    { region, rcc }: { region?: string; rcc?: string },
  ): Promise<Stored<ApiClient>[]> {
    if (role === 'regionSystem') return region === undefined ? [] : this.clients.activeIn({ region });
    return rcc === undefined ? [] : this.clients.activeIn({ rcc });
  }

  private async named(subject: string): Promise<{ readonly name: string } | undefined> {
    const clientId = clientOfSubject(subject);
    const stored =
      clientId === undefined ? await this.people.findBySubject(subject) : await this.clients.find(clientId);
    return stored?.state;
  }

  private today(): string {
    return civilDayAt(this.clock.now());
  }
}

/** A region or RCC code as the place of a role; undefined: there is no such unit. */
function placeOfUnit(unit: string): { region?: string; rcc?: string } | undefined {
  if ((regionCodes as readonly string[]).includes(unit)) return { region: unit };
  if ((rccCodes as readonly string[]).includes(unit)) return { rcc: unit };
  return unit === nationalCode ? {} : undefined;
}

/** Every unit once, in the order of the roles. */
function unitsOf(actor: Actor): Pick<Organisation, 'kind' | 'code'>[] {
  const units = new Map<string, Pick<Organisation, 'kind' | 'code'>>();
  for (const { rcc, region } of actor.assignments) {
    if (rcc) units.set(`rcc ${rcc}`, { kind: 'rcc', code: rcc });
    if (region) units.set(`region ${region}`, { kind: 'region', code: region });
    if (!rcc && !region) units.set('national', { kind: 'national', code: nationalCode });
  }
  return [...units.values()];
}

function toRecipient({ subject, name, email }: Pick<Person, 'subject' | 'name' | 'email'>): Recipient[] {
  return email === null ? [] : [{ id: subject, name, email }];
}

function byId(one: Recipient, other: Recipient): number {
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}
