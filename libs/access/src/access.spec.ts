import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  applicationStates,
  callStates,
  commands,
  DomainError,
  rccCodes,
  regionCodes,
  resources,
  roles,
  serviceActor,
  type Actor,
  type Assignment,
  type Resource,
  type Role,
} from '#libs/contracts';
import { unitDigest, wholeRegion } from '#libs/unit-digest';
import { allowedCommands, may, require, requireVisible, stampOf, visibleWhere } from './access.ts';
import { rules, type Place, type Reach } from './rules.ts';

// Who may do what, written down a second time, by resource instead of by role: a change of rights is made
// in both places or not at all. What is not in the table is forbidden.
const arrived = applicationStates.filter((state) => state !== 'draft');
const announced = ['published', 'closed'];
const regional = 'regionApplicant regionSigner regionSystem regionReader';
const atRcc = 'rccOfficer assessor decider controller processLeader rccReader';
const everybody = roles.join(' ');
type Line = [resource: Resource, commands: string, roles: string, reach: Reach, states?: readonly string[]];
const table: Line[] = [
  ['call', 'read', regional, 'ownRegion', announced],
  ['call', 'read', 'assessor decider controller processLeader rccReader', 'ownRcc', announced],
  ['call', 'read', 'nationalOffice nationalReader', 'national', announced],
  ['call', 'read', 'rccOfficer', 'ownRcc'],
  ['call', 'read', 'auditor', 'national'],
  ['call', 'create edit publication closing-extension closure', 'rccOfficer', 'ownRcc'],
  ['call', 'frame', 'rccOfficer', 'ownRcc'],
  ['call', 'frame', 'decider controller rccReader', 'ownRcc', announced],
  ['call', 'frame', 'nationalOffice nationalReader', 'national', announced],
  ['call', 'frame ranking history', 'auditor', 'national'],
  ['call', 'ranking', 'rccOfficer', 'ownRcc'],
  ['call', 'ranking', 'assessor decider', 'ownRcc', announced],
  ['call', 'history', 'rccOfficer', 'ownRcc'],
  ['call', 'history decisions', 'decider', 'ownRcc', announced],

  ['application', 'read history', 'regionApplicant regionSigner', 'ownUnit'],
  ['application', 'read history', 'regionSystem regionReader', 'ownRegion'],
  ['application', 'create edit submission withdrawal', 'regionApplicant', 'ownUnit'],
  ['application', 'create edit submission withdrawal', 'regionSystem', 'ownRegion'],
  ['application', 'sign-off acceptance withdrawal', 'regionSigner', 'ownUnit'],
  ['application', 'requisitions', 'regionApplicant regionSigner', 'ownUnit'],
  ['application', 'requisitions', 'regionSystem', 'ownRegion'],
  ['application', 'payments', 'rccOfficer controller', 'ownRcc', arrived],
  ['application', 'attestation', 'controller', 'ownRcc', arrived],
  ['application', 'read history', 'rccOfficer assessor decider controller', 'ownRcc', arrived],
  ['application', 'read', 'rccReader', 'ownRcc', arrived],
  ['application', 'assessments conflict-declaration', 'assessor', 'ownRcc', arrived],
  ['application', 'read history', 'auditor', 'national'],

  ['assessment', 'read', 'rccOfficer decider', 'ownRcc'],
  ['assessment', 'read', 'assessor', 'involved'],
  ['assessment', 'read', 'auditor', 'national'],

  ['deadline', 'read', 'regionApplicant regionSigner', 'ownUnit'],
  ['deadline', 'read', 'regionSystem regionReader', 'ownRegion'],
  ['deadline', 'read', atRcc, 'ownRcc'],
  ['deadline', 'read', 'nationalOffice auditor', 'national'],
  ['notification', 'read', 'regionApplicant regionSigner', 'ownUnit'],
  ['notification', 'read', 'regionSystem', 'ownRegion'],
  ['notification', 'read', 'rccOfficer', 'ownRcc'],
  ['notification', 'read', 'auditor', 'national'],

  ['plan', 'read', 'rccOfficer processLeader rccReader', 'ownRcc'],
  ['plan', 'read', 'nationalOffice nationalReader auditor', 'national'],
  ['plan', 'create', 'processLeader', 'ownRcc'],
  ['plan', 'history', 'rccOfficer processLeader', 'ownRcc'],
  ['plan', 'history', 'nationalOffice auditor', 'national'],
  ['measure', 'read', 'rccOfficer processLeader rccReader', 'ownRcc'],
  ['measure', 'read', 'nationalOffice nationalReader auditor', 'national'],
  ['measure', 'create', 'processLeader', 'ownRcc'],
  ['measure', 'history', 'rccOfficer processLeader', 'ownRcc'],
  ['measure', 'history', 'nationalOffice auditor', 'national'],
  ['observation', 'read', 'rccOfficer processLeader rccReader', 'ownRcc'],
  ['observation', 'read', 'nationalOffice nationalReader auditor', 'national'],
  ['observation', 'create correction', 'processLeader', 'ownRcc'],
  ['observation', 'history', 'rccOfficer processLeader', 'ownRcc'],
  ['observation', 'history', 'nationalOffice auditor', 'national'],

  ['organisation', 'read', everybody, 'national'],
  ['organisation', 'edit history', 'rccOfficer', 'ownRcc'],
  ['organisation', 'history', 'nationalOffice auditor administrator', 'national'],
  ['organisation', 'create edit', 'administrator', 'national'],
  ['person', 'read history', 'rccOfficer', 'ownRcc'],
  ['person', 'create edit', 'rccOfficer', 'ownRcc'],
  ['person', 'read history', 'auditor administrator', 'national'],
  ['person', 'create edit', 'administrator', 'national'],
  ['role-assignment', 'read history', 'rccOfficer', 'ownRcc'],
  ['role-assignment', 'create edit ending', 'rccOfficer', 'ownRcc'],
  ['role-assignment', 'read history', 'auditor administrator', 'national'],
  ['role-assignment', 'create edit ending', 'administrator', 'national'],
  ['api-client', 'read history', 'rccOfficer', 'ownRcc'],
  ['api-client', 'create edit ending', 'rccOfficer', 'ownRcc'],
  ['api-client', 'read history', 'auditor administrator', 'national'],
  ['api-client', 'create edit ending', 'administrator', 'national'],

  ['dead-letter', 'read replay', 'rccOfficer', 'ownRcc'],
  ['dead-letter', 'read', 'auditor administrator', 'national'],
  ['dead-letter', 'replay', 'administrator', 'national'],
  ['audit', 'read', 'rccOfficer', 'ownRcc'],
  ['audit', 'read', 'auditor', 'national'],
  ['audit', 'verification', 'nationalOffice auditor administrator', 'national'],
  ['personal-data', 'read', 'rccOfficer', 'ownRcc'],
  ['personal-data', 'read', 'auditor administrator', 'national'],
  ['thinning-rule', 'read history', 'auditor administrator', 'national'],
  ['thinning-rule', 'create edit thinning', 'administrator', 'national'],
  ['thinning-run', 'read history', 'auditor administrator', 'national'],
];

