import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { createApplication } from './applications.ts';
import { createCall } from './calls.ts';
import { DomainError } from './domain-error.ts';
import { faultTexts, type Fault } from './faults.ts';
import { createMeasure, observationValue, recordObservation } from './measures.ts';
import { importPlan } from './plans.ts';
import { faultsOf, parseInput, pointerOf } from './zod-faults.ts';

function faults(schema: z.ZodType, input: unknown): Fault[] {
  const result = schema.safeParse(input, { reportInput: true });
  return result.success ? [] : faultsOf(result.error);
}

const places = (found: Fault[]): string[] => found.map((fault) => `${fault.pointer} ${fault.code}`).sort();

/** Reads a pointer the way RFC 6901 says, to check what we write. */
function resolve(document: unknown, pointer: string): unknown {
  const steps = pointer === '' ? [] : pointer.slice(1).split('/');
  return steps.reduce<unknown>((value, step) => {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    return (value as Record<string, unknown>)[key];
  }, document);
}

describe('pointers', () => {
  test('escape ~ and / in that order', () => {
    expect(pointerOf(['a/b', 'm~n', '~1', '', 0])).toBe('/a~1b/m~0n/~01//0');
    expect(pointerOf([])).toBe('');
  });

  test('lead back to the place they name, whatever the keys are', () => {
    const key = fc
      .string({ unit: fc.constantFrom(...'~/01aå ."\\'), maxLength: 5 })
      .filter((name) => name !== '__proto__');
    fc.assert(
      fc.property(fc.array(key, { maxLength: 5 }), (path) => {
        const document = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), 'here');
        expect(resolve(document, pointerOf(path))).toBe('here');
      }),
    );
  });

  test('of unknown keys are escaped too', () => {
    expect(faults(z.strictObject({}), { 'a/b~c': 1 })).toEqual([
      { pointer: '/a~1b~0c', code: 'unknown-field' },
    ]);
  });
});

describe('every fault of an input is named at once', () => {
  test('in a call', () => {
    const found = faults(createCall, {
      rcc: 'mitt',
      title: ' ',
      opensOn: '2026-02-30',
      frame: { amount: '1e6', currency: 'EUR' },
      themes: [{ id: 'Ett tema', title: 'x', frame: { amount: 5, currency: 'SEK' } }, { id: 'b' }],
      criteria: [{ id: 'nytta', title: 'Nytta', scale: { min: 5, max: 5 }, weight: 0 }],
      reporting: [{ kind: 'weekly', dueOn: '2027-01-01' }],
      rollingIntake: 'ja',
      $where: '1',
    });
    expect(places(found)).toEqual(
      [
        '/rcc not-allowed-value',
        '/title blank',
        '/opensOn invalid-day',
        '/closesOn required',
        '/frame/amount invalid-amount',
        '/frame/currency invalid-currency',
        '/themes/0/id invalid-format',
        '/themes/0/frame/amount wrong-type',
        '/themes/1/title required',
        '/criteria/0/scale/min range-reversed',
        '/criteria/0/weight not-above',
        '/reporting/0/kind not-allowed-value',
        '/rollingIntake wrong-type',
        '/$where unknown-field',
      ].sort(),
    );
  });

  test('in an application', () => {
    const found = faults(createApplication, {
      callId: { $ne: 1 },
      region: 'ostergotland',
      contact: { name: 'A', email: 'a@b', phone: '1' },
      budget: [
        { line: 'salary', year: 2027.5, amount: { amount: '-1.00', currency: 'SEK' } },
        { line: 'beer', year: 1999, amount: { amount: '1.000', currency: 'SEK' }, note: '\u0000' },
      ],
      period: { from: '2027-12-31', to: '2027-01-01' },
    });
    expect(places(found)).toEqual(
      [
        '/callId wrong-type',
        '/contact/email invalid-email',
        '/contact/phone unknown-field',
        '/budget/0/year wrong-type',
        '/budget/0/amount/amount invalid-amount',
        '/budget/1/line not-allowed-value',
        '/budget/1/year too-small',
        '/budget/1/amount/amount invalid-amount',
        '/budget/1/note invalid-text',
        '/period/to period-reversed',
      ].sort(),
    );
  });

  test('in an import, deep down', () => {
    const found = faults(importPlan, {
      rcc: 'norr',
      title: 'Plan',
      period: { from: '2024-01-01', to: '2026-12-31' },
      source: {
        goals: [{ id: 'g1', goal: '' }],
        rows: [
          {
            id: 'r1',
            goalArea: 1,
            what: 'x',
            how: ['a'],
            when: [7],
            who: [],
            pairing: [{ how: -1, extra: 1 }],
          },
        ],
      },
    });
    expect(places(found)).toEqual([
      '/source/goals/0/goal blank',
      '/source/rows/0/pairing/0/extra unknown-field',
      '/source/rows/0/pairing/0/how too-small',
      '/source/rows/0/when/0 wrong-type',
    ]);
  });

  test.each([null, [], 'text', 7, true])('%p where an object belongs', (input) => {
    expect(places(faults(createMeasure, input))).toEqual([' wrong-type']);
  });

  test('no input at all', () => {
    expect(faults(createMeasure, undefined)).toEqual([{ pointer: '', code: 'required' }]);
  });

  test('a percentage above one hundred says what the most is', () => {
    const found = faults(createMeasure.shape.target, { operator: '>', value: 101, unit: 'percent' });
    expect(found).toEqual([{ pointer: '/value', code: 'too-large', params: { maximum: 100 } }]);
  });
});

