import { describe, expect, test } from '@jest/globals';
import { DomainError, type CreatePerson } from '#libs/contracts';
import { changePerson, createPerson, isHere, type Surroundings } from './person.ts';

const surroundings: Surroundings = {
  memberships: new Map([
    ['kalmar', [{ rcc: 'sydost', from: '2019-01-01', to: null, municipalities: [] }]],
    ['skane', [{ rcc: 'syd', from: '2019-01-01', to: null, municipalities: [] }]],
  ]),
  on: '2026-11-24',
};
const anna: CreatePerson = {
  subject: 'anna',
  kind: 'person',
  name: 'Anna Lind',
  email: 'anna.lind@kalmar.example',
  employers: [{ region: 'kalmar', from: '2020-01-01', to: null }],
  to: null,
};

describe('a person', () => {
  test('belongs to the RCC of the employers in force', () => {
    const { state } = createPerson('p1', anna, surroundings);
    expect(state).toMatchObject({ homeRccs: ['sydost'], rccs: ['sydost'] });
    const later = { ...surroundings, on: '2019-12-31' };
    expect(createPerson('p1', anna, later).state.rccs).toEqual([]);
  });

  test('who changes employer keeps the RCC of the roles', () => {
    const { state } = createPerson('p1', anna, surroundings);
    const assessor = { ...state, rccs: ['norr', 'sydost'] as const };
    const employers = [{ region: 'skane' as const, from: '2026-01-01', to: null }];
    expect(changePerson('p1', assessor, { employers }, surroundings).state).toMatchObject({
      homeRccs: ['syd'],
      rccs: ['norr', 'syd'],
    });
  });

  test('has each employer once at a time', () => {
    const employers: CreatePerson['employers'] = [
      { region: 'kalmar', from: '2020-01-01', to: '2021-01-01' },
      { rcc: 'sydost', from: '2020-01-01', to: null },
      { region: 'kalmar', from: '2021-01-01', to: null },
    ];
    const work = () => createPerson('p1', { ...anna, employers }, surroundings);
    expect(work).toThrow(DomainError);
    try {
      work();
    } catch (error) {
      expect((error as DomainError).faults).toEqual([
        { pointer: '/employers/2/from', code: 'overlapping-period' },
      ]);
    }
  });

  test('ends yesterday at the earliest; what was ended before stays as it is', () => {
    const faultsOf = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (error) {
        return (error as DomainError).faults;
      }
    };
    const tooEarly = [{ pointer: '/to', code: 'ended-too-early', params: { value: '2026-11-23' } }];
    const { state } = createPerson('p1', anna, surroundings);
    const end = (to: string | null, person = state) => changePerson('p1', person, { to }, surroundings);
    expect(faultsOf(() => end('2026-11-22'))).toEqual(tooEarly);
    expect(faultsOf(() => createPerson('p1', { ...anna, to: '2026-11-22' }, surroundings))).toEqual(tooEarly);
    for (const to of ['2026-11-23', '2026-11-24', '2027-01-01']) expect(end(to).state.to).toBe(to);
    const gone = { ...state, to: '2025-06-30' };
    expect(changePerson('p1', gone, { name: 'Anna Berg', to: gone.to }, surroundings).state.to).toBe(gone.to);
    expect(end(null, gone).state.to).toBeNull();
  });

  test('is here until the last day, that day included', () => {
    expect(isHere({ to: '2026-11-24' }, '2026-11-24')).toBe(true);
    expect(isHere({ to: '2026-11-24' }, '2026-11-25')).toBe(false);
    expect(isHere({ to: null }, '2099-01-01')).toBe(true);
  });

  test('is told of on the bus without name and address', () => {
    const { state, events } = createPerson('p1', anna, surroundings);
    const changed = changePerson('p1', state, { name: 'Anna Berg', email: null }, surroundings);
    for (const event of [...events, ...changed.events]) {
      expect(JSON.stringify(event.data)).not.toMatch(/anna|@/i);
    }
    expect(changed.events[0]?.private).toEqual({
      before: { name: 'Anna Lind', email: 'anna.lind@kalmar.example' },
      after: { name: 'Anna Berg', email: null },
    });
  });
});
