import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  correctObservationEndpoint,
  createMeasureEndpoint,
  getMeasure,
  getObservation,
  importPlanEndpoint,
  listGoals,
  listMeasureAssessments,
  listMeasures,
  listObservations,
  measureCreated,
  observationCorrected,
  observationRecorded,
  recordObservationEndpoint,
} from '#libs/contracts';
import {
  type ApiAnswer,
  actorWith,
  connectTestBus,
  eventually,
  startTestProduct,
  type BusCaller,
  type TestBus,
} from '#libs/testing';

/** An answer as JSON: what is in it is what the tests are about. */
type Body = ApiAnswer['body'];

const period = { from: '2024-01-01', to: '2024-12-31' };
const over90 = { operator: '>', value: 90, unit: 'percent' };
const definition = {
  rcc: 'norr',
  title: 'Avslutande besök vid 18 års ålder',
  kind: 'ratio',
  numerator: 'Antal som fått ett avslutande besök',
  denominator: 'Antal som fyllt 18 år efter behandling',
  source: 'Journal',
  direction: 'higher',
  target: over90,
  periods: 'year',
};

let product: Awaited<ReturnType<typeof startTestProduct>>;
let bus: TestBus;
let norr: BusCaller;
let sydost: BusCaller;
let region: BusCaller;
let goal: { planId: string; goalId: string };

beforeAll(async () => {
  product = await startTestProduct({ services: ['plans', 'follow-ups'] });
  bus = await connectTestBus(product);
  norr = bus.as(actorWith('processLeader', { rcc: 'norr' }));
  sydost = bus.as(actorWith('processLeader', { rcc: 'sydost' }));
  region = bus.as(actorWith('regionSystem', { region: 'vasterbotten' }));
  const source = {
    goals: [{ id: 'g5', number: 5, goal: 'Alla ska få ett avslutande besök', targetLevel: '>90%' }],
  };
  const plan = await norr.call(importPlanEndpoint, { body: { rcc: 'norr', title: 'Plan', period, source } });
  const planId = plan.body.planId ?? '';
  const goals = await norr.call(listGoals, { params: { id: planId } });
  goal = { planId, goalId: goals.body.items[0]?.id ?? '' };
}, 120_000);

afterAll(async () => {
  await bus?.close();
  await product?.stop();
}, 60_000);

async function measure(change: object = {}): Promise<string> {
  const { body } = await norr.call(createMeasureEndpoint, { body: { ...definition, ...change } });
  return body.id;
}

const report = (measureId: string, value: unknown, change: object = {}) => ({
  measureId,
  unit: 'norr',
  period,
  value,
  ...change,
});

async function record(measureId: string, value: unknown, change: object = {}): Promise<Body> {
  return (await norr.call(recordObservationEndpoint, { body: report(measureId, value, change) })).body;
}

async function assessments(measureId: string, query: object = {}): Promise<Body> {
  return (await norr.call(listMeasureAssessments, { query: { measureId, ...query } })).body;
}

/** What came of several attempts: `done`, or the code of the refusal; sorted. */
function codesOf(outcomes: PromiseSettledResult<unknown>[]): string[] {
  const codes = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'done' : outcome.reason.code));
  return codes.toSorted((a, b) => Number(b === 'done') - Number(a === 'done'));
}

const places = (problem: { faults?: readonly { pointer: string; code: string }[] }) =>
  problem.faults?.map(({ pointer, code }) => [pointer, code]);

