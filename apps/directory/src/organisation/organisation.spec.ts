import { describe, expect, test } from '@jest/globals';
import { DomainError, type CreateOrganisation, type DecisionRoute } from '#libs/contracts';
import { changeOrganisation, createOrganisation, routeOf } from './organisation.ts';

const today = '2026-11-24';
const route: DecisionRoute = { takesApplications: true, steps: [{ kind: 'decision', by: 'Styrgruppen' }] };
const kalmar: CreateOrganisation = {
  kind: 'region',
  code: 'kalmar',
  name: 'Region Kalmar län',
  memberships: [{ rcc: 'sydost', from: '2019-01-01', to: null, municipalities: [] }],
  decisionRoute: null,
};
const rcc: CreateOrganisation = {
  kind: 'rcc',
  code: 'norr',
  name: 'RCC Norr',
  memberships: [],
  decisionRoute: route,
};

function refusal(work: () => unknown): DomainError {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error;
  }
  throw new Error('it was not refused');
}

describe('an organisation', () => {
  test('belongs to the RCC of its memberships today; an RCC to itself', () => {
    expect(createOrganisation(kalmar, today).state.rccs).toEqual(['sydost']);
    expect(createOrganisation(kalmar, '2018-12-31').state.rccs).toEqual([]);
    expect(createOrganisation(rcc, today).state.rccs).toEqual(['norr']);
  });

  test('has memberships only as a region and a decision route only as an RCC', () => {
    const { faults } = refusal(() =>
      createOrganisation({ ...kalmar, kind: 'national', code: 'nationell', decisionRoute: route }, today),
    );
    expect(faults.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/memberships', 'not-for-kind'],
      ['/decisionRoute', 'not-for-kind'],
    ]);
  });

  test('changed to what it is already is left alone', () => {
    const { state } = createOrganisation(kalmar, today);
    expect(changeOrganisation(state, { name: kalmar.name, memberships: kalmar.memberships }, today)).toEqual({
      state,
      events: [],
    });
  });

  test('moves with its memberships; names stay in the private part of the event', () => {
    const { state } = createOrganisation(kalmar, today);
    const memberships = [{ rcc: 'syd' as const, from: '2026-01-01', to: null, municipalities: [] }];
    const changed = changeOrganisation(state, { name: 'Nya namnet', memberships }, today);
    expect(changed.state.rccs).toEqual(['syd']);
    expect(changed.events).toEqual([
      expect.objectContaining({
        type: 'organisation.changed',
        data: {
          organisationId: 'region-kalmar',
          kind: 'region',
          code: 'kalmar',
          fields: ['memberships', 'name'],
        },
        private: {
          before: { memberships: kalmar.memberships, name: kalmar.name },
          after: { memberships, name: 'Nya namnet' },
        },
      }),
    ]);
  });
});

test('the route of an RCC is told, and its lack is not invented away', () => {
  expect(routeOf(rcc)).toEqual(route);
  expect(refusal(() => routeOf(undefined)).code).toBe('not-found');
  expect(refusal(() => routeOf({ decisionRoute: null })).code).toBe('not-found');
});
