import { Injectable } from '@nestjs/common';
import { stampOf } from '#libs/access';
import { civilDayAt } from '#libs/calendar';
import { serviceActor } from '#libs/contracts';
import { type Stored } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { Sweeps } from '#libs/service';
import { isHere, type Person } from '../person/person.ts';
import { PersonRepository } from '../person/person.repository.ts';
import { endWithPerson } from './role-assignment.ts';
import { RoleAssignmentRepository } from './role-assignment.repository.ts';

const sweepEvery = 60_000;
const by = serviceActor('directory');

/**
 * Ends the roles of whoever is no longer here, so that they stand in the lists as what they are, can be thinned,
 * and do not come back with a person who is let in again. The rights themselves went with the person's last day
 * already. Doing it again changes nothing.
 */
@Injectable()
export class EndRolesWhenAPersonHasLeft {
  /** The day up to which everybody has been looked at; a new one may be the first without somebody. */
  private seen: string | undefined;

  constructor(
    private readonly people: PersonRepository,
    private readonly assignments: RoleAssignmentRepository,
    private readonly clock: Clock,
    sweeps: Sweeps,
  ) {
    sweeps.add('leaving', sweepEvery, () => this.ofDay());
    clock.onMoved(() => this.ofDay());
  }

  async ofPerson(id: string): Promise<void> {
    const stored = await this.people.find(id);
    if (stored) await this.end(stored);
  }

  private async ofDay(): Promise<void> {
    const today = this.today();
    if (this.seen === today) return;
    for await (const stored of this.people.each({ to: { $ne: null, $lt: today } })) await this.end(stored);
    this.seen = today;
  }

  private async end({ id: personId, state: person }: Stored<Person>): Promise<void> {
    const { to: lastDay } = person;
    if (lastDay === null || isHere(person, this.today())) return;
    for (const { id } of await this.assignments.goingBeyond(personId, lastDay)) {
      const at = this.clock.now();
      await this.assignments.change(id, {
        authorize: () => ({ actor: stampOf(by), time: at, command: 'roleAssignments.endWithPerson' }),
        decide: ({ state }) => endWithPerson(id, state, { lastDay, at, by: by.id }),
      });
    }
  }

  private today(): string {
    return civilDayAt(this.clock.now());
  }
}
