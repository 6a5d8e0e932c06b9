import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  applicationStates,
  callStates,
  DomainError,
  rccCodes,
  regionCodes,
  roles,
  serviceActor,
  type Actor,
  type Assignment,
  type Role,
} from '#libs/contracts';
import { allowedCommands, may, require, requireVisible, stampOf, visibleWhere } from './access.ts';
import { rules, type Command, type Place, type Resource } from './rules.ts';

// Who may do what, written down a second time in other words: a change of rights is made in both places
// or not at all. What is not in the table is forbidden.
const arrived = applicationStates.filter((state) => state !== 'draft');
const announced = ['published', 'closed'];
type Line = [
  role: Role,
  resource: Resource,
  commands: string,
  reach: 'region' | 'rcc' | 'everywhere',
  states?: readonly string[],
];
const table: Line[] = [
  ['regionSystem', 'call', 'read', 'region', announced],
  ['regionSystem', 'application', 'read create edit submission withdrawal', 'region'],
  ['regionSystem', 'deadline', 'read', 'region'],
  ['regionSystem', 'notification', 'read', 'region'],
  ['headOfOperations', 'call', 'read', 'region', announced],
  ['headOfOperations', 'application', 'read sign-off acceptance withdrawal', 'region'],
  ['headOfOperations', 'deadline', 'read', 'region'],
  ['headOfOperations', 'notification', 'read', 'region'],
  [
    'rccOfficer',
    'call',
    'read create edit publication closing-extension closure frame ranking history',
    'rcc',
  ],
  ['rccOfficer', 'application', 'read', 'rcc', arrived],
  ['rccOfficer', 'assessment', 'read', 'rcc'],
  ['rccOfficer', 'deadline', 'read', 'rcc'],
  ['rccOfficer', 'notification', 'read', 'rcc'],
  ['rccOfficer', 'plan', 'read', 'rcc'],
  ['rccOfficer', 'measure', 'read', 'rcc'],
  ['rccOfficer', 'observation', 'read', 'rcc'],
  ['rccOfficer', 'dead-letter', 'read replay', 'everywhere'],
  ['assessor', 'call', 'read ranking', 'rcc', announced],
  ['assessor', 'application', 'read assessments conflict-declaration', 'rcc', arrived],
  ['assessor', 'assessment', 'read', 'rcc'],
  ['assessor', 'deadline', 'read', 'rcc'],
  ['decider', 'call', 'read frame ranking history decisions', 'rcc', announced],
  ['decider', 'application', 'read', 'rcc', arrived],
  ['decider', 'assessment', 'read', 'rcc'],
  ['decider', 'deadline', 'read', 'rcc'],
  ['controller', 'call', 'read frame', 'rcc', announced],
  ['controller', 'application', 'read', 'rcc', arrived],
  ['controller', 'deadline', 'read', 'rcc'],
  ['processLeader', 'call', 'read', 'rcc', announced],
  ['processLeader', 'plan', 'read create', 'rcc'],
  ['processLeader', 'measure', 'read create', 'rcc'],
  ['processLeader', 'observation', 'read create correction', 'rcc'],
  ['processLeader', 'deadline', 'read', 'rcc'],
  ['nationalOffice', 'call', 'read frame', 'everywhere', announced],
  ['nationalOffice', 'plan', 'read', 'everywhere'],
  ['nationalOffice', 'measure', 'read', 'everywhere'],
  ['nationalOffice', 'observation', 'read', 'everywhere'],
  ['nationalOffice', 'deadline', 'read', 'everywhere'],
  ['auditor', 'call', 'read frame ranking history', 'everywhere'],
  ['auditor', 'application', 'read', 'everywhere'],
  ['auditor', 'assessment', 'read', 'everywhere'],
  ['auditor', 'deadline', 'read', 'everywhere'],
  ['auditor', 'notification', 'read', 'everywhere'],
  ['auditor', 'plan', 'read', 'everywhere'],
  ['auditor', 'measure', 'read', 'everywhere'],
  ['auditor', 'observation', 'read', 'everywhere'],
  ['auditor', 'dead-letter', 'read', 'everywhere'],
];