const inRegion = new Set<Role>(['regionApplicant', 'regionSigner', 'regionReader', 'regionSystem']);
const inNation = new Set<Role>(['nationalOffice', 'nationalReader', 'auditor', 'administrator']);
const severalRccs = new Set<Resource>(['organisation', 'person', 'role-assignment', 'api-client']);
const [ownRcc, otherRcc, ownRegion, otherRegion] = ['sydost', 'norr', 'kalmar', 'norrbotten'] as const;
const [ownUnit, otherUnit] = ['Barnkliniken', 'Ungdomskliniken'];

function holder(role: Role, more: Partial<Assignment> = {}): Actor {
  const assignment: Assignment = {
    role,
    ...(inRegion.has(role) && { region: ownRegion }),
    ...(!inRegion.has(role) && !inNation.has(role) && { rcc: ownRcc }),
    ...more,
  };
  return { id: `person-${role}`, kind: 'person', assignments: [assignment], employers: [] };
}

const statesOf = (resource: Resource): (string | undefined)[] =>
  resource === 'call'
    ? [...callStates, undefined]
    : resource === 'application'
      ? [...applicationStates, undefined]
      : [undefined];

type Own = Readonly<Record<'rcc' | 'region' | 'unit' | 'involved', boolean>>;
const yesAndNo = [true, false];

