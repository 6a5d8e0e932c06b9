import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type Page, type Paging, type RccCode, type RegionCode, type Role } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { readPage, type AggregateDocument, type Stored } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { FollowingRepository } from '../belonging/following.repository.ts';
import { roleAssignmentSchema } from './role-assignment.schema.ts';
import { type AssignmentState, type RoleAssignment } from './role-assignment.ts';

interface AssignmentFilter {
  readonly personId?: string | undefined;
  readonly role?: Role | undefined;
  readonly rcc?: RccCode | undefined;
  readonly region?: RegionCode | undefined;
  readonly state?: AssignmentState | undefined;
}

@Injectable()
export class RoleAssignmentRepository extends FollowingRepository<RoleAssignment> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'role-assignment', 'role-assignments', roleAssignmentSchema, relay, ['rccs']);
  }

  /** `where` is what the caller may see; null: nothing. */
  async page<View>(
    where: Record<string, unknown> | null,
    { personId, role, rcc, region, state }: AssignmentFilter,
    today: string,
    paging: Paging & { sort: string },
    view: (stored: Stored<RoleAssignment>) => View,
  ): Promise<Page<View>> {
    const chosen = {
      ...(personId && { personId }),
      ...(role && { role }),
      ...(rcc && { rccs: rcc }),
      ...(region && { region }),
    };
    return readPage(
      this.model,
      where && { $and: [where, chosen, ...(state ? [inState(state, today)] : [])] },
      paging,
      (document) => view(this.stored(document)),
      ['outbox', 'keys'],
    );
  }

  /** What the actor is made of: no more than that is read, since this is asked all the time. */
  async forActor(subject: string): Promise<Omit<RoleAssignment, 'rccs'>[]> {
    const fields = {
      _id: 0,
      personId: 1,
      role: 1,
      region: 1,
      unit: 1,
      rcc: 1,
      from: 1,
      lastDay: 1,
      deputyFor: 1,
    };
    return this.model
      .find({ subject } as never, fields)
      .sort({ from: 1, _id: 1 })
      .lean<RoleAssignment[]>();
  }

  async ofPerson(personId: string): Promise<Stored<RoleAssignment>[]> {
    const documents = await this.model.find({ personId } as never, { outbox: 0, keys: 0 }).lean();
    return documents.map((document) => this.stored(document));
  }

  /** Roles of the person that go on, or begin, after the day. */
  async goingBeyond(personId: string, day: string): Promise<Stored<RoleAssignment>[]> {
    const where = { personId, $or: [{ lastDay: null }, { lastDay: { $gt: day } }] };
    const documents = await this.model.find(where as never, { outbox: 0, keys: 0 }).lean();
    return documents.map((document) => this.stored(document));
  }

  /** Whoever holds, held or will hold the role. */
  async everOf(role: Role, place: { region?: string; rcc?: string }): Promise<RoleAssignment[]> {
    return this.model.find({ role, ...place } as never).lean<RoleAssignment[]>();
  }

  /** Ids of the people with a role in the region. */
  async peopleIn(region: string): Promise<string[]> {
    return this.model.distinct('personId', { region } as never) as unknown as Promise<string[]>;
  }

  private stored(document: unknown): Stored<RoleAssignment> {
    return this.toStored(document as AggregateDocument & RoleAssignment);
  }
}

/** The same cut as stateOf() in the domain, as a filter. */
function inState(state: AssignmentState, today: string): Record<string, unknown> {
  const isLeft = { $or: [{ lastDay: null }, { lastDay: { $gte: today } }] };
  switch (state) {
    case 'ended':
      return { lastDay: { $lt: today } };
    case 'active':
      return { from: { $lte: today }, ...isLeft };
    case 'upcoming':
      return { from: { $gt: today }, ...isLeft };
  }
}
