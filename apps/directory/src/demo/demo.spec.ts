import { describe, expect, test } from '@jest/globals';
import { decisionRoute, email, rccCodes, regionCodes, type RccCode } from '#libs/contracts';
import { membershipFaults } from '../organisation/memberships.ts';
import { belongsTo } from '../organisation/organisation.ts';
import { kindFaults, placeFaults } from '../role-assignment/place-of-role.ts';
import { demoOrganisations } from './organisations.ts';
import { demoPeople } from './people.ts';

const today = '2026-11-24';
const codes = (kind: string): string[] =>
  demoOrganisations.filter((organisation) => organisation.kind === kind).map(({ code }) => code);
const regionsOf = (rcc: RccCode): string[] =>
  demoOrganisations
    .filter((organisation) => belongsTo(organisation, rcc, today))
    .map(({ code }) => code)
    .toSorted();

describe('the demo organisations', () => {
  test('are the six RCC, the 21 regions and the national level', () => {
    expect(codes('rcc').toSorted()).toEqual([...rccCodes].toSorted());
    expect(codes('region').toSorted()).toEqual([...regionCodes].toSorted());
    expect(codes('national')).toHaveLength(1);
  });

  test('belong together as the healthcare regions do', () => {
    expect(regionsOf('norr')).toEqual([
      'jamtland-harjedalen',
      'norrbotten',
      'vasterbotten',
      'vasternorrland',
    ]);
    expect(regionsOf('sydost')).toEqual(['jonkoping', 'kalmar', 'ostergotland']);
    expect(regionsOf('vast')).toEqual(['halland', 'vastra-gotaland']);
    expect(regionsOf('syd')).toEqual(['blekinge', 'halland', 'kronoberg', 'skane']);
    expect(rccCodes.flatMap(regionsOf)).toHaveLength(22);
  });

  test('divide Halland by municipality, each in one RCC', () => {
    const halland = demoOrganisations.find(({ code }) => code === 'halland');
    const municipalities = halland?.memberships.flatMap((membership) => membership.municipalities) ?? [];
    expect(new Set(municipalities).size).toBe(6);
    expect(halland?.memberships.find(({ rcc }) => rcc === 'vast')?.municipalities).toEqual([
      'Kungsbacka',
      'Varberg',
      'Falkenberg',
    ]);
  });

  test('have a decision route of their own where money is decided on, and nowhere else', () => {
    for (const { kind, code, decisionRoute: route } of demoOrganisations) {
      expect(route !== null).toBe(kind === 'rcc');
      if (route) expect({ code, fits: decisionRoute.safeParse(route).success }).toEqual({ code, fits: true });
    }
    const routes = demoOrganisations.flatMap(({ decisionRoute: route }) =>
      route ? [JSON.stringify(route)] : [],
    );
    expect(new Set(routes).size).toBe(6);
  });

  test('take applications everywhere but in RCC Syd, which shares out by a key', () => {
    const closed = demoOrganisations.filter(({ decisionRoute: route }) => route?.takesApplications === false);
    expect(closed.map(({ code }) => code)).toEqual(['syd']);
  });

  test('have sound memberships', () => {
    for (const { memberships } of demoOrganisations) expect(membershipFaults(memberships)).toEqual([]);
  });
});

describe('the demo people', () => {
  test('all have an address that receives no mail', () => {
    for (const person of demoPeople) {
      expect(email.safeParse(person.email).success).toBe(true);
      expect(person.email).toMatch(/\.example$/);
    }
  });

  test('have subjects and addresses of their own, and one role each', () => {
    expect(new Set(demoPeople.map(({ subject }) => subject)).size).toBe(demoPeople.length);
    expect(new Set(demoPeople.map((person) => person.email)).size).toBe(demoPeople.length);
    for (const { role, place, kind } of demoPeople) {
      expect([...placeFaults(role, place), ...kindFaults(role, kind)]).toEqual([]);
    }
  });

  test('of the assessors only one works in a region', () => {
    const assessors = demoPeople.filter(({ role }) => role === 'assessor');
    expect(
      assessors.map(({ subject, employers }) => [subject, employers.flatMap(({ region }) => region ?? [])]),
    ).toEqual([
      ['bedomare-sydost-1', []],
      ['bedomare-sydost-2', []],
      ['bedomare-ostergotland', ['ostergotland']],
    ]);
  });
});