/** What comes from events knows its clinic by the digest alone. */
function unitIn(resource: Resource, region: string, unit: string): Place {
  const digested = resource === 'deadline' || resource === 'notification';
  return digested ? { unitDigest: unitDigest(region, unit) } : { unit };
}

function placesOf(resource: Resource, actor: Actor): { where: string; place: Place; own: Own }[] {
  return yesAndNo.flatMap((rcc) =>
    yesAndNo.flatMap((region) =>
      yesAndNo.flatMap((unit) =>
        yesAndNo.flatMap((involved) =>
          statesOf(resource).map((state) => {
            const code = region ? ownRegion : otherRegion;
            const centre = rcc ? ownRcc : otherRcc;
            const place = {
              ...(severalRccs.has(resource) ? { rccs: ['vast', centre] } : { rcc: centre }),
              ...(resource === 'call' ? { regions: ['blekinge', code] } : { region: code }),
              ...unitIn(resource, code, unit ? ownUnit : otherUnit),
              assessors: ['somebody', ...(involved ? [actor.id] : [])],
              ...(state !== undefined && { state }),
            };
            return {
              where: JSON.stringify({ rcc, region, unit, involved, state }),
              place: place as Place,
              own: { rcc, region, unit, involved },
            };
          }),
        ),
      ),
    ),
  );
}

function reaches(reach: Reach, own: Own, boundToUnit: boolean): boolean {
  switch (reach) {
    case 'national':
      return true;
    case 'ownRcc':
      return own.rcc;
    case 'involved':
      return own.rcc && own.involved;
    case 'ownRegion':
      return own.region;
    case 'ownUnit':
      return own.region && (own.unit || !boundToUnit);
  }
}

// First, since it tells most plainly what differs.
test('the rules say the same as this table, line by line, and nothing twice', () => {
  const line = (...[role, resource, command, reach, states]: unknown[]): string =>
    `${String(role)} ${String(resource)} ${String(command)} ${String(reach)} ${String(states ?? 'any state')}`;
  const written = table.flatMap(([resource, list, who, reach, states]) =>
    who
      .split(' ')
      .flatMap((role) => list.split(' ').map((command) => line(role, resource, command, reach, states))),
  );
  const ruled = rules.flatMap(({ role, resource, commands: list, reach, states }) =>
    list.map((command) => line(role, resource, command, reach, states)),
  );
  expect(ruled.toSorted()).toEqual(written.toSorted());
  const rights = ruled.map((each) => each.split(' ').slice(0, 3).join(' '));
  expect(rights.filter((right, index) => rights.indexOf(right) !== index)).toEqual([]);
});

describe.each(roles)('%s', (role) => {
  test.each(resources.flatMap((resource) => [[resource, false] as const, [resource, true] as const]))(
    'may do to a(n) %s exactly what the table says, where it says (held in one unit: %s)',
    (resource, boundToUnit) => {
      const actor = holder(role, boundToUnit ? { unit: ownUnit } : {});
      const lines = table
        .filter(([what, , who]) => what === resource && who.split(' ').includes(role))
        .map(([, list, , reach, states]) => ({ list: list.split(' '), reach, states }));
      const expected: string[] = [];
      const granted: string[] = [];
      for (const { where, place, own } of placesOf(resource, actor)) {
        for (const command of commands) {
          const permitted = lines.some(
            ({ list, reach, states }) =>
              list.includes(command) &&
              reaches(reach, own, boundToUnit) &&
              (states === undefined || states.includes(place.state ?? '')),
          );
          if (permitted) expected.push(`${command}: ${where}`);
          if (may(actor, command, resource, place)) granted.push(`${command}: ${where}`);
        }
      }
      expect(granted).toEqual(expected);
    },
  );
});

