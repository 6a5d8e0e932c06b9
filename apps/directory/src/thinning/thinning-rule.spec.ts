import { describe, expect, test } from '@jest/globals';
import { type CreateThinningRule } from '#libs/contracts';
import { changeRule, createRule, isInForce, requireInForce, ruleCommands } from './thinning-rule.ts';

const input: CreateThinningRule = {
  title: 'Avslag',
  documentType: 'application',
  after: { event: 'ended', period: 'P5Y' },
  decisionReference: 'Dnr 1',
  note: '',
};
const { state: rule } = createRule('r1', input);

test('a rule is in force until further notice, with its decision in the chain', () => {
  const { state, events } = createRule('r1', input);
  expect(state).toEqual({ ...input, to: null });
  expect(events).toMatchObject([
    {
      type: 'thinning.rule-recorded',
      data: { documentType: 'application', event: 'ended', period: 'P5Y', decisionReference: 'Dnr 1' },
    },
  ]);
});

describe('a rule with a last day', () => {
  const ending = { ...rule, to: '2026-11-24' };
  test.each([
    ['2026-11-23', true],
    ['2026-11-24', true],
    ['2026-11-25', false],
  ])('is in force on %s: %s', (today, expected) => {
    expect(isInForce(ending, today)).toBe(expected);
    expect(ruleCommands(ending, today).includes('runs')).toBe(expected);
  });

  test('thins nothing afterwards, and says what can be done instead', () => {
    expect(() => requireInForce(ending, 'runs', '2026-11-24')).not.toThrow();
    expect(() => requireInForce(ending, 'runs', '2026-11-25')).toThrow(
      expect.objectContaining({ code: 'state-conflict', extra: { allowed: ['edit'] } }),
    );
  });
});

test('a change tells which fields it changed, with the old and new texts in its private part', () => {
  const { state, events } = changeRule('r1', rule, { title: 'Avslag 2026', to: '2027-01-01' });
  expect(state).toEqual({ ...rule, title: 'Avslag 2026', to: '2027-01-01' });
  expect(events).toMatchObject([
    {
      data: { fields: ['title', 'to'], to: '2027-01-01' },
      private: { before: { title: 'Avslag', to: null }, after: { title: 'Avslag 2026', to: '2027-01-01' } },
    },
  ]);
});

test('an end can be taken back, and a change to what is there already is none', () => {
  const ended = changeRule('r1', rule, { to: '2026-01-01' }).state;
  expect(changeRule('r1', ended, { to: null }).state.to).toBeNull();
  expect(changeRule('r1', ended, { to: '2026-01-01', title: 'Avslag' })).toEqual({
    state: ended,
    events: [],
  });
});
