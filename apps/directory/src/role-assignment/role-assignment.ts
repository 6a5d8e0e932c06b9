import { addDays } from '#libs/calendar';
import {
  DomainError,
  invalidInput,
  occurred,
  roleChanged,
  roleEnded,
  roleGiven,
  type Assignment,
  type ChangeRoleAssignment,
  type CreateRoleAssignment,
  type EndRoleAssignment,
  type Fault,
  type NewEvent,
  type RccCode,
  type RegionCode,
  type Role,
} from '#libs/contracts';
import { changedFields, beforeAfter } from '../changed-fields.ts';
import { isWithin, overlap, type Dated } from '../dated.ts';
import { isHere, type Person } from '../person/person.ts';
import { kindFaults, placeFaults, type PlaceOfRole } from './place-of-role.ts';

/** How a role was taken away. */
export interface Ending {
  readonly reason: string;
  /** Last day, or the day on which it ended at once. */
  readonly on: string;
  readonly atOnce: boolean;
  readonly at: Date;
  /** Actor. */
  readonly by: string;
}

/** A role that somebody holds in one place for a time. Ended, never deleted. */
export interface RoleAssignment extends Dated {
  readonly personId: string;
  /** The person's, which never changes: what the assignments are found by when somebody calls. */
  readonly subject: string;
  readonly role: Role;
  readonly region?: RegionCode;
  /** A clinic of the region; absent: the whole region. */
  readonly unit?: string;
  readonly rcc?: RccCode;
  /** The ordinary holder's assignment. Null: this is the ordinary one. */
  readonly deputyFor: string | null;
  readonly ending: Ending | null;
  /** Last day in force, by `to` and ending together; before `from` when it ended before it had a day. */
  readonly lastDay: string | null;
  /**
   * Which of the person's assignments it was that was given or changed, of all that ever were: unique, so that of two
   * who give the same role at the same moment the later one looks again, and finds it given.
   */
  readonly turn?: string;
  /** The RCC of the place today. Follows, see belonging/. */
  readonly rccs: readonly RccCode[];
}

export type AssignmentState = 'upcoming' | 'active' | 'ended';

interface Change {
  readonly state: RoleAssignment;
  readonly events: readonly NewEvent[];
}

/** What giving a role depends on. */
export interface Giving {
  /** Undefined: there is none that the giver may know of. */
  readonly person: Pick<Person, 'subject' | 'kind' | 'to'> | undefined;
  readonly ordinary: RoleAssignment | undefined;
  readonly rccs: readonly RccCode[];
  readonly today: string;
}

type Period = Pick<RoleAssignment, 'from' | 'lastDay'>;

export function isInForce({ from, lastDay }: Period, on: string): boolean {
  return isWithin({ from, to: lastDay }, on);
}

/** It has ended and will not come again. */
export function isOver({ lastDay }: Pick<Period, 'lastDay'>, on: string): boolean {
  return lastDay !== null && lastDay < on;
}

export function stateOf(period: Period, on: string): AssignmentState {
  if (isOver(period, on)) return 'ended';
  return isInForce(period, on) ? 'active' : 'upcoming';
}

/** The role as an actor carries it. */
export function toAssignment(held: Omit<RoleAssignment, 'rccs'>): Assignment {
  return { role: held.role, ...placeOf(held), ...(held.deputyFor !== null && { deputy: true as const }) };
}

function placeOf({ rcc, region, unit }: PlaceOfRole) {
  return { ...(rcc && { rcc }), ...(region && { region }), ...(unit && { unit }) };
}

function isSamePlace(one: PlaceOfRole, other: PlaceOfRole): boolean {
  return one.rcc === other.rcc && one.region === other.region && one.unit === other.unit;
}

/** Would both give the same right at the same time? Then ending one of them would take nothing away. */
export function doubles(one: RoleAssignment, other: RoleAssignment): boolean {
  if (one.role !== other.role || !isSamePlace(one, other)) return false;
  const isEmpty = ({ from, lastDay }: Period) => lastDay !== null && lastDay < from;
  if (isEmpty(one) || isEmpty(other)) return false;
  return overlap({ from: one.from, to: one.lastDay }, { from: other.from, to: other.lastDay });
}

/**
 * The assignment with the turn after those of the person's others. Errors: `already-exists` when the person has the
 * same role in the same place at the same time.
 */
export function inTurn(
  id: string,
  held: RoleAssignment,
  all: readonly { readonly id: string; readonly state: RoleAssignment }[],
): RoleAssignment {
  if (all.some((other) => other.id !== id && doubles(other.state, held)))
    throw new DomainError('already-exists');
  const taken = all.map(({ state: { turn } }) => Number(turn?.split('#')[1] ?? 0));
  return { ...held, turn: `${held.personId}#${Math.max(0, ...taken) + 1}` };
}

/** Errors: `invalid-input` with every fault. */
export function giveRole(id: string, body: CreateRoleAssignment, giving: Giving): Change {
  const { personId, role, from, to, deputyFor = null } = body;
  const { person, ordinary, rccs, today } = giving;
  const isKnown = person !== undefined && isHere(person, today);
  const faults: Fault[] = [
    ...placeFaults(role, body),
    ...(isKnown ? kindFaults(role, person.kind) : [faultAt('/personId', 'unknown-person')]),
    ...(deputyFor === null ? [] : deputyFaults({ personId, role, ...placeOf(body) }, ordinary, today)),
  ];
  if (faults.length > 0 || !person) throw invalidInput(faults);
  const state: RoleAssignment = {
    personId,
    subject: person.subject,
    role,
    ...placeOf(body),
    from,
    to,
    deputyFor,
    ending: null,
    lastDay: to,
    rccs,
  };
  return { state, events: [roleWasGiven(id, state)] };
}