describe('the main job', () => {
  test('23 of 25 against a strict >90 % is met but uncertain, 75.0–97.8 %', async () => {
    const measureId = await measure({ goal });
    await record(measureId, { numerator: 23, denominator: 25 });
    expect(await assessments(measureId)).toEqual({
      items: [
        {
          measureId,
          unit: 'norr',
          period,
          value: { numerator: 23, denominator: 25 },
          estimate: 92,
          interval: { level: 0.95, method: 'wilson', low: 75, high: 97.8 },
          outcome: 'metUncertain',
          sentence:
            '23 av 25 (92,0 %; 95 % konfidensintervall 75,0–97,8 %): målet >90 % är nått, men osäkert – intervallet går över gränsen.',
        },
      ],
      page: { number: 1, limit: 20, total: 1 },
    });
  });

  test('a measure without a figure says no value, with a target and without', async () => {
    for (const target of [over90, undefined]) {
      const measureId = await measure({ target });
      const { items, page } = await assessments(measureId);
      expect(items).toEqual([
        {
          measureId,
          unit: 'norr',
          period: null,
          value: null,
          estimate: null,
          interval: null,
          outcome: 'noValue',
          sentence: 'Inget värde: ingenting har rapporterats.',
        },
      ]);
      expect(page.total).toBe(1);
      expect((await assessments(measureId, { page: '2' })).items).toEqual([]);
    }
  });

  test('a figure without a target is no judgement', async () => {
    const measureId = await measure({ target: undefined });
    await record(measureId, { numerator: 25, denominator: 25 });
    expect((await assessments(measureId)).items).toMatchObject([{ outcome: 'noTarget', estimate: 100 }]);
  });

  test('zero, missing, not applicable, suppressed, not due and waived stay six different things', async () => {
    const measureId = await measure();
    const values = [
      { numerator: 0, denominator: 25 },
      ...['missing', 'notApplicable', 'suppressed', 'notDue', 'waived'].map((state) => ({
        state,
        reason: `därför ${state}`,
      })),
    ];
    for (const [index, value] of values.entries()) {
      const year = { from: `${2010 + index}-01-01`, to: `${2010 + index}-12-31` };
      const stored = await record(measureId, value, { period: year });
      expect((await norr.call(getObservation, { params: { id: stored.id } })).body.value).toEqual(value);
    }
    const { items } = await assessments(measureId);
    expect(items.map((item: Body) => item.value)).toEqual(values.toReversed());
    expect(items.map((item: Body) => item.outcome)).toEqual([...Array(5).fill('noValue'), 'notMet']);
    expect(new Set(items.map((item: Body) => item.sentence)).size).toBe(6);
  });

  test('the newest period stands first, in assessments and lists, page by page', async () => {
    const measureId = await measure({
      periods: 'quarter',
      kind: 'count',
      target: { operator: 'about', value: 8, unit: 'perYear' },
    });
    const starts = ['2023-10-01', '2024-04-01', '2024-01-01'];
    const ends = ['2023-12-31', '2024-06-30', '2024-03-31'];
    for (const [index, from] of starts.entries())
      await record(measureId, { count: 2 }, { period: { from, to: ends[index] } });
    const pages = [
      await assessments(measureId, { limit: '2' }),
      await assessments(measureId, { limit: '2', page: '2' }),
    ];
    const items = pages.flatMap((page) => page.items);
    expect(items.map((item) => item.period.from)).toEqual(['2024-04-01', '2024-01-01', '2023-10-01']);
    // A quarter's count meets a target per year as what it amounts to in a year.
    expect(items[0]).toMatchObject({ estimate: 8, outcome: 'met' });
    const oldest = await norr.call(listObservations, { query: { measureId, sort: 'periodFrom' } });
    expect(oldest.body.items.map((item) => item.period.from)).toEqual(starts.toSorted());
  });
});