const resources: Resource[] = [
  'call',
  'application',
  'assessment',
  'deadline',
  'notification',
  'plan',
  'measure',
  'observation',
  'dead-letter',
];
const commands = [
  ...new Set([...rules.flatMap((rule) => rule.commands), ...table.flatMap((line) => line[2].split(' '))]),
] as Command[];
const regional = new Set<Role>(['regionSystem', 'headOfOperations']);
const [ownRcc, otherRcc, ownRegion, otherRegion] = ['sydost', 'norr', 'kalmar', 'norrbotten'] as const;

function holder(role: Role): Actor {
  const assignment: Assignment = {
    role,
    ...(regional.has(role) && { region: ownRegion }),
    ...(!regional.has(role) && role !== 'auditor' && role !== 'nationalOffice' && { rcc: ownRcc }),
  };
  return { id: `person-${role}`, kind: 'person', assignments: [assignment], employers: [] };
}

const statesOf = (resource: Resource): (string | undefined)[] =>
  resource === 'call'
    ? [...callStates, undefined]
    : resource === 'application'
      ? [...applicationStates, undefined]
      : [undefined];

function placesOf(
  resource: Resource,
): { where: string; place: Place; own: { rcc: boolean; region: boolean } }[] {
  return [true, false].flatMap((rcc) =>
    [true, false].flatMap((region) =>
      statesOf(resource).map((state) => {
        const code = region ? ownRegion : otherRegion;
        const area = resource === 'call' ? { regions: ['blekinge', code] } : { region: code };
        const place = { rcc: rcc ? ownRcc : otherRcc, ...area, ...(state !== undefined && { state }) };
        return {
          where: `${rcc ? 'own' : 'other'} RCC, ${region ? 'own' : 'other'} region, ${state ?? 'stateless'}`,
          place,
          own: { rcc, region },
        };
      }),
    ),
  );
}

describe.each(roles)('%s', (role) => {
  const actor = holder(role);
  test.each(resources)('may do to a(n) %s exactly what the table says, where it says', (resource) => {
    const expected: string[] = [];
    const granted: string[] = [];
    for (const { where, place, own } of placesOf(resource)) {
      for (const command of commands) {
        const permitted = table.some(
          ([who, what, list, reach, states]) =>
            who === role &&
            what === resource &&
            list.split(' ').includes(command) &&
            (reach === 'everywhere' || own[reach]) &&
            (states === undefined || states.includes(place.state ?? '')),
        );
        if (permitted) expected.push(`${command}: ${where}`);
        if (may(actor, command, resource, place)) granted.push(`${command}: ${where}`);
      }
    }
    expect(granted).toEqual(expected);
  });
});

test('the rules name no role, resource or command twice in vain', () => {
  const lines = rules.flatMap((rule) =>
    rule.commands.map((command) => `${rule.role} ${rule.resource} ${command}`),
  );
  expect(lines.filter((line, index) => lines.indexOf(line) !== index)).toEqual([]);
});

describe('a role', () => {
  test('that is held nowhere reaches nowhere', () => {
    for (const role of roles.filter((each) => each !== 'auditor' && each !== 'nationalOffice')) {
      const actor: Actor = { id: 'a', kind: 'person', assignments: [{ role }], employers: [] };
      // A thing without RCC or region must not count as being in the actor's own.
      for (const place of [{}, { state: 'submitted' }, { state: 'published', regions: [] }]) {
        expect(may(actor, 'read', 'application', place)).toBe(false);
        expect(may(actor, 'read', 'call', place)).toBe(false);
      }
      expect(visibleWhere(actor, 'application')).toBeNull();
    }
  });

  test('held in an RCC gives no right as if it were held in a region', () => {
    const actor: Actor = {
      id: 'a',
      kind: 'system',
      assignments: [{ role: 'regionSystem', rcc: 'sydost' }],
      employers: [],
    };
    expect(may(actor, 'edit', 'application', { rcc: 'sydost', region: 'kalmar', state: 'draft' })).toBe(
      false,
    );
  });

  test('is not lent by employment', () => {
    const actor: Actor = { ...holder('assessor'), employers: ['kalmar'] };
    expect(may(actor, 'edit', 'application', { rcc: otherRcc, region: 'kalmar', state: 'draft' })).toBe(
      false,
    );
  });
});

