import { expect, test } from '@jest/globals';
import { type Actor } from '#libs/contracts';
import { type Stored } from '#libs/persistence';
import { type RoleAssignment } from './role-assignment.ts';
import { placeOfAssignment, toRoleAssignmentView } from './role-assignment.view.ts';

const at = new Date('2026-11-24T10:00:00Z');
const today = '2026-11-24';
const held: RoleAssignment = {
  personId: 'p1',
  subject: 'anna',
  role: 'regionSigner',
  region: 'kalmar',
  from: '2026-01-01',
  to: null,
  deputyFor: null,
  ending: null,
  lastDay: null,
  rccs: ['sydost'],
};
const stored = (change: Partial<RoleAssignment> = {}) =>
  ({
    id: 'a1',
    revision: 1,
    state: { ...held, ...change },
    createdAt: at,
    updatedAt: at,
  }) as unknown as Stored<RoleAssignment>;
const officer = (id: string, rcc: 'sydost' | 'norr' = 'sydost'): Actor => ({
  id,
  kind: 'person',
  assignments: [{ role: 'rccOfficer', rcc }],
  employers: [],
});

test('an assignment is shown with its place, its state and what its reader may do to it', () => {
  expect(toRoleAssignmentView(stored(), officer('eva'), today)).toEqual({
    id: 'a1',
    personId: 'p1',
    role: 'regionSigner',
    region: 'kalmar',
    unit: null,
    rcc: null,
    from: '2026-01-01',
    to: null,
    deputy: false,
    deputyFor: null,
    ending: null,
    state: 'active',
    rccs: ['sydost'],
    allowed: ['edit', 'ending'],
    createdAt: '2026-11-24T10:00:00.000Z',
    updatedAt: '2026-11-24T10:00:00.000Z',
  });
  const ending = { reason: 'Slutar', on: '2026-12-31', atOnce: false, at, by: 'eva' };
  const change = {
    unit: 'Barnkliniken',
    rcc: 'sydost',
    deputyFor: 'a9',
    ending,
    lastDay: '2026-12-31',
  } as const;
  expect(toRoleAssignmentView(stored(change), officer('eva'), today)).toMatchObject({
    unit: 'Barnkliniken',
    rcc: 'sydost',
    deputy: true,
    deputyFor: 'a9',
    ending: { ...ending, at: '2026-11-24T10:00:00.000Z' },
    allowed: ['ending'],
  });
});

test('nobody is offered to change or end a role of their own, nor one of another RCC', () => {
  expect(toRoleAssignmentView(stored(), officer('anna'), today).allowed).toEqual([]);
  expect(toRoleAssignmentView(stored(), officer('eva', 'norr'), today).allowed).toEqual([]);
  expect(placeOfAssignment(held)).toEqual({ rccs: ['sydost'] });
});
