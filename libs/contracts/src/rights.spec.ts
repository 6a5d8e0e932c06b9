import { expect, test } from '@jest/globals';
import { commands, isMoneyCommand, resources, scopeOf, scopes, type Resource } from './rights.ts';

// The words of the access table, a second time: they are in journals, tokens and other people's programs,
// so one that is renamed is another one.
const flows: Record<Resource, string> = {
  call: 'grants',
  application: 'grants',
  assessment: 'grants',
  deadline: 'grants',
  notification: 'grants',
  plan: 'plans',
  measure: 'follow-up',
  observation: 'follow-up',
  organisation: 'directory',
  person: 'directory',
  'role-assignment': 'directory',
  'api-client': 'directory',
  'dead-letter': 'administration',
  audit: 'administration',
  'personal-data': 'administration',
  'thinning-rule': 'administration',
  'thinning-run': 'administration',
};

test('what can be done to what has its name', () => {
  expect([...resources]).toEqual(Object.keys(flows));
  expect(commands.join(' ')).toBe(
    'read create edit ending publication closing-extension closure frame ranking history decisions sign-off ' +
      'submission withdrawal assessments conflict-declaration acceptance requisitions payments attestation ' +
      'correction replay verification thinning',
  );
});

test('money is decided on and paid by these', () => {
  expect(commands.filter(isMoneyCommand)).toEqual(['decisions', 'payments', 'attestation']);
});

test.each(resources)('a system needs the scope of the flow that a(n) %s belongs to', (resource) => {
  const scope = (method: string) => scopeOf({ method, right: { resource, command: 'read' } });
  expect(scope('GET')).toBe(`${flows[resource]}.read`);
  expect(scope('POST')).toBe(`${flows[resource]}.write`);
  expect(scope('PATCH')).toBe(`${flows[resource]}.write`);
});

test('there is a scope for reading and one for writing of each flow, and no other', () => {
  const named = [...new Set(Object.values(flows))].flatMap((flow) => [`${flow}.read`, `${flow}.write`]);
  expect([...scopes]).toEqual(named);
});

test('an operation can need another scope than its right would have it, or none', () => {
  const right = { resource: 'audit', command: 'read' } as const;
  expect(scopeOf({ method: 'GET', right, scope: 'plans.read' })).toBe('plans.read');
  expect(scopeOf({ method: 'GET', right: 'everybody' })).toBeNull();
  expect(scopeOf({ method: 'GET', right: 'everybody', scope: 'plans.read' })).toBe('plans.read');
});
