import { describe, expect, test } from '@jest/globals';
import { DomainError, roles, type CreateRoleAssignment, type Role } from '#libs/contracts';
import {
  changeRole,
  doubles,
  endRole,
  giveRole,
  isInForce,
  stateOf,
  type Giving,
  type RoleAssignment,
} from './role-assignment.ts';
import { kindFaults, placeFaults, type PlaceOfRole } from './place-of-role.ts';

const today = '2026-11-24';
const yesterday = '2026-11-23';
const at = new Date('2026-11-24T10:00:00Z');

const person = { subject: 'anna', kind: 'person' as const, to: null };
const giving: Giving = { person, ordinary: undefined, rccs: ['sydost'], today };
const body: CreateRoleAssignment = {
  personId: 'p1',
  role: 'regionSigner',
  region: 'kalmar',
  from: '2026-01-01',
  to: null,
};
const given = (change: Partial<CreateRoleAssignment> = {}): RoleAssignment =>
  giveRole('a1', { ...body, ...change }, giving).state;

function refusal(work: () => unknown): DomainError {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error;
  }
  throw new Error('it was not refused');
}
const faultsOf = (work: () => unknown) => refusal(work).faults.map(({ pointer, code }) => [pointer, code]);

describe('the place of a role', () => {
  const places: Record<string, PlaceOfRole> = {
    region: { region: 'kalmar' },
    clinic: { region: 'kalmar', unit: 'Barnkliniken' },
    rcc: { rcc: 'sydost' },
    nation: {},
  };
  // In other words than the code: where each of the fourteen is held.
  const fitting: Record<Role, string[]> = {
    regionApplicant: ['region', 'clinic'],
    regionSigner: ['region', 'clinic'],
    regionReader: ['region'],
    regionSystem: ['region'],
    rccOfficer: ['rcc'],
    assessor: ['rcc'],
    decider: ['rcc'],
    controller: ['rcc'],
    processLeader: ['rcc'],
    rccReader: ['rcc'],
    nationalOffice: ['nation'],
    nationalReader: ['nation'],
    auditor: ['nation'],
    administrator: ['nation'],
  };

  test.each(roles.flatMap((role) => Object.keys(places).map((place) => [role, place] as const)))(
    '%s in a %s',
    (role, place) => {
      const isFit = fitting[role].includes(place);
      expect(placeFaults(role, places[place] as PlaceOfRole).length === 0).toBe(isFit);
    },
  );

  test('that is wrong is named field by field', () => {
    expect(placeFaults('assessor', { region: 'kalmar', unit: 'Barnkliniken' })).toEqual([
      { pointer: '/region', code: 'place-not-expected', params: { role: 'assessor' } },
      { pointer: '/unit', code: 'place-not-expected', params: { role: 'assessor' } },
      { pointer: '/rcc', code: 'place-required', params: { role: 'assessor' } },
    ]);
    // A right for the whole nation must not come of a forgotten field.
    expect(placeFaults('administrator', { rcc: 'sydost' })).toHaveLength(1);
    expect(placeFaults('rccOfficer', {})).toHaveLength(1);
  });

  test('systems send and read, people do everything but be a system', () => {
    const forSystems = roles.filter((role) => kindFaults(role, 'system').length === 0);
    expect(forSystems).toEqual(['regionReader', 'regionSystem', 'rccReader', 'nationalReader']);
    const forPeople = roles.filter((role) => kindFaults(role, 'person').length === 0);
    expect(forPeople).toEqual(roles.filter((role) => role !== 'regionSystem'));
  });
});

describe('giving a role', () => {
  test('keeps the place with the assignment, and the subject for finding it', () => {
    const { state, events } = giveRole('a1', { ...body, unit: 'Barnkliniken' }, giving);
    expect(state).toEqual({
      personId: 'p1',
      subject: 'anna',
      role: 'regionSigner',
      region: 'kalmar',
      unit: 'Barnkliniken',
      from: '2026-01-01',
      to: null,
      deputyFor: null,
      ending: null,
      lastDay: null,
      rccs: ['sydost'],
    });
    // Neither the clinic's name nor the subject goes on the bus.
    expect(JSON.stringify(events[0]?.data)).not.toMatch(/Barnkliniken|anna/);
  });

  test('to nobody, or to somebody who has left, is refused, with every other fault', () => {
    const unknown = { ...giving, person: undefined };
    expect(faultsOf(() => giveRole('a1', { ...body, rcc: 'sydost' }, unknown))).toEqual([
      ['/rcc', 'place-not-expected'],
      ['/personId', 'unknown-person'],
    ]);
    const gone = { ...giving, person: { ...person, to: yesterday } };
    expect(faultsOf(() => giveRole('a1', body, gone))).toEqual([['/personId', 'unknown-person']]);
  });

  test('to a deputy needs an ordinary holder of the same role in the same place, who is somebody else', () => {
    const ordinary: RoleAssignment = { ...given(), personId: 'p2', subject: 'bo' };
    const asDeputy = (holder: RoleAssignment | undefined) =>
      giveRole('a1', { ...body, deputyFor: 'a9' }, { ...giving, ordinary: holder }).state.deputyFor;
    expect(asDeputy(ordinary)).toBe('a9');
    const unfit: [RoleAssignment | undefined, string][] = [
      [undefined, 'unknown-assignment'],
      [{ ...ordinary, lastDay: yesterday }, 'unknown-assignment'],
      [{ ...ordinary, role: 'regionApplicant' }, 'deputy-mismatch'],
      [{ ...ordinary, region: 'skane' }, 'deputy-mismatch'],
      [{ ...ordinary, unit: 'Barnkliniken' }, 'deputy-mismatch'],
      [{ ...ordinary, personId: 'p1' }, 'deputy-mismatch'],
      [{ ...ordinary, deputyFor: 'a8' }, 'deputy-mismatch'],
    ];
    for (const [holder, code] of unfit) {
      expect(faultsOf(() => asDeputy(holder))).toEqual([['/deputyFor', code]]);
    }
  });
});

