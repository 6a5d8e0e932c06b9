import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type Page, type Paging, type RccCode, type RegionCode } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { readPage, type AggregateDocument, type Stored } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { FollowingRepository } from '../belonging/following.repository.ts';
import { personSchema } from './person.schema.ts';
import { type Person, type PersonOfActor } from './person.ts';

interface PersonFilter {
  readonly kind?: Person['kind'] | undefined;
  readonly rcc?: RccCode | undefined;
  readonly region?: RegionCode | undefined;
  readonly subject?: string | undefined;
}

@Injectable()
export class PersonRepository extends FollowingRepository<Person> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'person', 'people', personSchema, relay, ['homeRccs', 'rccs']);
  }

  /** `where` is what the caller may see; null: nothing. */
  async page<View>(
    where: Record<string, unknown> | null,
    { kind, rcc, region, subject }: PersonFilter,
    paging: Paging & { sort: string },
    view: (stored: Stored<Person>) => View,
  ): Promise<Page<View>> {
    const chosen = {
      ...(kind && { kind }),
      ...(rcc && { rccs: rcc }),
      ...(region && { 'employers.region': region }),
      ...(subject !== undefined && { subject }),
    };
    return readPage(
      this.model,
      where && { $and: [where, chosen] },
      paging,
      (document) => view(this.stored(document)),
      ['outbox', 'keys'],
    );
  }

  async findBySubject(subject: string): Promise<Stored<Person> | null> {
    const document = await this.model.findOne({ subject } as never, { outbox: 0, keys: 0 }).lean();
    return document && this.stored(document);
  }

  /** What the actor is made of: no more than that is read, since this is asked all the time. */
  async findForActor(subject: string): Promise<PersonOfActor | null> {
    const fields = { subject: 1, kind: 1, employers: 1, to: 1 };
    const found = await this.model.findOne({ subject } as never, fields).lean<Person & { _id: string }>();
    if (!found) return null;
    const { _id: id, ...person } = found;
    return { id, ...person };
  }

  async withIds(ids: readonly string[]): Promise<Person[]> {
    return this.model.find({ _id: { $in: [...ids] } } as never).lean<Person[]>();
  }

  async withSubjects(subjects: readonly string[]): Promise<Person[]> {
    return this.model.find({ subject: { $in: [...subjects] } } as never).lean<Person[]>();
  }

  private stored(document: unknown): Stored<Person> {
    return this.toStored(document as AggregateDocument & Person);
  }
}