describe('a measure', () => {
  test('is read and listed by its goal as it was defined', async () => {
    const id = await measure({ goal, exclusions: 'Avlidna' });
    const { body, revision } = await norr.call(getMeasure, { params: { id } });
    expect(revision).toBe(1);
    expect(body).toMatchObject({ ...definition, id, goal, exclusions: 'Avlidna', allowed: [] });
    const listed = await norr.call(listMeasures, {
      query: { goalId: goal.goalId, planId: goal.planId, limit: '200' },
    });
    expect(listed.body.items.map((item) => item.id)).toContain(id);
    const elsewhere = await norr.call(listMeasures, { query: { goalId: 'another' } });
    expect(elsewhere.body.page.total).toBe(0);
  });

  test('repeated with its key is made once', async () => {
    const request = { body: { ...definition, title: 'En gång' }, key: 'measure-once' };
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => norr.call(createMeasureEndpoint, request)),
    );
    expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(1);
    expect(replies.filter((reply) => !reply.replayed)).toHaveLength(1);
    const other = await norr.refusal(createMeasureEndpoint, {
      ...request,
      body: { ...definition, title: 'Två' },
    });
    expect(other.code).toBe('idempotency-key-reused');
  });

  test('repeated with its key is answered also while plans does not answer', async () => {
    const request = { body: { ...definition, goal }, key: 'measure-while-plans-is-silent' };
    const first = await norr.call(createMeasureEndpoint, request);
    const plans = product.processes.get('plans')?.pid;
    if (plans === undefined) throw new Error('plans does not run');
    process.kill(plans, 'SIGSTOP');
    try {
      expect(await norr.call(createMeasureEndpoint, request)).toEqual({ ...first, replayed: true });
      const another = { ...request, key: 'another-while-plans-is-silent' };
      expect((await norr.refusal(createMeasureEndpoint, another)).code).toBe('unavailable');
    } finally {
      process.kill(plans, 'SIGCONT');
    }
  });

  test('for a goal that is not there, or is another RCC’s, is refused with the place', async () => {
    const create = (caller: BusCaller, change: object) =>
      caller.refusal(createMeasureEndpoint, { body: { ...definition, ...change } });
    expect(places(await create(norr, { goal: { ...goal, goalId: 'x' } }))).toEqual([
      ['/goal/goalId', 'unknown-goal'],
    ]);
    expect(places(await create(norr, { goal: { ...goal, planId: 'x' } }))).toEqual([
      ['/goal/planId', 'unknown-plan'],
    ]);
    expect(places(await create(sydost, { goal, rcc: 'sydost' }))).toEqual([['/goal/planId', 'unknown-plan']]);
  });

  test('has every fault of its definition named at once', async () => {
    const body = {
      ...definition,
      numerator: undefined,
      denominator: '',
      target: { ...over90, unit: 'days' },
      goal: { ...goal, goalId: 'x' },
    };
    expect(places(await norr.refusal(createMeasureEndpoint, { body }))).toEqual([
      ['/numerator', 'required'],
      ['/denominator', 'blank'],
      ['/target/unit', 'value-mismatch'],
      ['/goal/goalId', 'unknown-goal'],
    ]);
  });

  test('has a tolerance only where the target is about a figure, and is refused where it would be passed over', async () => {
    for (const operator of ['>', '>=', '<', '<=', '='] as const) {
      const body = { ...definition, target: { ...over90, operator, tolerance: 5 } };
      expect(places(await norr.refusal(createMeasureEndpoint, { body }))).toEqual([
        ['/body/target/tolerance', 'tolerance-without-about'],
      ]);
    }
    const target = { ...over90, operator: 'about' as const, tolerance: 5 };
    const { body } = await norr.call(createMeasureEndpoint, { body: { ...definition, target } });
    expect(body.target).toEqual(target);
  });

  test('is defined by its own RCC’s process leader and invisible to regions and other RCC', async () => {
    for (const caller of [
      sydost,
      region,
      bus.as(actorWith('rccOfficer', { rcc: 'norr' })),
      bus.as(actorWith('nationalOffice')),
    ]) {
      expect((await caller.refusal(createMeasureEndpoint, { body: definition })).code).toBe('forbidden');
    }
    const id = await measure();
    for (const caller of [sydost, region]) {
      expect((await caller.refusal(getMeasure, { params: { id } })).code).toBe('not-found');
      expect((await caller.refusal(listMeasureAssessments, { query: { measureId: id } })).code).toBe(
        'not-found',
      );
      expect((await caller.call(listMeasures, { query: { rcc: 'norr' } })).body.page.total).toBe(0);
    }
  });
});

