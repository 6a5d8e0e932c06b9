import { describe, expect, test } from '@jest/globals';
import { DomainError, roles, type CreateRoleAssignment, type Role } from '#libs/contracts';
import {
  changeRole,
  doubles,
  endRole,
  endWithPerson,
  giveRole,
  inTurn,
  isInForce,
  stateOf,
  toAssignment,
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

/** What each event of the role says of it. */
const named = { assignmentId: 'a1', personId: 'p1', role: 'regionSigner', region: 'kalmar' };

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
    expect(kindFaults('decider', 'system')).toEqual([
      { pointer: '/role', code: 'role-not-for-kind', params: { role: 'decider' } },
    ]);
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
    expect(events).toEqual([
      {
        type: 'role.given',
        version: 1,
        data: { ...named, from: '2026-01-01', to: null, deputy: false },
        private: { subject: 'anna', unit: 'Barnkliniken', deputyFor: null },
      },
    ]);
  });

  test('of an RCC tells of the RCC, and one for a time of its end', () => {
    const { state, events } = giveRole(
      'a1',
      { personId: 'p1', role: 'assessor', rcc: 'sydost', from: '2026-01-01', to: '2026-12-31' },
      giving,
    );
    expect(state).toMatchObject({ to: '2026-12-31', lastDay: '2026-12-31' });
    expect(state).not.toHaveProperty('region');
    expect(events[0]?.data).toEqual({
      assignmentId: 'a1',
      personId: 'p1',
      role: 'assessor',
      rcc: 'sydost',
      from: '2026-01-01',
      to: '2026-12-31',
      deputy: false,
    });
  });

  test('lets its holder act in that place, as a deputy where he or she is one', () => {
    expect(toAssignment(given())).toEqual({ role: 'regionSigner', region: 'kalmar' });
    expect(toAssignment({ ...given({ unit: 'Barnkliniken' }), deputyFor: 'a9' })).toEqual({
      role: 'regionSigner',
      region: 'kalmar',
      unit: 'Barnkliniken',
      deputy: true,
    });
    const atRcc = giveRole(
      'a1',
      { personId: 'p1', role: 'assessor', rcc: 'sydost', from: today, to: null },
      giving,
    );
    expect(toAssignment(atRcc.state)).toEqual({ role: 'assessor', rcc: 'sydost' });
  });

  test('that is not for a system, to a system, is refused', () => {
    const system = { ...giving, person: { ...person, kind: 'system' as const } };
    expect(faultsOf(() => giveRole('a1', body, system))).toEqual([['/role', 'role-not-for-kind']]);
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
    expect(events).toEqual([
      {
        type: 'role.ended',
        version: 1,
        data: { ...named, on: today, atOnce: true },
        private: { reason: 'Slutat' },
      },
    ]);
  });

  test('ended on a day has that day as its last, and may still be ended sooner', () => {
    const by = { today, at, by: 'eva' };
    const { state } = endRole('a1', given(), { reason: 'Slutar', on: '2026-12-31' }, by);
    expect(isInForce(state, '2026-12-31')).toBe(true);
    expect(isInForce(state, '2027-01-01')).toBe(false);
    expect(isInForce(endRole('a1', state, { reason: 'Nu' }, by).state, today)).toBe(false);
    const later = refusal(() => endRole('a1', state, { reason: 'Ångrat', on: '2027-06-30' }, by));
    expect(later).toMatchObject({
      code: 'state-conflict',
      params: { command: 'ending', state: 'ended' },
      extra: { allowed: ['ending'] },
    });
    // The same end again, for a better reason, takes nothing away.
    const again = endRole('a1', state, { reason: 'Flyttar', on: '2026-12-31' }, by);
    expect(again.state.ending).toMatchObject({ reason: 'Flyttar', on: '2026-12-31', atOnce: false });
  });

  test('is never prolonged by its ending', () => {
    const held = given({ to: '2026-11-30' });
    const { state } = endRole('a1', held, { reason: 'Slutar', on: '2026-12-31' }, { today, at, by: 'eva' });
    expect(isInForce(state, '2026-12-01')).toBe(false);
  });

  test('that has ended stays as it is', () => {
    const { state } = endRole('a1', given(), { reason: 'Slutat' }, { today, at, by: 'eva' });
    const works: [string, () => unknown][] = [
      ['ending', () => endRole('a1', state, { reason: 'Igen' }, { today, at, by: 'eva' })],
      ['edit', () => changeRole('a1', state, { to: null }, { ordinary: undefined, today })],
    ];
    for (const [command, work] of works) {
      expect(refusal(work)).toMatchObject({
        code: 'state-conflict',
        params: { command, state: 'ended' },
        extra: { allowed: [] },
      });
    }
  });

  test('whose end is decided cannot be prolonged by a change', () => {
    const by = { today, at, by: 'eva' };
    const { state } = endRole('a1', given(), { reason: 'Slutar', on: '2026-12-31' }, by);
    expect(
      refusal(() => changeRole('a1', state, { to: null }, { ordinary: undefined, today })),
    ).toMatchObject({
      code: 'state-conflict',
      params: { command: 'edit', state: 'ended' },
      extra: { allowed: ['ending'] },
    });
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
    // On its first day it may, and on this one.
    expect(endRole('a1', upcoming, { reason: 'x', on: '2027-01-01' }, by).state.lastDay).toBe('2027-01-01');
    expect(endRole('a1', given(), { reason: 'x', on: today }, by).state.lastDay).toBe(today);
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
    expect(faultsOf(() => changeRole('a1', given({ from: today }), { from: yesterday }, none))).toEqual([
      ['/from', 'already-begun'],
    ]);
    expect(changeRole('a1', upcoming, { to: '2027-01-01' }, none).state.lastDay).toBe('2027-01-01');
  });

  test('that is changed tells what was changed, from what to what; one that is not tells nothing', () => {
    const none = { ordinary: undefined, today };
    const { state, events } = changeRole('a1', given(), { to: '2026-12-31' }, none);
    expect(state).toEqual({ ...given(), to: '2026-12-31', lastDay: '2026-12-31' });
    expect(events).toEqual([
      {
        type: 'role.changed',
        version: 1,
        data: { ...named, from: '2026-01-01', to: '2026-12-31', deputy: false, fields: ['to'] },
        private: { before: { to: null }, after: { to: '2026-12-31' } },
      },
    ]);
    expect(changeRole('a1', state, { to: '2026-12-31' }, none)).toEqual({ state, events: [] });
  });

  test('that is to be a deputy’s is so by the rules of giving one, and is asked for that alone', () => {
    const ordinary: RoleAssignment = { ...given(), personId: 'p2', subject: 'bo' };
    const deputy = { ...given(), deputyFor: 'a9' };
    const change = (held: RoleAssignment, to: Parameters<typeof changeRole>[2], by?: RoleAssignment) =>
      changeRole('a1', held, to, { ordinary: by, today });
    const made = change(given(), { deputyFor: 'a9' }, ordinary);
    expect(made.state).toEqual(deputy);
    expect(made.events[0]?.data).toMatchObject({ deputy: true, fields: ['deputyFor'] });
    expect(faultsOf(() => change(given(), { deputyFor: 'a9' }))).toEqual([
      ['/deputyFor', 'unknown-assignment'],
    ]);
    expect(faultsOf(() => change(given(), { deputyFor: 'a9' }, given()))).toEqual([
      ['/deputyFor', 'deputy-mismatch'],
    ]);
    // The ordinary holder may have left meanwhile: neither the end nor becoming the ordinary one needs him.
    expect(change(deputy, { to: '2026-12-31' }).state.deputyFor).toBe('a9');
    expect(change(deputy, { deputyFor: null }).state.deputyFor).toBeNull();
  });

  test.each<[string, Partial<RoleAssignment>]>([
    ['is open', {}],
    ['ends later', { to: '2027-01-31', lastDay: '2027-01-31' }],
    ['has not begun', { from: '2027-01-01' }],
    [
      'was to end later',
      {
        lastDay: '2027-01-31',
        ending: { reason: 'Flyttar', on: '2027-01-31', atOnce: false, at, by: 'eva' },
      },
    ],
  ])('that %s ends with the person', (_what, more) => {
    const held = { ...given(), ...more };
    const ended = endWithPerson('a1', held, { lastDay: yesterday, at, by: 'service:directory' });
    const reason = 'Personen har slutat.';
    expect(ended.state).toEqual({
      ...held,
      lastDay: yesterday,
      ending: { reason, on: yesterday, atOnce: false, at, by: 'service:directory' },
    });
    expect(stateOf(ended.state, today)).toBe('ended');
    expect(ended.events).toMatchObject([
      { type: 'role.ended', data: { ...named, on: yesterday, atOnce: false }, private: { reason } },
    ]);
  });

  test.each([yesterday, '2026-03-31'])(
    'that had its last day on %s is as it was when the person ends',
    (lastDay) => {
      const held = { ...given(), lastDay };
      const ended = endWithPerson('a1', held, { lastDay: yesterday, at, by: 'service:directory' });
      expect(ended).toEqual({ state: held, events: [] });
    },
  );

  test('takes the turn after all others of the person, its own former one among them', () => {
    const all = [
      { id: 'a1', state: { ...given(), turn: 'p1#9' } },
      { id: 'a2', state: { ...given({ role: 'regionReader' }), turn: 'p1#10' } },
      { id: 'a3', state: given({ role: 'regionApplicant' }) },
    ];
    expect(inTurn('a1', given(), []).turn).toBe('p1#1');
    expect(inTurn('a1', given(), all)).toEqual({ ...given(), turn: 'p1#11' });
    expect(refusal(() => inTurn('a4', given(), all)).code).toBe('already-exists');
  });

  test('doubles another one that gives the same right at the same time', () => {
    const held = given({ to: '2026-12-31' });
    expect(doubles(held, given({ from: '2026-12-31' }))).toBe(true);
    expect(doubles(held, given({ from: '2027-01-01' }))).toBe(false);
    expect(doubles(held, given({ unit: 'Barnkliniken' }))).toBe(false);
    expect(doubles(held, given({ role: 'regionApplicant' }))).toBe(false);
    expect(doubles(held, { ...held, region: 'skane' })).toBe(false);
    expect(doubles(held, { ...held, rcc: 'syd' })).toBe(false);
    expect(doubles(given({ from: '2026-12-31' }), held)).toBe(true);
    expect(doubles(given({ to: '2026-01-01' }), given({ to: '2026-01-01' }))).toBe(true);
    const { state } = endRole('a1', held, { reason: 'x' }, { today, at, by: 'eva' });
    expect(doubles(state, given({ from: today }))).toBe(false);
    // Ended before it began: it was in force on no day, whatever days lie between.
    const never = { ...given({ from: '2026-06-02' }), lastDay: '2026-06-01' };
    expect([doubles(never, given()), doubles(given(), never)]).toEqual([false, false]);
  });
});