describe('a role', () => {
  test('that is held nowhere reaches nowhere', () => {
    for (const role of roles.filter((each) => !inNation.has(each))) {
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

describe('held in one clinic', () => {
  const own = holder('regionApplicant', { unit: ownUnit });
  const reads = (more: Place): boolean => may(own, 'read', 'deadline', { region: ownRegion, ...more });

  test('what concerns the whole region is read, what may be of another clinic is not', () => {
    expect(reads({ unitDigest: unitDigest(ownRegion, ownUnit) })).toBe(true);
    expect(reads({ unitDigest: wholeRegion })).toBe(true);
    expect(reads({ unitDigest: unitDigest(ownRegion, otherUnit) })).toBe(false);
    // From before clinics were told, or of an application that names none yet.
    expect(reads({})).toBe(false);
    // The name in clear is no digest.
    expect(reads({ unitDigest: ownUnit })).toBe(false);
  });

  test('a clinic of the same name in another region is another', () => {
    const elsewhere = { region: otherRegion, unitDigest: unitDigest(otherRegion, ownUnit) };
    expect(may(own, 'read', 'deadline', elsewhere)).toBe(false);
    expect(may(own, 'read', 'deadline', { region: otherRegion, unitDigest: wholeRegion })).toBe(false);
    expect(reads({ unitDigest: elsewhere.unitDigest })).toBe(false);
  });

  test('who is held in the whole region reads all of it', () => {
    const head = holder('regionSigner');
    for (const unitDigestOfThing of [unitDigest(ownRegion, otherUnit), wholeRegion, undefined]) {
      const unit = unitDigestOfThing === undefined ? {} : { unitDigest: unitDigestOfThing };
      expect(may(head, 'read', 'notification', { region: ownRegion, ...unit })).toBe(true);
    }
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
    expect(() => require(holder('regionSigner'), 'submission', 'application', draft)).toThrow(
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
    expect(may(service, 'decisions', 'call', {})).toBe(true);
    expect(visibleWhere(service, 'application')).toEqual({});
  });

  test('to see in one place gives that place as the filter, in several one of them', () => {
    const [own, other] = [holder('processLeader'), holder('processLeader', { rcc: otherRcc })];
    expect(visibleWhere(own, 'plan')).toEqual({ rcc: ownRcc });
    const both = { ...own, assignments: [...own.assignments, ...other.assignments] };
    expect(visibleWhere(both, 'plan')).toEqual({
      $or: expect.arrayContaining([{ rcc: ownRcc }, { rcc: otherRcc }]),
    });
  });

  test('to see everything gives a filter of nothing, whatever narrower roles are held beside it', () => {
    for (const assignments of [
      [{ role: 'auditor' as const }],
      [{ role: 'rccOfficer' as const, rcc: ownRcc }, { role: 'auditor' as const }],
    ]) {
      expect(visibleWhere({ ...holder('auditor'), assignments }, 'application')).toEqual({});
    }
  });

  test('offers only what the roles permit', () => {
    expect(
      allowedCommands(holder('regionSigner'), 'application', draft, ['edit', 'sign-off', 'submission']),
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
  const unit = fc.constantFrom(ownUnit, otherUnit);
  const assessors = fc.subarray(['a', 'b']);
  const assignment = fc.record(
    { role: fc.constantFrom(...roles), rcc, region, unit },
    { requiredKeys: ['role'] },
  ) as fc.Arbitrary<Assignment>;
  const actor = fc
    .array(assignment, { maxLength: 4 })
    .map((assignments): Actor => ({ id: 'a', kind: 'person', assignments, employers: [] }));
  const state = fc.constantFrom(...applicationStates, ...callStates, 'no such state');

  test.each(resources)('%s', (resource) => {
    const fields: Record<string, fc.Arbitrary<unknown>> = {
      ...(severalRccs.has(resource) ? { rccs: fc.array(rcc, { maxLength: 3 }) } : { rcc }),
      ...(resource === 'call' ? { regions: fc.array(region, { maxLength: 3 }) } : { region }),
      state,
      unit,
      assessors,
    };
    const place = fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Place>;
    fc.assert(
      fc.property(actor, place, fc.constantFrom(...commands), (who, where, command) => {
        expect(lets(visibleWhere(who, resource), where as Record<string, unknown>)).toBe(
          may(who, 'read', resource, where),
        );
        expect(lets(visibleWhere(who, resource, command), where as Record<string, unknown>)).toBe(
          may(who, command, resource, where),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
