import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  apiClientView,
  applicationView,
  assessmentView,
  callView,
  documentTypes,
  measureView,
  notificationView,
  observationView,
  organisationView,
  personView,
  roleAssignmentView,
  thinnable,
} from '#libs/contracts';
import { type RecordKind } from '#libs/service';
import { applicationsRecords } from '../apps/applications/src/applications.records.ts';
import { AccessThinning } from '../apps/audit/src/access/access-thinning.store.ts';
import { auditRecords } from '../apps/audit/src/audit.records.ts';
import { directoryRecords } from '../apps/directory/src/directory.records.ts';
import { followUpsRecords } from '../apps/follow-ups/src/follow-ups.records.ts';
import { MailPrivacyRepository } from '../apps/notifications/src/mail/mail-privacy.repository.ts';
import { notificationsRecords } from '../apps/notifications/src/notifications.records.ts';
import { plansRecords } from '../apps/plans/src/plans.records.ts';

/** The kinds of a service, without repositories: what they declare does not hang on those. */
const kindsOf = ({ useFactory, inject = [] }: typeof applicationsRecords): readonly RecordKind[] =>
  (useFactory as (...made: unknown[]) => RecordKind[])(...inject.map(() => ({})));

const records = {
  applications: kindsOf(applicationsRecords),
  plans: kindsOf(plansRecords),
  'follow-ups': kindsOf(followUpsRecords),
  notifications: kindsOf(notificationsRecords),
  directory: kindsOf(directoryRecords),
  audit: kindsOf(auditRecords),
};
const kindOf = (service: keyof typeof records, resource: string): RecordKind | undefined =>
  records[service].find((kind) => kind.resource === resource);

/** Paths of what is marked as personal in a schema, as records write them. */
function markedIn(schema: z.ZodType, path = ''): string[] {
  if (schema.meta()?.['personal'] === true) return [path];
  const under = (inner: unknown, step: string): string[] =>
    markedIn(inner as z.ZodType, path === '' ? step : `${path}.${step}`);
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape as Record<string, unknown>).flatMap(([name, inner]) =>
      under(inner, name),
    );
  }
  if (schema instanceof z.ZodArray) return under(schema.element, '*');
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return markedIn(schema.unwrap() as z.ZodType, path);
  }
  if (schema instanceof z.ZodUnion) {
    return [...new Set(schema.options.flatMap((option) => markedIn(option as z.ZodType, path)))];
  }
  return [];
}

/** Is there anything in the schema under this path? */
function has(schema: z.ZodType, steps: readonly string[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return has(schema.unwrap() as z.ZodType, steps);
  }
  if (schema instanceof z.ZodArray) return step === '*' && has(schema.element as z.ZodType, rest);
  const inner = schema instanceof z.ZodObject ? (schema.shape as Record<string, unknown>)[step] : undefined;
  return inner !== undefined && has(inner as z.ZodType, rest);
}

describe('what contracts mark as personal and what records name is the same', () => {
  const cases: [string, RecordKind | undefined, z.ZodType, string?][] = [
    ['application', kindOf('applications', 'application'), applicationView],
    ['assessment', kindOf('applications', 'application'), assessmentView, 'assessments.*.'],
    ['call', kindOf('applications', 'call'), callView],
    ['observation', kindOf('follow-ups', 'observation'), observationView],
    ['measure', kindOf('follow-ups', 'measure'), measureView],
    ['organisation', kindOf('directory', 'organisation'), organisationView],
    ['person', kindOf('directory', 'person'), personView],
    ['role-assignment', kindOf('directory', 'role-assignment'), roleAssignmentView],
    ['api-client', kindOf('directory', 'api-client'), apiClientView],
  ];

  test.each(cases)('for %s', (_name, kind, schema, under = '') => {
    if (!kind) throw new Error('no such kind');
    const named = kind.personal
      .filter((path) => path.startsWith(under))
      .map((path) => path.slice(under.length))
      .filter((path) => has(schema, path.split('.')));
    expect(markedIn(schema).toSorted()).toEqual(named.toSorted());
  });

  test('for a mail', () => {
    expect(markedIn(notificationView)).toEqual(mails.personal);
  });

  test('and this test finds marks at all', () => {
    expect(markedIn(applicationView)).toContain('contact.email');
    expect(has(applicationView, ['signedOff', 'by'])).toBe(true);
    expect(has(applicationView, ['submittedBy'])).toBe(false);
  });
});

// Its declarations alone; it has no database here.
const mails = new MailPrivacyRepository({
  name: 'none',
  getClient: () => ({ db: () => ({ collection: () => ({}) }) }),
} as never);

const accesses = new AccessThinning({} as never, {} as never, {} as never, {} as never);

describe('what can be thinned', () => {
  test('is what its owners declare, with the same events', () => {
    const declared: [string, unknown][] = Object.entries(records).flatMap(([service, kinds]) =>
      kinds
        .filter(({ thinning }) => thinning)
        .map(({ resource, thinning }): [string, unknown] => [
          resource,
          { service, events: Object.keys(thinning?.events ?? {}) },
        ]),
    );
    declared.push([mails.type, { service: 'notifications', events: mails.thinningEvents }]);
    declared.push([accesses.type, { service: 'audit', events: accesses.thinningEvents }]);
    expect(Object.fromEntries(declared)).toEqual(thinnable);
  });

  test.each(
    Object.values(records)
      .flat()
      .filter(({ thinning }) => thinning)
      .map((kind) => [kind.resource, kind] as const),
  )(
    '%s keeps and blanks only what it names as personal, and is recorded as an event of its own',
    (resource, { personal, thinning, owner }) => {
      for (const path of [...(thinning?.keeps ?? []), ...Object.keys(thinning?.blanks?.('x') ?? {})])
        expect(personal).toContain(path);
      if (owner !== undefined) expect(personal).toContain(owner);
      expect(documentTypes).toContain(resource);
      expect(thinning?.recordedAs.aggregate).toBe(resource);
      expect(thinning?.recordedAs.service).toBe(thinnable[resource as keyof typeof thinnable].service);
    },
  );
});