describe('an observation', () => {
  test('exists once for a slot; a second report is pointed to the correction', async () => {
    const measureId = await measure();
    const { id } = await record(measureId, { numerator: 1, denominator: 2 });
    for (const key of [undefined, 'second-report']) {
      const refusal = await norr.refusal(recordObservationEndpoint, {
        body: report(measureId, { numerator: 2, denominator: 2 }),
        key,
      });
      expect(refusal).toMatchObject({
        code: 'already-exists',
        extra: { observationId: id, allowed: ['correction'] },
      });
    }
    expect((await norr.call(getObservation, { params: { id } })).body.value).toEqual({
      numerator: 1,
      denominator: 2,
    });
  });

  test('reported by twenty at the same moment is recorded by one', async () => {
    const measureId = await measure();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        norr.call(recordObservationEndpoint, {
          body: report(measureId, { numerator: index, denominator: 25 }),
          ...(index % 2 === 0 && { key: `race-${index}` }),
        }),
      ),
    );
    expect(codesOf(outcomes)).toEqual(['done', ...Array<string>(outcomes.length - 1).fill('already-exists')]);
  });

  test('repeated with its key is recorded once', async () => {
    const measureId = await measure();
    const request = { body: report(measureId, { numerator: 3, denominator: 4 }), key: 'observation-once' };
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => norr.call(recordObservationEndpoint, request)),
    );
    expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(1);
    expect(replies.filter((reply) => !reply.replayed)).toHaveLength(1);
    const others = [
      { value: { numerator: 4, denominator: 4 } },
      { period: { from: '2023-01-01', to: '2023-12-31' } },
    ];
    for (const other of others) {
      const refusal = await norr.refusal(recordObservationEndpoint, {
        ...request,
        body: { ...request.body, ...other },
      });
      expect(refusal.code).toBe('idempotency-key-reused');
    }
    // The same word from somebody else is another key.
    const colleague = bus.as({ ...actorWith('processLeader', { rcc: 'norr' }), id: 'another-leader' });
    const body = report(
      measureId,
      { numerator: 1, denominator: 4 },
      { period: { from: '2023-01-01', to: '2023-12-31' } },
    );
    expect(
      (await colleague.call(recordObservationEndpoint, { body, key: request.key })).replayed,
    ).toBeUndefined();
  });

  test('of one key sent for two slots at the same moment is one observation', async () => {
    const measureId = await measure();
    const years = Array.from({ length: 8 }, (_, index) => ({
      from: `${2000 + index}-01-01`,
      to: `${2000 + index}-12-31`,
    }));
    const outcomes = await Promise.allSettled(
      years.map((year) =>
        norr.call(recordObservationEndpoint, {
          body: report(measureId, { numerator: 1, denominator: 4 }, { period: year }),
          key: 'one-key-many-slots',
        }),
      ),
    );
    expect(codesOf(outcomes)).toEqual([
      'done',
      ...Array<string>(outcomes.length - 1).fill('idempotency-key-reused'),
    ]);
    expect((await norr.call(listObservations, { query: { measureId } })).body.page.total).toBe(1);
  });

  test('with faults is refused with all of them', async () => {
    const measureId = await measure();
    const later = new Date().getUTCFullYear() + 2;
    const refusals: [unknown, [string, string][]][] = [
      [report('unknown', { count: 1 }), [['/measureId', 'unknown-measure']]],
      [
        report(measureId, { count: 1 }, { period: { from: `${later}-02-01`, to: `${later}-02-28` } }),
        [
          ['/period', 'period-mismatch'],
          ['/period/from', 'in-the-future'],
          ['/value', 'value-mismatch'],
        ],
      ],
    ];
    for (const [body, expected] of refusals) {
      const refusal = await norr.refusal(recordObservationEndpoint, { body });
      expect(refusal.code).toBe('invalid-input');
      expect(places(refusal)).toEqual(expected);
    }
    const above = await norr.refusal(recordObservationEndpoint, {
      body: report(measureId, { numerator: 26, denominator: 25 }),
    });
    expect(places(above)?.map(([pointer, code]) => [pointer?.replace('/body', ''), code])).toEqual([
      ['/value/numerator', 'numerator-above-denominator'],
    ]);
  });

  test('is for the measure’s own RCC to report', async () => {
    const measureId = await measure();
    const value = { numerator: 1, denominator: 2 };
    const foreign = await sydost.refusal(recordObservationEndpoint, {
      body: report(measureId, value, { unit: 'sydost' }),
    });
    expect(places(foreign)).toEqual([['/measureId', 'unknown-measure']]);
    for (const caller of [sydost, region]) {
      expect((await caller.refusal(recordObservationEndpoint, { body: report(measureId, value) })).code).toBe(
        'forbidden',
      );
    }
    const both = bus.as({
      ...actorWith('processLeader', { rcc: 'norr' }),
      assignments: [
        { role: 'processLeader', rcc: 'norr' },
        { role: 'processLeader', rcc: 'sydost' },
      ],
    });
    const elsewhere = await both.refusal(recordObservationEndpoint, {
      body: report(measureId, value, { unit: 'sydost' }),
    });
    expect(places(elsewhere)).toEqual([['/unit', 'unknown-unit']]);
  });
});

