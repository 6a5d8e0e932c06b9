import { Injectable } from '@nestjs/common';
import { may, require, requireVisible, visibleWhere } from '#libs/access';
import { civilDayAt } from '#libs/calendar';
import {
  changeRoleAssignmentEndpoint,
  createRoleAssignmentEndpoint,
  DomainError,
  endRoleAssignmentEndpoint,
  invalidInput,
  type Command,
  type Endpoint,
  type EndpointReply,
  type getRoleAssignment,
  type listRoleAssignments,
  type RoleAssignmentView,
} from '#libs/contracts';
import { type Asked, type Caller } from '#libs/messaging';
import { type Change, type Outcome, type Stored, type WriteContext } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { creationId, writeContext } from '#libs/service';
import { rccsOf } from '../belonging/belonging.ts';
import { OrganisationRepository } from '../organisation/organisation.repository.ts';
import { PersonRepository } from '../person/person.repository.ts';
import { placeOfPerson } from '../person/person.view.ts';
import { placeFaults } from './place-of-role.ts';
import { changeRole, endRole, giveRole, inTurn, type RoleAssignment } from './role-assignment.ts';
import { RoleAssignmentRepository } from './role-assignment.repository.ts';
import { placeOfAssignment, toRoleAssignmentView } from './role-assignment.view.ts';

type AssignmentEndpoint = Endpoint & { readonly reply: typeof getRoleAssignment.reply };
interface AssignmentReply {
  readonly body: RoleAssignmentView;
  readonly revision: number;
  readonly replayed?: true;
}

/** Times that a role is given anew when others give roles to the same person at the same moment. */
const attempts = 20;

@Injectable()
export class RoleAssignmentService {
  constructor(
    private readonly assignments: RoleAssignmentRepository,
    private readonly people: PersonRepository,
    private readonly organisations: OrganisationRepository,
    private readonly clock: Clock,
  ) {}

  async list({
    request,
    caller,
  }: Asked<typeof listRoleAssignments>): Promise<EndpointReply<typeof listRoleAssignments>> {
    const { personId, role, rcc, region, state, ...paging } = request.query;
    const where = visibleWhere(caller.actor, 'role-assignment');
    const filter = { personId, role, rcc, region, state };
    const today = this.today();
    return {
      body: await this.assignments.page(where, filter, today, paging, (stored) =>
        toRoleAssignmentView(stored, caller.actor, today),
      ),
    };
  }

  async get({ request, caller }: Asked<typeof getRoleAssignment>): Promise<AssignmentReply> {
    const stored = await this.assignments.find(request.params.id);
    if (!stored) throw new DomainError('not-found');
    requireVisible(caller.actor, 'role-assignment', placeOfAssignment(stored.state));
    return this.reply({ stored, replayed: false }, caller);
  }

  async create({ request, caller }: Asked<typeof createRoleAssignmentEndpoint>): Promise<AssignmentReply> {
    const { body } = request;
    // Before the right is asked for: of a place that does not fit the role, nobody could say whose it is.
    const faults = placeFaults(body.role, body);
    if (faults.length > 0) throw invalidInput(faults);
    const today = this.today();
    const rccs = rccsOf([body], await this.organisations.memberships(), today);
    const stamp = require(caller.actor, 'create', 'role-assignment', { rccs });
    const person = await this.knownPerson(body.personId, caller);
    if (person?.subject === caller.actor.id) throw new DomainError('own-role');
    const id = creationId(createRoleAssignmentEndpoint, request, caller);
    const context = writeContext(createRoleAssignmentEndpoint, request, caller, stamp, this.clock);
    const before = await this.assignments.created(id, context);
    if (before) return this.reply(before, caller);

    const ordinary = await this.known(body.deputyFor, caller);
    const change = giveRole(id, body, { person, ordinary, rccs, today });
    return this.reply(await this.createInTurn(id, change, context), caller);
  }

  /** Errors: `already-exists`; `unavailable` where others are faster time and again. */
  private async createInTurn(
    id: string,
    { state: held, events }: Change<RoleAssignment>,
    context: WriteContext,
  ): Promise<Outcome<RoleAssignment>> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const state = inTurn(id, held, await this.assignments.ofPerson(held.personId));
      try {
        return await this.assignments.create(id, { state, events }, context);
      } catch (error) {
        // The turn was taken meanwhile, perhaps for this very role: look again.
        if (!(error instanceof DomainError && error.code === 'already-exists')) throw error;
      }
    }
    throw new DomainError('unavailable', { params: { seconds: 1 } });
  }

  change(asked: Asked<typeof changeRoleAssignmentEndpoint>): Promise<AssignmentReply> {
    const { request, caller } = asked;
    return this.command(changeRoleAssignmentEndpoint, 'edit', asked, async ({ id, state }) => {
      const ordinary = await this.known(request.body.deputyFor, caller);
      const change = changeRole(id, state, request.body, { ordinary, today: this.today() });
      if (change.events.length === 0) return change;
      const all = await this.assignments.ofPerson(state.personId);
      return { state: inTurn(id, change.state, all), events: change.events };
    });
  }

  end(asked: Asked<typeof endRoleAssignmentEndpoint>): Promise<AssignmentReply> {
    const { request, caller } = asked;
    return this.command(endRoleAssignmentEndpoint, 'ending', asked, ({ id, state }) => {
      const at = this.clock.now();
      return endRole(id, state, request.body, { today: civilDayAt(at), at, by: caller.actor.id });
    });
  }

  private async command<E extends AssignmentEndpoint>(
    contract: E,
    command: Command,
    { request, caller }: Asked<E>,
    decide: (stored: Stored<RoleAssignment>) => Change<RoleAssignment> | Promise<Change<RoleAssignment>>,
  ): Promise<AssignmentReply> {
    const { id } = request.params as { id: string };
    const outcome = await this.assignments.change(id, {
      ...(request.ifMatch !== undefined && { ifMatch: request.ifMatch }),
      authorize: ({ state }) => {
        const place = placeOfAssignment(state);
        requireVisible(caller.actor, 'role-assignment', place);
        const stamp = require(caller.actor, command, 'role-assignment', place);
        if (state.subject === caller.actor.id) throw new DomainError('own-role');
        return writeContext(contract, request, caller, stamp, this.clock);
      },
      decide,
    });
    return this.reply(outcome, caller);
  }

  /** A person that the caller may know of. */
  private async knownPerson(id: string, { actor }: Caller) {
    const stored = await this.people.find(id);
    if (!stored || !may(actor, 'read', 'person', placeOfPerson(stored.state))) return undefined;
    return stored.state;
  }

  /** An assignment that the caller may know of. */
  private async known(id: string | null | undefined, { actor }: Caller) {
    const stored = id ? await this.assignments.find(id) : null;
    if (!stored || !may(actor, 'read', 'role-assignment', placeOfAssignment(stored.state))) return undefined;
    return stored.state;
  }

  private reply({ stored, replayed }: Outcome<RoleAssignment>, caller: Caller): AssignmentReply {
    return {
      body: toRoleAssignmentView(stored, caller.actor, this.today()),
      revision: stored.revision,
      ...(replayed && { replayed: true as const }),
    };
  }

  private today(): string {
    return civilDayAt(this.clock.now());
  }
}
