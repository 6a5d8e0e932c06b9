import { Inject, Injectable } from '@nestjs/common';
import { civilDayAt } from '#libs/calendar';
import { type Stored } from '#libs/persistence';
import { Clock, type Logger } from '#libs/platform';
import { LOGGER, Sweeps } from '#libs/service';
import { ApiClientRepository } from '../api-client/api-client.repository.ts';
import { type ApiClient } from '../api-client/api-client.ts';
import { sameData } from '../changed-fields.ts';
import { OrganisationRepository } from '../organisation/organisation.repository.ts';
import { rccsOfOrganisation, type Organisation } from '../organisation/organisation.ts';
import { PersonRepository } from '../person/person.repository.ts';
import { homeRccsOf, type Person, type Surroundings } from '../person/person.ts';
import { RoleAssignmentRepository } from '../role-assignment/role-assignment.repository.ts';
import { isOver, type RoleAssignment } from '../role-assignment/role-assignment.ts';
import { inOrder, rccsOf } from './belonging.ts';
import { type FollowingRepository } from './following.repository.ts';

/** The fields that follow from an aggregate's others, the memberships and the day. */
type Derive<State> = (
  stored: Stored<State>,
  surroundings: Surroundings,
) => Partial<State> | Promise<Partial<State>>;

type RolesByPerson = ReadonlyMap<string, readonly RoleAssignment[]>;

const sweepEvery = 60_000;
const tries = 20;

/**
 * Lets everything that carries its RCC follow what these are worked out from: the memberships of the regions,
 * the employers and roles of people, and the day. Doing it again changes nothing, so that every event may come
 * twice and a crash leaves at most work to be done by the next.
 */
@Injectable()
export class BelongingService {
  /** The day for which everything has followed; a new one may begin or end a membership. */
  private followed: string | undefined;

  constructor(
    private readonly organisations: OrganisationRepository,
    private readonly people: PersonRepository,
    private readonly assignments: RoleAssignmentRepository,
    private readonly clients: ApiClientRepository,
    private readonly clock: Clock,
    sweeps: Sweeps,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    sweeps.add('belonging', sweepEvery, () => this.followDay());
    clock.onMoved(() => this.followDay());
  }

  async followRegion(region: string): Promise<void> {
    await this.followOrganisations({ kind: 'region', code: region });
    // The roles first: people follow them.
    await this.followAssignments({ region });
    await this.followClients({ region });
    await this.followPeople({ 'employers.region': region });
    await this.followPeople({ _id: { $in: await this.assignments.peopleIn(region) } });
  }

  followPerson(id: string): Promise<void> {
    return this.followPeople({ _id: id });
  }

  async followAssignment(id: string, personId: string): Promise<void> {
    await this.followAssignments({ _id: id });
    await this.followPeople({ _id: personId });
  }

  followClient(id: string): Promise<void> {
    return this.followClients({ _id: id });
  }

  /** Once a day, for all that begins or ends with it. */
  private async followDay(): Promise<void> {
    const today = this.today();
    if (this.followed === today) return;
    await this.followOrganisations({});
    await this.followAssignments({});
    await this.followClients({});
    await this.followPeople({}, await this.rolesByPerson());
    this.followed = today;
  }

  private followOrganisations(filter: Record<string, unknown>): Promise<void> {
    return this.followEach(this.organisations, filter, ({ state }: Stored<Organisation>) => ({
      rccs: rccsOfOrganisation(state, this.today()),
    }));
  }

  private followAssignments(filter: Record<string, unknown>): Promise<void> {
    return this.followEach(
      this.assignments,
      filter,
      ({ state }: Stored<RoleAssignment>, { memberships, on }) => ({
        rccs: rccsOf([state], memberships, on),
      }),
    );
  }

  private followClients(filter: Record<string, unknown>): Promise<void> {
    return this.followEach(this.clients, filter, ({ state }: Stored<ApiClient>, { memberships, on }) => ({
      rccs: rccsOf([state], memberships, on),
    }));
  }

  /** `held`: everybody's roles as a moment ago, which spares asking for each one's. */
  private followPeople(filter: Record<string, unknown>, held?: RolesByPerson): Promise<void> {
    let known = held;
    const rolesOf = async (id: string): Promise<readonly RoleAssignment[]> =>
      known
        ? (known.get(id) ?? [])
        : (await this.assignments.ofPerson(id)).map((assignment) => assignment.state);
    const derive = async ({ id, state }: Stored<Person>, surroundings: Surroundings) => {
      const { memberships, on } = surroundings;
      const homeRccs = homeRccsOf(state, surroundings);
      const places = (await rolesOf(id)).filter((assignment) => !isOver(assignment, on));
      return { homeRccs, rccs: inOrder([...homeRccs, ...rccsOf(places, memberships, on)]) };
    };
    return this.followEach(this.people, filter, derive, () => (known = undefined));
  }

  private async rolesByPerson(): Promise<RolesByPerson> {
    const roles = new Map<string, RoleAssignment[]>();
    for await (const { state } of this.assignments.each({})) {
      roles.set(state.personId, [...(roles.get(state.personId) ?? []), state]);
    }
    return roles;
  }

  private async followEach<State extends object>(
    repository: FollowingRepository<State>,
    filter: Record<string, unknown>,
    derive: Derive<State>,
    /** Called before anything is worked out anew: what was known beforehand may be of yesterday. */
    forget: () => void = () => undefined,
  ): Promise<void> {
    const surroundings = await this.surroundings();
    for await (const found of repository.each(filter)) {
      if (!(await this.followOne(repository, found, surroundings, derive, forget))) {
        // It changes faster than it can be followed: its own events come round after this one.
        this.logger.warn(
          { type: repository.type, id: found.id },
          'belonging not followed, comes round again',
        );
      }
    }
  }

  private async followOne<State extends object>(
    repository: FollowingRepository<State>,
    found: Stored<State>,
    asTheyWere: Surroundings,
    derive: Derive<State>,
    forget: () => void,
  ): Promise<boolean> {
    if (isFollowed(found, await derive(found, asTheyWere))) return true;
    forget();
    let stored: Stored<State> | null = found;
    for (let attempt = 0; attempt < tries && stored; attempt += 1) {
      // Asked anew and after the aggregate was read: else older memberships could overwrite what newer ones gave.
      const derived = await derive(stored, await this.surroundings());
      if (isFollowed(stored, derived) || (await repository.follow(stored, derived))) return true;
      stored = await repository.find(found.id);
    }
    // Gone is as good as followed.
    return stored === null;
  }

  private async surroundings(): Promise<Surroundings> {
    return { memberships: await this.organisations.memberships(), on: this.today() };
  }

  private today(): string {
    return civilDayAt(this.clock.now());
  }
}

function isFollowed<State extends object>({ state }: Stored<State>, derived: Partial<State>): boolean {
  return Object.entries(derived).every(([name, value]) =>
    sameData((state as Record<string, unknown>)[name], value),
  );
}