describe('asking for a right', () => {
  const draft = { rcc: 'sydost', region: 'kalmar', state: 'draft' };

  test('gives the role it was used under, for the journal', () => {
    const actor: Actor = {
      ...holder('regionSystem'),
      kind: 'system',
      assignments: [
        { role: 'regionSystem', region: 'jonkoping' },
        { role: 'regionSystem', region: 'kalmar' },
      ],
    };
    expect(require(actor, 'submission', 'application', draft)).toEqual({
      id: actor.id,
      kind: 'system',
      role: 'regionSystem',
      region: 'kalmar',
    });
  });

  test('that is not held is refused as forbidden, with the command', () => {
    expect(() => require(holder('headOfOperations'), 'submission', 'application', draft)).toThrow(
      expect.objectContaining({ code: 'forbidden', params: { command: 'submission' } }),
    );
  });

  test('to see what may not be known is answered as if it did not exist', () => {
    for (const actor of [
      holder('rccOfficer'),
      {
        ...holder('regionSystem'),
        assignments: [{ role: 'regionSystem' as const, region: 'jonkoping' as const }],
      },
    ]) {
      expect(() => requireVisible(actor, 'application', draft)).toThrow(new DomainError('not-found'));
    }
    expect(() => requireVisible(holder('regionSystem'), 'application', draft)).not.toThrow();
  });

  test('of a service is not asked', () => {
    const service = serviceActor('applications');
    expect(require(service, 'decisions', 'call', {})).toEqual({
      id: 'service:applications',
      kind: 'service',
    });
    expect(visibleWhere(service, 'application')).toEqual({});
  });

  test('offers only what the roles permit', () => {
    expect(
      allowedCommands(holder('headOfOperations'), 'application', draft, ['edit', 'sign-off', 'submission']),
    ).toEqual(['sign-off']);
    expect(stampOf(holder('assessor'))).toEqual({ id: 'person-assessor', kind: 'person' });
  });
});

/** As much of the query language as the filters use; anything else is a fault of the test. */
function lets(filter: Record<string, unknown> | null, document: Record<string, unknown>): boolean {
  if (filter === null) return false;
  return Object.entries(filter).every(([key, condition]) => {
    if (key === '$or') return (condition as Record<string, unknown>[]).some((each) => lets(each, document));
    if (key.startsWith('$')) throw new Error(`not known here: ${key}`);
    const value = document[key];
    const held = Array.isArray(value) ? value : [value];
    if (typeof condition === 'string') return held.includes(condition);
    const names = Object.keys(condition as object);
    if (names.join() !== '$in') throw new Error(`not known here: ${names.join()}`);
    return (condition as { $in: unknown[] }).$in.some((each) => held.includes(each));
  });
}

describe('the filter for lists lets through exactly what may be read one by one', () => {
  // Few codes, so that hits are common.
  const rcc = fc.constantFrom(...rccCodes.slice(0, 3));
  const region = fc.constantFrom(...regionCodes.slice(0, 3));
  const assignment = fc.record(
    { role: fc.constantFrom(...roles), rcc, region },
    { requiredKeys: ['role'] },
  ) as fc.Arbitrary<Assignment>;
  const actor = fc
    .array(assignment, { maxLength: 4 })
    .map((assignments): Actor => ({ id: 'a', kind: 'person', assignments, employers: [] }));
  const state = fc.constantFrom(...applicationStates, ...callStates, 'no such state');

  test.each(resources)('%s with one region', (resource) => {
    const place = fc.record({ rcc, region, state }, { requiredKeys: [] });
    fc.assert(
      fc.property(actor, place, (who, where) => {
        expect(lets(visibleWhere(who, resource), where)).toBe(may(who, 'read', resource, where));
      }),
      { numRuns: 2000 },
    );
  });

  test.each(resources)('%s with several regions', (resource) => {
    const place = fc.record(
      { rcc, regions: fc.array(region, { maxLength: 3 }), state },
      { requiredKeys: ['regions'] },
    );
    fc.assert(
      fc.property(actor, place, (who, where) => {
        expect(lets(visibleWhere(who, resource, 'regions'), where)).toBe(may(who, 'read', resource, where));
      }),
      { numRuns: 2000 },
    );
  });
});