describe('an observation that fits none of the forms is told what the form it meant lacks', () => {
  test.each<[unknown, string[]]>([
    [{ numerator: 23 }, ['/denominator required']],
    [{ numerator: 26, denominator: 25 }, ['/numerator numerator-above-denominator']],
    [{ numerator: 'a', denominator: 'b' }, ['/denominator wrong-type', '/numerator wrong-type']],
    [{ numerator: -1, denominator: 0.5 }, ['/denominator wrong-type', '/numerator too-small']],
    [{ numerator: 1, denominator: 2, percent: 50 }, ['/percent unknown-field']],
    [{ count: -1 }, ['/count too-small']],
    [{ count: '5' }, ['/count wrong-type']],
    [{ level: 'hög' }, ['/level wrong-type']],
    [{ level: 1e9 }, ['/level too-large']],
    [{ yesNo: 'ja', evidence: 5 }, ['/evidence wrong-type', '/yesNo wrong-type']],
    [{ state: 'missing' }, ['/reason required']],
    [{ state: 'unknown', reason: '' }, ['/reason blank', '/state not-allowed-value']],
    [{ state: 'missing', reason: 'x', count: 5 }, ['/count unknown-field']],
  ])('%j', (value, expected) => {
    expect(places(faults(observationValue, value))).toEqual(expected);
    const observation = {
      measureId: 'm',
      unit: 'norr',
      period: { from: '2024-01-01', to: '2024-12-31' },
      value,
    };
    expect(places(faults(recordObservation, observation))).toEqual(expected.map((place) => `/value${place}`));
  });

  test.each([[{}], [{ percent: 92 }], [92], ['23/25'], [null], [[]]])(
    '%j looks like none of them',
    (value) => {
      expect(faults(observationValue, value)).toEqual([
        { pointer: '', code: 'no-variant-matches', params: { allowed: expect.any(String) } },
      ]);
    },
  );

  test('the forms there are, are named', () => {
    expect(faults(observationValue, {})[0]?.params).toEqual({
      allowed: '{ numerator, denominator } | { count } | { level } | { yesNo } | { state, reason }',
    });
    expect(faults(observationValue, 92)[0]?.params).toEqual({ allowed: 'object' });
  });

  test('none at all is missing', () => {
    const found = faults(recordObservation, {
      measureId: 'm',
      unit: 'norr',
      period: { from: '2024-01-01', to: '2024-12-31' },
    });
    expect(found).toEqual([{ pointer: '/value', code: 'required' }]);
  });
});

describe('whatever the input, each fault', () => {
  const schemas = [createCall, createApplication, createMeasure, recordObservation, importPlan];

  test('has a text in both languages whose every placeholder is filled', () => {
    const keys = fc.constantFrom(
      ...[
        'rcc',
        'title',
        'period',
        'from',
        'to',
        'value',
        'numerator',
        'count',
        'state',
        'frame',
        'themes',
        'a/~b',
      ],
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.dictionary(keys, tie('tree')),
        fc.array(tie('tree'), { maxLength: 3 }),
      ),
    }));
    fc.assert(
      fc.property(fc.constantFrom(...schemas), tree, (schema, input) => {
        for (const fault of faults(schema, input)) {
          for (const text of Object.values(faultTexts[fault.code])) {
            for (const [, name] of text.matchAll(/\{(\w+)\}/g))
              expect(fault.params).toHaveProperty(name as string);
          }
          // A place that exists, or one level below a place that exists.
          const parent = fault.pointer.slice(0, Math.max(0, fault.pointer.lastIndexOf('/')));
          expect(resolve(input, parent)).toBeDefined();
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseInput', () => {
  test('gives back what was sent, with the usual values filled in', () => {
    expect(parseInput(z.strictObject({ a: z.number().default(1) }), {})).toEqual({ a: 1 });
  });

  test('refuses as invalid-input, with the root before the pointers and the caller’s word for unknown keys', () => {
    const refused = (): unknown =>
      parseInput(z.strictObject({ a: z.string() }), { b: 1 }, '/query', 'unknown-parameter');
    expect(refused).toThrow(DomainError);
    try {
      refused();
    } catch (error) {
      expect((error as DomainError).code).toBe('invalid-input');
      expect((error as DomainError).faults).toEqual([
        { pointer: '/query/a', code: 'required' },
        { pointer: '/query/b', code: 'unknown-parameter' },
      ]);
    }
    expect.assertions(3);
  });

  test('does not let a key of Object through as something known', () => {
    const input = JSON.parse('{"__proto__":{"a":1},"constructor":1,"toString":1}') as unknown;
    expect(places(faults(z.strictObject({}), input))).toEqual([
      '/__proto__ unknown-field',
      '/constructor unknown-field',
      '/toString unknown-field',
    ]);
  });
});
