import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { type Role } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, derivedId, type WriteContext } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { recordAll } from '../record-all.repository.ts';
import { personSchema } from './person.schema.ts';
import { personWasRecorded, type Person } from './person.ts';

const personId = (person: Person): string => derivedId('person', person.subject);

@Injectable()
export class PersonRepository extends AggregateRepository<Person> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'person', 'people', personSchema, relay);
  }

  /** What the actor is made of: no more than that is read, since this is asked all the time. */
  async findForActor(
    subject: string,
  ): Promise<Pick<Person, 'subject' | 'kind' | 'assignments' | 'employers'> | null> {
    const fields = { _id: 0, subject: 1, kind: 1, assignments: 1, employers: 1 };
    return this.model.findOne({ subject } as never, fields).lean<Person>();
  }

  async findBySubject(subject: string): Promise<Person | null> {
    return this.model.findOne({ subject } as never).lean<Person>();
  }

  async holdersEverOf(role: Role): Promise<Person[]> {
    return this.model.find({ 'assignments.role': role } as never).lean<Person[]>();
  }

  async withSubjects(subjects: readonly string[]): Promise<Person[]> {
    return this.model.find({ subject: { $in: [...subjects] } } as never).lean<Person[]>();
  }

  /** Makes the stored people like these; those that already are stay untouched. */
  async recordAll(people: readonly Person[], context: WriteContext): Promise<void> {
    await recordAll(this, people, personId, (person) => personWasRecorded(personId(person), person), context);
  }
}
