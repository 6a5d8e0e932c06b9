import { addDays } from '#libs/calendar';
import {
  invalidInput,
  occurred,
  personChanged,
  personRecorded,
  type ChangePerson,
  type CreatePerson,
  type Fault,
  type NewEvent,
  type RccCode,
} from '#libs/contracts';
import { inOrder, rccsOf, type Home, type RegionMemberships } from '../belonging/belonging.ts';
import { changedFields, beforeAfter } from '../changed-fields.ts';
import { isWithin, overlap, type Dated } from '../dated.ts';

/** Where a person works, or which organisation answers for a system: a region or an RCC. */
export interface Employment extends Dated, Home {}

/** A person's work contact, or a system with its functional mailbox. Never anything private. */
export interface Person {
  /** The identity provider's subject: what the actor is called everywhere. Never changed. */
  readonly subject: string;
  readonly kind: 'person' | 'system';
  readonly name: string;
  readonly email: string | null;
  readonly employers: readonly Employment[];
  /** Last day here; null: until further notice. */
  readonly to: string | null;
  /** The RCC of the employers today: their offices look after the person. Follows, see belonging/. */
  readonly homeRccs: readonly RccCode[];
  /** Those and the RCC of the person's roles: their offices may know of the person. Follows, see belonging/. */
  readonly rccs: readonly RccCode[];
}

/** What an actor is made of. */
export interface PersonOfActor extends Pick<Person, 'subject' | 'kind' | 'employers' | 'to'> {
  /** Id in the directory. */
  readonly id: string;
}

/** What a person's place in the RCC is worked out from. */
export interface Surroundings {
  readonly memberships: RegionMemberships;
  /** Today. */
  readonly on: string;
}

interface Change {
  readonly state: Person;
  readonly events: readonly NewEvent[];
}

/** Is the person still here on the day? */
export function isHere(person: Pick<Person, 'to'>, on: string): boolean {
  return person.to === null || on <= person.to;
}

/** The RCC that look after a person on the day: those of the employers in force. */
export function homeRccsOf(person: Pick<Person, 'employers'>, { memberships, on }: Surroundings): RccCode[] {
  const current = person.employers.filter((employer) => isWithin(employer, on));
  return rccsOf(current, memberships, on);
}

/** Errors: `invalid-input` with every fault. */
export function createPerson(id: string, body: CreatePerson, surroundings: Surroundings): Change {
  requireSound([...employerFaults(body), ...endFaults(body.to, surroundings.on)]);
  const homeRccs = homeRccsOf(body, surroundings);
  const state: Person = { ...body, homeRccs, rccs: homeRccs };
  return { state, events: [personWasRecorded(id, state)] };
}

/** Errors: `invalid-input` with every fault. */
export function changePerson(
  id: string,
  person: Person,
  body: ChangePerson,
  surroundings: Surroundings,
): Change {
  const fields = changedFields<Person>(person, body as Partial<Person>);
  if (fields.length === 0) return { state: person, events: [] };
  const changed: Person = { ...person, ...(body as Partial<Person>) };
  requireSound([
    ...employerFaults(changed),
    ...(fields.includes('to') ? endFaults(changed.to, surroundings.on) : []),
  ]);
  const state = fields.includes('employers') ? moved(person, changed, surroundings) : changed;
  return {
    state,
    events: [
      occurred(personChanged, { personId: id, fields, to: state.to }, beforeAfter(fields, person, state)),
    ],
  };
}

/** With the RCC of the new employers; those that come from roles are kept until belonging/ has looked. */
function moved(before: Person, after: Person, surroundings: Surroundings): Person {
  const homeRccs = homeRccsOf(after, surroundings);
  const byRoles = before.rccs.filter((rcc) => !before.homeRccs.includes(rcc));
  return { ...after, homeRccs, rccs: inOrder([...homeRccs, ...byRoles]) };
}

function requireSound(faults: readonly Fault[]): void {
  if (faults.length > 0) throw invalidInput(faults);
}

function employerFaults({ employers }: Pick<Person, 'employers'>): Fault[] {
  return employers.flatMap((employer, index): Fault[] => {
    const isRepeated = employers
      .slice(0, index)
      .some(
        (earlier) =>
          earlier.region === employer.region && earlier.rcc === employer.rcc && overlap(earlier, employer),
      );
    return isRepeated ? [{ pointer: `/employers/${index}/from`, code: 'overlapping-period' }] : [];
  });
}

/**
 * Yesterday ends a person at once, as the end of a role does. What was done in between was done by somebody who
 * was here, and a day further back would have the person thinned before the time. Since when somebody works
 * elsewhere is told by the employers, which may lie in the past.
 */
function endFaults(to: string | null, today: string): Fault[] {
  const earliest = addDays(today, -1);
  return to !== null && to < earliest
    ? [{ pointer: '/to', code: 'ended-too-early', params: { value: earliest } }]
    : [];
}

/** The event of adding a person: names and addresses in its private part only. */
export function personWasRecorded(id: string, person: Person): NewEvent {
  const { subject, kind, name, email, employers, to } = person;
  return occurred(personRecorded, { personId: id, kind }, { subject, name, email, employers, to });
}
