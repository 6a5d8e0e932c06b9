import { Injectable } from '@nestjs/common';
import { may, require, requireVisible, visibleWhere } from '#libs/access';
import { civilDayAt } from '#libs/calendar';
import {
  changePersonEndpoint,
  createPersonEndpoint,
  DomainError,
  type CreatePerson,
  type EndpointReply,
  type getPerson,
  type listPeople,
  type PersonView,
} from '#libs/contracts';
import { type Asked, type Caller } from '#libs/messaging';
import { type Outcome, type Stored } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { creationId, writeContext } from '#libs/service';
import { changedFields } from '../changed-fields.ts';
import { OrganisationRepository } from '../organisation/organisation.repository.ts';
import { isOver } from '../role-assignment/role-assignment.ts';
import { RoleAssignmentRepository } from '../role-assignment/role-assignment.repository.ts';
import { changePerson, createPerson, homeRccsOf, type Person, type Surroundings } from './person.ts';
import { PersonRepository } from './person.repository.ts';
import { homeOfPerson, placeOfPerson, toPersonView } from './person.view.ts';

interface PersonReply {
  readonly body: PersonView;
  readonly revision: number;
  readonly replayed?: true;
}

@Injectable()
export class PersonService {
  constructor(
    private readonly people: PersonRepository,
    private readonly assignments: RoleAssignmentRepository,
    private readonly organisations: OrganisationRepository,
    private readonly clock: Clock,
  ) {}

  async list({ request, caller }: Asked<typeof listPeople>): Promise<EndpointReply<typeof listPeople>> {
    const { kind, rcc, region, subject, ...paging } = request.query;
    const where = visibleWhere(caller.actor, 'person');
    return {
      body: await this.people.page(where, { kind, rcc, region, subject }, paging, (stored) =>
        toPersonView(stored, caller.actor),
      ),
    };
  }

  async get({ request, caller }: Asked<typeof getPerson>): Promise<PersonReply> {
    const stored = await this.visible(request.params.id, caller);
    return { body: toPersonView(stored, caller.actor), revision: stored.revision };
  }

  /** A person that the caller may know of. Errors: `not-found`. */
  async visible(id: string, caller: Caller): Promise<Stored<Person>> {
    const stored = await this.people.find(id);
    if (!stored) throw new DomainError('not-found');
    requireVisible(caller.actor, 'person', placeOfPerson(stored.state));
    return stored;
  }

  async create({ request, caller }: Asked<typeof createPersonEndpoint>): Promise<PersonReply> {
    const { body } = request;
    const surroundings = await this.surroundings();
    const stamp = require(caller.actor, 'create', 'person', { rccs: homeRccsOf(body, surroundings) });
    const context = writeContext(createPersonEndpoint, request, caller, stamp, this.clock);
    const id = creationId(createPersonEndpoint, request, caller);
    try {
      return reply(await this.people.create(id, createPerson(id, body, surroundings), context), caller);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'already-exists')
        await this.hideStranger(body, caller);
      throw error;
    }
  }

  /**
   * That a subject is taken is told to those who may know by whom. Others are refused as for any person whom they
   * may not add; an administrator can, and the refusal is in the access log. Errors: `forbidden`.
   */
  private async hideStranger({ subject }: CreatePerson, { actor }: Caller): Promise<void> {
    const stored = await this.people.findBySubject(subject);
    if (!stored || may(actor, 'read', 'person', placeOfPerson(stored.state))) return;
    throw new DomainError('forbidden', { params: { command: 'create' } });
  }

  async change({ request, caller }: Asked<typeof changePersonEndpoint>): Promise<PersonReply> {
    const { params, body } = request;
    const outcome = await this.people.change(params.id, {
      ...(request.ifMatch !== undefined && { ifMatch: request.ifMatch }),
      authorize: ({ state }) => {
        requireVisible(caller.actor, 'person', placeOfPerson(state));
        const stamp = require(caller.actor, 'edit', 'person', homeOfPerson(state));
        const fields = changedFields<Person>(state, body as Partial<Person>);
        // Whoever takes their own employer away has got rid of a conflict of interest, and whoever takes
        // another's address is shown under /me/personal-data what is held about the other.
        const isOwnStanding = fields.some(
          (name) => name === 'employers' || name === 'to' || name === 'email',
        );
        if (isOwnStanding && state.subject === caller.actor.id) throw new DomainError('own-role');
        return writeContext(changePersonEndpoint, request, caller, stamp, this.clock);
      },
      decide: async ({ id, state }) => {
        if (body.to !== undefined && body.to !== state.to) await this.requireRoles(id, caller);
        return changePerson(id, state, body, await this.surroundings());
      },
    });
    return reply(outcome, caller);
  }

  /** Whoever ends a person takes all their rights away, and so must be permitted to end each role. Errors: `forbidden`. */
  private async requireRoles(personId: string, caller: Caller): Promise<void> {
    const today = civilDayAt(this.clock.now());
    for (const { state } of await this.assignments.ofPerson(personId)) {
      if (isOver(state, today)) continue;
      require(caller.actor, 'ending', 'role-assignment', { rccs: state.rccs });
    }
  }

  private async surroundings(): Promise<Surroundings> {
    const memberships = await this.organisations.memberships();
    return { memberships, on: civilDayAt(this.clock.now()) };
  }
}

function reply({ stored, replayed }: Outcome<Person>, caller: Caller): PersonReply {
  return {
    body: toPersonView(stored, caller.actor),
    revision: stored.revision,
    ...(replayed && { replayed: true as const }),
  };
}