/** Errors: `state-conflict` once it has ended or its end is decided, `invalid-input` with every fault. */
export function changeRole(
  id: string,
  held: RoleAssignment,
  body: ChangeRoleAssignment,
  { ordinary, today }: Pick<Giving, 'ordinary' | 'today'>,
): Change {
  if (held.ending !== null || isOver(held, today)) throw conflict('edit', held, today);
  const fields = changedFields<RoleAssignment>(held, body as Partial<RoleAssignment>);
  if (fields.length === 0) return { state: held, events: [] };
  const changed: RoleAssignment = { ...held, ...(body as Partial<RoleAssignment>) };
  const state: RoleAssignment = { ...changed, lastDay: changed.to };
  const faults: Fault[] = [
    ...(fields.includes('from') && held.from <= today ? [faultAt('/from', 'already-begun')] : []),
    // Rights that were there cannot be taken back; whoever wants them gone at once ends the role.
    ...(fields.includes('to') && state.to !== null && state.to < today
      ? [faultAt('/to', 'in-the-past')]
      : []),
    ...(state.to !== null && state.to < state.from ? [faultAt('/to', 'period-reversed')] : []),
    ...(fields.includes('deputyFor') && state.deputyFor !== null
      ? deputyFaults({ ...state, id }, ordinary, today)
      : []),
  ];
  if (faults.length > 0) throw invalidInput(faults);
  const data = { ...named(id, state), ...termOf(state), fields };
  return { state, events: [occurred(roleChanged, data, beforeAfter(fields, held, state))] };
}

/** Errors: `state-conflict` when it has ended already, `invalid-input` for a day that has passed. */
export function endRole(
  id: string,
  held: RoleAssignment,
  body: EndRoleAssignment,
  { today, at, by }: { today: string; at: Date; by: string },
): Change {
  if (isOver(held, today)) throw conflict('ending', held, today);
  const atOnce = body.on === undefined;
  const on = body.on ?? today;
  if (on < today) throw invalidInput([faultAt('/on', 'in-the-past')]);
  if (!atOnce && on < held.from) throw invalidInput([faultAt('/on', 'period-reversed')]);
  const last = atOnce ? addDays(today, -1) : on;
  // An end that is decided already may come sooner, not later: that would be giving the role anew.
  if (held.ending !== null && held.lastDay !== null && held.lastDay < last) {
    throw conflict('ending', held, today);
  }
  const ending: Ending = { reason: body.reason, on, atOnce, at, by };
  const lastDay = held.lastDay !== null && held.lastDay < last ? held.lastDay : last;
  const state: RoleAssignment = { ...held, ending, lastDay };
  const data = { ...named(id, state), on, atOnce };
  return { state, events: [occurred(roleEnded, data, { reason: body.reason })] };
}

/** Why a role ended that nobody ended: it went with the person. */
const reasonOfPerson = 'Personen har slutat.';

/**
 * A role goes with its holder: it had its last day with the person's, or before. Left open it would name somebody
 * for ever, and come back with whoever lets the person in again. Nothing to do for one that was over by then.
 */
export function endWithPerson(
  id: string,
  held: RoleAssignment,
  { lastDay, at, by }: { lastDay: string; at: Date; by: string },
): Change {
  if (held.lastDay !== null && held.lastDay <= lastDay) return { state: held, events: [] };
  const ending: Ending = { reason: reasonOfPerson, on: lastDay, atOnce: false, at, by };
  const state: RoleAssignment = { ...held, ending, lastDay };
  const data = { ...named(id, state), on: lastDay, atOnce: false };
  return { state, events: [occurred(roleEnded, data, { reason: reasonOfPerson })] };
}

function deputyFaults(
  deputy: PlaceOfRole & { readonly id?: string; readonly personId: string; readonly role: Role },
  ordinary: RoleAssignment | undefined,
  today: string,
): Fault[] {
  if (!ordinary || isOver(ordinary, today)) return [faultAt('/deputyFor', 'unknown-assignment')];
  const fits =
    ordinary.role === deputy.role &&
    isSamePlace(ordinary, deputy) &&
    ordinary.personId !== deputy.personId &&
    ordinary.deputyFor === null;
  return fits ? [] : [faultAt('/deputyFor', 'deputy-mismatch')];
}

function faultAt(pointer: string, code: Fault['code']): Fault {
  return { pointer, code };
}

/** Commands that are possible now. */
export function assignmentCommands(held: RoleAssignment, today: string): ('edit' | 'ending')[] {
  if (isOver(held, today)) return [];
  return held.ending === null ? ['edit', 'ending'] : ['ending'];
}

function conflict(command: string, held: RoleAssignment, today: string): DomainError {
  const allowed = assignmentCommands(held, today);
  // "Ended" also where the end is decided but lies ahead: that is why it cannot be changed.
  return new DomainError('state-conflict', { params: { command, state: 'ended' }, extra: { allowed } });
}

function named(id: string, { personId, role, rcc, region }: RoleAssignment) {
  return { assignmentId: id, personId, role, ...(rcc && { rcc }), ...(region && { region }) };
}

function termOf({ from, to, deputyFor }: RoleAssignment) {
  return { from, to, deputy: deputyFor !== null };
}

/** The event of giving a role. A clinic's name and the subject are in its private part. */
export function roleWasGiven(id: string, held: RoleAssignment): NewEvent {
  const { subject, unit, deputyFor } = held;
  return occurred(roleGiven, { ...named(id, held), ...termOf(held) }, { subject, unit, deputyFor });
}