describe('a role', () => {
  test.each([
    ['2025-12-31', 'upcoming'],
    ['2026-01-01', 'active'],
    ['2026-12-31', 'active'],
    ['2027-01-01', 'ended'],
  ] as const)('on %s is %s', (day, state) => {
    const held = given({ to: '2026-12-31' });
    expect(stateOf(held, day)).toBe(state);
    expect(isInForce(held, day)).toBe(state === 'active');
  });

  test('ended at once is gone the same day, and was there until then', () => {
    const { state, events } = endRole('a1', given(), { reason: 'Slutat' }, { today, at, by: 'eva' });
    expect(isInForce(state, today)).toBe(false);
    expect(isInForce(state, yesterday)).toBe(true);
    expect(state.ending).toEqual({ reason: 'Slutat', on: today, atOnce: true, at, by: 'eva' });
    // The reason is free text.
    expect(JSON.stringify(events[0]?.data)).not.toMatch(/Slutat/);
    expect(events[0]).toMatchObject({ type: 'role.ended', data: { on: today, atOnce: true } });
  });

  test('ended on a day has that day as its last, and may still be ended sooner', () => {
    const by = { today, at, by: 'eva' };
    const { state } = endRole('a1', given(), { reason: 'Slutar', on: '2026-12-31' }, by);
    expect(isInForce(state, '2026-12-31')).toBe(true);
    expect(isInForce(state, '2027-01-01')).toBe(false);
    expect(isInForce(endRole('a1', state, { reason: 'Nu' }, by).state, today)).toBe(false);
    const later = refusal(() => endRole('a1', state, { reason: 'Ångrat', on: '2027-06-30' }, by));
    expect(later).toMatchObject({ code: 'state-conflict', extra: { allowed: ['ending'] } });
  });

  test('is never prolonged by its ending', () => {
    const held = given({ to: '2026-11-30' });
    const { state } = endRole('a1', held, { reason: 'Slutar', on: '2026-12-31' }, { today, at, by: 'eva' });
    expect(isInForce(state, '2026-12-01')).toBe(false);
  });

  test('that has ended stays as it is', () => {
    const { state } = endRole('a1', given(), { reason: 'Slutat' }, { today, at, by: 'eva' });
    for (const work of [
      () => endRole('a1', state, { reason: 'Igen' }, { today, at, by: 'eva' }),
      () => changeRole('a1', state, { to: null }, { ordinary: undefined, today }),
    ]) {
      expect(refusal(work)).toMatchObject({ code: 'state-conflict', extra: { allowed: [] } });
    }
  });

  test('whose end is decided cannot be prolonged by a change', () => {
    const by = { today, at, by: 'eva' };
    const { state } = endRole('a1', given(), { reason: 'Slutar', on: '2026-12-31' }, by);
    expect(refusal(() => changeRole('a1', state, { to: null }, { ordinary: undefined, today })).code).toBe(
      'state-conflict',
    );
  });

  test('cannot end in the past, nor before it began', () => {
    const by = { today, at, by: 'eva' };
    expect(faultsOf(() => endRole('a1', given(), { reason: 'x', on: yesterday }, by))).toEqual([
      ['/on', 'in-the-past'],
    ]);
    const upcoming = given({ from: '2027-01-01' });
    expect(faultsOf(() => endRole('a1', upcoming, { reason: 'x', on: '2026-12-01' }, by))).toEqual([
      ['/on', 'period-reversed'],
    ]);
    // At once it may: then it never comes.
    const { state } = endRole('a1', upcoming, { reason: 'x' }, by);
    expect([stateOf(state, today), stateOf(state, '2027-01-01')]).toEqual(['ended', 'ended']);
  });

  test('that has begun keeps its first day; its last may be moved, not into the past', () => {
    const none = { ordinary: undefined, today };
    expect(faultsOf(() => changeRole('a1', given(), { from: '2026-02-01', to: yesterday }, none))).toEqual([
      ['/from', 'already-begun'],
      ['/to', 'in-the-past'],
    ]);
    expect(changeRole('a1', given(), { to: today }, none).state).toMatchObject({ to: today, lastDay: today });
    const upcoming = given({ from: '2027-01-01' });
    expect(faultsOf(() => changeRole('a1', upcoming, { to: '2026-12-01' }, none))).toEqual([
      ['/to', 'period-reversed'],
    ]);
    expect(changeRole('a1', upcoming, { from: '2027-02-01' }, none).state.from).toBe('2027-02-01');
  });

  test('doubles another one that gives the same right at the same time', () => {
    const held = given({ to: '2026-12-31' });
    expect(doubles(held, given({ from: '2026-12-31' }))).toBe(true);
    expect(doubles(held, given({ from: '2027-01-01' }))).toBe(false);
    expect(doubles(held, given({ unit: 'Barnkliniken' }))).toBe(false);
    expect(doubles(held, given({ role: 'regionApplicant' }))).toBe(false);
    const { state } = endRole('a1', held, { reason: 'x' }, { today, at, by: 'eva' });
    expect(doubles(state, given({ from: today }))).toBe(false);
  });
});
