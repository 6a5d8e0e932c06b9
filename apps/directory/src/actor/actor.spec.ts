import { describe, expect, test } from '@jest/globals';
import { type ApiClient } from '../api-client/api-client.ts';
import { type RoleAssignment } from '../role-assignment/role-assignment.ts';
import { actorOf, actorOfClient } from './actor.ts';

const person = {
  id: 'p1',
  subject: 'anna',
  kind: 'person' as const,
  employers: [
    { region: 'kalmar' as const, from: '2020-01-01', to: '2026-06-30' },
    { rcc: 'sydost' as const, from: '2020-01-01', to: null },
  ],
  to: '2027-12-31',
};
const held = (fields: Partial<RoleAssignment> & Pick<RoleAssignment, 'role' | 'from' | 'lastDay'>) => ({
  personId: 'p1',
  subject: 'anna',
  to: null,
  deputyFor: null,
  ending: null,
  ...fields,
});
const assignments = [
  held({ role: 'regionSigner', region: 'kalmar', from: '2025-01-01', lastDay: '2026-06-30' }),
  held({ role: 'assessor', rcc: 'sydost', from: '2026-06-01', lastDay: null, deputyFor: 'a9' }),
  held({ role: 'auditor', from: '2027-01-01', lastDay: null }),
];
const signer = { role: 'regionSigner', region: 'kalmar' };
const assessor = { role: 'assessor', rcc: 'sydost', deputy: true };

describe('an actor', () => {
  test.each([
    ['2024-12-31', [], ['kalmar']],
    ['2025-01-01', [signer], ['kalmar']],
    ['2026-06-30', [signer, assessor], ['kalmar']],
    ['2026-07-01', [assessor], []],
    ['2027-01-01', [assessor, { role: 'auditor' }], []],
  ])('on %s has the roles and employing regions in force that day', (day, roles, employers) => {
    expect(actorOf(person, assignments, day)).toEqual({
      id: 'anna',
      kind: 'person',
      assignments: roles,
      employers,
    });
  });

  test('is nobody once the person has ended, whatever roles are left', () => {
    expect(actorOf(person, assignments, '2028-01-01')).toBeNull();
  });

  test('works in the regions of the roles too, each named once', () => {
    const unrecorded = { ...person, employers: [] };
    expect(actorOf(unrecorded, assignments, '2026-06-30')?.employers).toEqual(['kalmar']);
    expect(actorOf(unrecorded, assignments, '2026-07-01')?.employers).toEqual([]);
  });

  test('gets no role that another person left under the same subject', () => {
    expect(actorOf({ ...person, id: 'p2' }, assignments, '2026-06-30')?.assignments).toEqual([]);
  });

  test('that is a system is employed by nobody', () => {
    expect(actorOf({ ...person, kind: 'system' }, [], '2025-01-01')?.employers).toEqual([]);
  });
});

describe('an API client', () => {
  const client: ApiClient = {
    name: 'Ansökningssystemet',
    email: null,
    region: 'kalmar',
    scopes: ['grants.read'],
    publicKeys: [],
    state: 'active',
    ending: null,
    rccs: ['sydost'],
  };

  test('acts for its region, or reads for its RCC, under a name that no person can have', () => {
    expect(actorOfClient('c1', client)).toEqual({
      id: 'client:c1',
      kind: 'system',
      assignments: [{ role: 'regionSystem', region: 'kalmar' }],
      employers: [],
    });
    const { region: _region, ...rest } = client;
    expect(actorOfClient('c1', { ...rest, rcc: 'sydost' })?.assignments).toEqual([
      { role: 'rccReader', rcc: 'sydost' },
    ]);
  });

  test('is nobody once it has ended', () => {
    expect(actorOfClient('c1', { ...client, state: 'ended' })).toBeNull();
  });
});
