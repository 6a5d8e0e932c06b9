import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import * as everything from './index.ts';
import { DomainError } from './domain-error.ts';
import {
  callerNames,
  changesSomething,
  serviceNames,
  subjectOf,
  type Endpoint,
  type Rpc,
} from './endpoint.ts';
import { eventSubject, eventTypes, occurred, streamOf, type EventType } from './events.ts';
import { faultTexts } from './faults.ts';
import { problems } from './problems.ts';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof z.ZodType);
}

/** Everything the library exports, and what lies one level down in its plain objects. */
const exported = Object.values(everything)
  .flatMap((value) => (isRecord(value) && !Array.isArray(value) ? [value, ...Object.values(value)] : [value]))
  .filter(isRecord);
const endpoints = exported.filter(
  (value) => 'subject' in value && 'method' in value,
) as unknown as Endpoint[];
const questions = [
  ...(exported.filter((value) => 'subject' in value && 'request' in value) as unknown as Rpc[]),
  ...serviceNames.flatMap((service) => everything.questionsOfEvery(service)),
];
const events = exported.filter(
  (value) => 'type' in value && 'data' in value && 'aggregate' in value,
) as unknown as EventType[];

function doubles(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] ?? '').sort();

describe('contracts', () => {
  test('are found by this test at all', () => {
    expect(endpoints.length).toBeGreaterThan(30);
    expect(questions.length).toBeGreaterThan(10);
  });

  test('have one subject each', () => {
    expect(doubles([...endpoints, ...questions].map((contract) => contract.subject))).toEqual([]);
  });

  test('between processes say whether they change something', () => {
    // Whoever adds a question decides here: what changes something is taken once, whichever replica it reaches.
    const names = (writing: boolean): string[] =>
      questions.filter((contract) => changesSomething(contract) === writing).map(({ name }) => name);
    expect([...new Set(names(true))].toSorted()).toEqual([
      'apiClients.useAssertion',
      'platform.clock',
      'privacy.thin',
    ]);
    expect([...new Set(names(false))].toSorted()).toEqual([
      'actors.resolve',
      'apiClients.keys',
      'applications.notices',
      'audit.exportPage',
      'calls.notice',
      'deadlines.calendarEntries',
      'journal.entries',
      'journal.heads',
      'journal.history',
      'journal.links',
      'journal.verification',
      'organisations.decisionRoute',
      'organisations.regionsOfRcc',
      'people.contacts',
      'people.recipients',
      'plans.goal',
      'platform.health',
      'privacy.personalData',
    ]);
    expect(endpoints.map((contract) => changesSomething(contract))).toEqual(
      endpoints.map(({ method }) => method !== 'GET'),
    );
  });

  test('have one route each', () => {
    // Parameters have no say in which route a request takes.
    const routes = endpoints.map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':x')}`);
    expect(doubles(routes)).toEqual([]);
  });

  test.each([...endpoints, ...questions].map((contract) => [contract.subject, contract] as const))(
    '%s belongs to its service',
    (subject, contract) => {
      expect(serviceNames).toContain(contract.service);
      expect(subject).toBe(subjectOf(contract.service, contract.name));
      // A subject's parts are what NATS permissions are written with: no wildcards, no empty parts.
      expect(contract.name).toMatch(/^[a-z][A-Za-z]*\.[a-z][A-Za-z]*$/);
    },
  );

  test.each(endpoints.map((contract) => [`${contract.method} ${contract.path}`, contract] as const))(
    '%s is complete',
    (_name, contract) => {
      expect(contract.path).toMatch(/^(\/([a-z][a-z-]*|:[a-z][A-Za-z]*))+$/);
      expect(contract.summary.trim()).not.toBe('');
      const named = [...contract.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
      expect(Object.keys((contract.params as z.ZodObject).shape)).toEqual(named);
      for (const code of contract.problems) expect(problems).toHaveProperty(code);
      if (contract.method === 'PATCH') expect(contract.precondition).toBe('required');
      if (contract.method === 'GET') expect(contract.precondition).toBe('none');
      if (contract.location) {
        const shape = (contract.reply as z.ZodObject).shape;
        for (const [, field] of contract.location.matchAll(/:(\w+)/g))
          expect(shape).toHaveProperty(field as string);
      }
    },
  );

  test.each(endpoints.map((contract) => [`${contract.method} ${contract.path}`, contract] as const))(
    '%s refuses unknown fields and parameters',
    (_name, contract) => {
      for (const schema of [contract.params, contract.query, contract.body]) {
        const issues = schema.safeParse({ noSuchField: 1 }).error?.issues ?? [];
        expect(issues.some((issue) => issue.code === 'unrecognized_keys')).toBe(true);
      }
    },
  );

  test('share no name of a schema between two schemas', () => {
    const owners = new Map<string, unknown>();
    const clashes = new Set<string>();
    for (const { params, query, body, reply } of endpoints) {
      for (const schema of [params, query, body, reply]) {
        const id = schema.meta()?.id;
        if (id === undefined) continue;
        if (owners.has(id) && owners.get(id) !== schema) clashes.add(id);
        owners.set(id, schema);
      }
    }
    expect([...clashes]).toEqual([]);
  });

  test.each(endpoints.map((contract) => [`${contract.method} ${contract.path}`, contract] as const))(
    '%s can be described as JSON Schema',
    (_name, contract) => {
      for (const schema of [contract.params, contract.query, contract.body]) {
        expect(() => z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' })).not.toThrow();
      }
      expect(() => z.toJSONSchema(contract.reply, { target: 'draft-2020-12', io: 'output' })).not.toThrow();
    },
  );
});

describe('events', () => {
  test('are all in the list, once', () => {
    expect(events.length).toBe(eventTypes.length);
    expect(new Set(eventTypes)).toEqual(new Set(events));
    expect(doubles(eventTypes.map((each) => each.type))).toEqual([]);
  });

  test.each(eventTypes.map((each) => [each.type, each] as const))(
    '%s has an owner, a version and a name in the past tense’s form',
    (type, each) => {
      expect(callerNames).toContain(each.service);
      expect(Number.isInteger(each.version) && each.version >= 1).toBe(true);
      expect(type).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/);
      expect(each.summary.trim()).not.toBe('');
      expect(eventSubject(each.service, type)).toBe(`events.${each.service}.${type}`);
      expect(streamOf(each.service)).toMatch(/^[A-Za-z0-9_-]+$/);
    },
  );

  test.each(eventTypes.map((each) => [each.type, each] as const))(
    '%s carries only what its contract names',
    (_type, each) => {
      const issues = each.data.safeParse({ name: 'Anna', noSuchField: 1 }).error?.issues ?? [];
      expect(issues.some((issue) => issue.code === 'unrecognized_keys')).toBe(true);
    },
  );

  test('leave the private part out where there is none', () => {
    expect(occurred(everything.callCreated, { callId: 'c', rcc: 'norr' })).toEqual({
      type: 'call.created',
      version: 1,
      data: { callId: 'c', rcc: 'norr' },
    });
  });
});

describe('texts', () => {
  test.each(Object.entries(faultTexts))(
    'fault %s reads in both languages with the same placeholders',
    (_code, { sv, en }) => {
      expect(sv.trim()).not.toBe('');
      expect(en.trim()).not.toBe('');
      expect(sv).not.toBe(en);
      expect(placeholders(sv)).toEqual(placeholders(en));
    },
  );

  test.each(Object.entries(problems))(
    'problem %s reads in both languages with the same placeholders',
    (code, { status, title, detail }) => {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      for (const { sv, en } of [title, detail]) {
        expect(sv.trim()).not.toBe('');
        expect(en.trim()).not.toBe('');
        expect(sv).not.toBe(en);
        expect(placeholders(sv)).toEqual(placeholders(en));
      }
      // A title names the problem as such; what differs from case to case is the detail's.
      expect(placeholders(title.sv)).toEqual([]);
    },
  );
});

test('a refusal survives the way over the bus', () => {
  const refused = new DomainError('frame-exceeded', {
    params: { left: '1.00', needed: '2.00' },
    faults: [{ pointer: '/outcomes/0/amount', code: 'amount-zero' }],
    extra: { scope: { kind: 'call' } },
  });
  const arrived = DomainError.from(JSON.parse(JSON.stringify(refused.toMessage())));
  expect(arrived).toBeInstanceOf(DomainError);
  expect(arrived.toMessage()).toEqual(refused.toMessage());
  expect(DomainError.from({ code: 'not-found' }).toMessage()).toEqual({
    code: 'not-found',
    params: {},
    faults: [],
    extra: {},
  });
});