describe('a correction', () => {
  test('adds a version with its reason and changes the assessment; the first report can still be read', async () => {
    const measureId = await measure();
    const { id } = await record(measureId, { numerator: 23, denominator: 25 });
    const body = { ...report(measureId, { numerator: 10, denominator: 25 }), reason: 'Dubbelräknade' };
    const { body: corrected, revision } = await norr.call(correctObservationEndpoint, {
      params: { id },
      body,
    });
    expect(revision).toBe(2);
    expect(corrected).toMatchObject({
      value: { numerator: 10, denominator: 25 },
      version: 2,
      versions: [
        {
          version: 1,
          value: { numerator: 23, denominator: 25 },
          recordedBy: 'processLeader-norr',
          reason: null,
        },
        {
          version: 2,
          value: { numerator: 10, denominator: 25 },
          recordedBy: 'processLeader-norr',
          reason: 'Dubbelräknade',
        },
      ],
      allowed: ['correction'],
    });
    expect((await norr.call(getObservation, { params: { id } })).body).toEqual(corrected);
    expect((await assessments(measureId)).items).toMatchObject([{ outcome: 'notMet' }]);
  });

  test('cannot move the observation, nor take a value that does not fit', async () => {
    const measureId = await measure();
    const { id } = await record(measureId, { numerator: 23, denominator: 25 });
    const body = {
      measureId: 'another',
      unit: 'sydost',
      period: { from: '2023-01-01', to: '2023-12-31' },
      value: { count: 3 },
      reason: 'x',
    };
    expect(places(await norr.refusal(correctObservationEndpoint, { params: { id }, body }))).toEqual([
      ['/measureId', 'not-allowed-value'],
      ['/unit', 'not-allowed-value'],
      ['/period/from', 'not-allowed-value'],
      ['/period/to', 'not-allowed-value'],
      ['/value', 'value-mismatch'],
    ]);
    expect((await norr.call(getObservation, { params: { id } })).body.version).toBe(1);
  });

  test('puts no figure into a period that has not begun', async () => {
    const measureId = await measure();
    const year = new Date().getUTCFullYear() + 2;
    const later = { period: { from: `${year}-01-01`, to: `${year}-12-31` } };
    const { id } = await record(measureId, { state: 'notDue', reason: 'Mäts senare' }, later);
    const correction = (value: object) => ({
      params: { id },
      body: { ...report(measureId, value, later), reason: 'x' },
    });
    const figure = correction({ numerator: 1, denominator: 2 });
    expect(places(await norr.refusal(correctObservationEndpoint, figure))).toEqual([
      ['/period/from', 'in-the-future'],
    ]);
    const waived = correction({ state: 'waived', reason: 'Beslut 12' });
    expect((await norr.call(correctObservationEndpoint, waived)).body.version).toBe(2);
  });

  test('is made once under its key, and not over what somebody else changed', async () => {
    const measureId = await measure();
    const { id } = await record(measureId, { numerator: 23, denominator: 25 });
    const body = {
      ...report(measureId, { state: 'suppressed', reason: 'Få personer' }),
      reason: 'Röjanderisk',
    };
    const request = { params: { id }, body, ifMatch: 1, key: 'correct-once' };
    await norr.call(correctObservationEndpoint, request);
    expect(await norr.call(correctObservationEndpoint, request)).toMatchObject({
      replayed: true,
      body: { version: 2 },
    });
    const stale = await norr.refusal(correctObservationEndpoint, { params: { id }, body, ifMatch: 1 });
    expect(stale).toMatchObject({ code: 'precondition-failed', params: { etag: '"2"' } });
  });

  test('is refused to who may not, without a word to who may not know', async () => {
    const measureId = await measure();
    const { id } = await record(measureId, { numerator: 23, denominator: 25 });
    const request = {
      params: { id },
      body: { ...report(measureId, { numerator: 1, denominator: 25 }), reason: 'x' },
    };
    for (const caller of [sydost, region]) {
      expect((await caller.refusal(correctObservationEndpoint, request)).code).toBe('not-found');
      expect((await caller.refusal(getObservation, { params: { id } })).code).toBe('not-found');
      expect((await caller.call(listObservations, { query: {} })).body.page.total).toBe(0);
    }
    const office = bus.as(actorWith('rccOfficer', { rcc: 'norr' }));
    expect((await office.refusal(correctObservationEndpoint, request)).code).toBe('forbidden');
    expect((await office.call(getObservation, { params: { id } })).body.allowed).toEqual([]);
  });
});

test('what happened is told on the bus in ids, days and codes', async () => {
  const [created, recorded, corrected] = [measureCreated, observationRecorded, observationCorrected].map(
    (type) => bus.listen(type),
  );
  const measureId = await measure({ title: 'Hemlig rubrik' });
  const { id } = await record(measureId, { state: 'missing', reason: 'Hemlig orsak' });
  const body = { ...report(measureId, { numerator: 1, denominator: 1 }), reason: 'Hemlig rättelse' };
  await norr.call(correctObservationEndpoint, { params: { id }, body });
  const about = (events: typeof created, aggregate: string) =>
    events?.filter((event) => event.aggregateid === aggregate) ?? [];
  await eventually(
    () =>
      about(corrected, id).length > 0 &&
      about(recorded, id).length > 0 &&
      about(created, measureId).length > 0,
  );
  expect(about(created, measureId)).toMatchObject([{ data: { measureId, rcc: 'norr', kind: 'ratio' } }]);
  const facts = { observationId: id, measureId, unit: 'norr', from: period.from, to: period.to };
  expect(about(recorded, id)).toMatchObject([{ sequence: 1, data: { ...facts, state: 'missing' } }]);
  expect(about(corrected, id)).toMatchObject([
    { sequence: 2, data: { ...facts, state: 'reported', observationVersion: 2 } },
  ]);
  expect(JSON.stringify([created, recorded, corrected])).not.toContain('Hemlig');
});
