import { describe, expect, test } from '@jest/globals';
import { actorOf, holds, personWasRecorded, type Person } from './person.ts';

const person: Person = {
  subject: 'anna',
  kind: 'person',
  name: 'Anna Lind',
  email: 'anna.lind@kalmar.example',
  assignments: [
    { role: 'regionSigner', region: 'kalmar', from: '2025-01-01', to: '2026-06-30' },
    { role: 'assessor', rcc: 'sydost', from: '2026-06-01', to: null },
    { role: 'auditor', from: '2027-01-01', to: null },
  ],
  employers: [{ region: 'kalmar', from: '2020-01-01', to: '2026-06-30' }],
};

describe('an actor', () => {
  test.each([
    ['2024-12-31', [], ['kalmar']],
    ['2025-01-01', [{ role: 'regionSigner', region: 'kalmar' }], ['kalmar']],
    [
      '2026-06-30',
      [
        { role: 'regionSigner', region: 'kalmar' },
        { role: 'assessor', rcc: 'sydost' },
      ],
      ['kalmar'],
    ],
    ['2026-07-01', [{ role: 'assessor', rcc: 'sydost' }], []],
  ])('on %s has the roles and employers in force that day', (day, assignments, employers) => {
    expect(actorOf(person, day)).toEqual({ id: 'anna', kind: 'person', assignments, employers });
  });
});

test('a role is held in its own unit, on its own days', () => {
  expect(holds(person, 'regionSigner', 'kalmar', '2026-06-30')).toBe(true);
  expect(holds(person, 'regionSigner', 'kalmar', '2026-07-01')).toBe(false);
  expect(holds(person, 'regionSigner', 'ostergotland', '2026-01-01')).toBe(false);
  expect(holds(person, 'assessor', 'sydost', '2026-07-01')).toBe(true);
  expect(holds(person, 'assessor', 'kalmar', '2026-07-01')).toBe(false);
  expect(holds(person, 'auditor', 'nationell', '2027-01-01')).toBe(true);
});

test('the event of a person carries name and address in its private part alone', () => {
  const event = personWasRecorded('p1', person);
  expect(JSON.stringify(event.data)).not.toMatch(/Anna|@/);
  expect(event.private).toMatchObject({ name: 'Anna Lind', email: 'anna.lind@kalmar.example' });
});
