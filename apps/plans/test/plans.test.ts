import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  getPlan,
  goalExists,
  importPlanEndpoint,
  interpretWhen,
  listActivities,
  listGoals,
  listPlans,
  planImported,
  type Endpoint,
} from '#libs/contracts';
import {
  type ApiAnswer,
  actorWith,
  connectTestBus,
  eventually,
  startTestProduct,
  type BusCaller,
  type BusRequest,
  type TestBus,
} from '#libs/testing';
import { hasSharedData, sharedPlan, sharedRemark, stringsIn } from './shared-plans.ts';

/** An answer as JSON: what is in it is what the tests are about. */
type Body = ApiAnswer['body'];

const period = { from: '2025-01-01', to: '2025-12-31' };
const small = {
  rcc: 'norr',
  title: 'En liten plan',
  period,
  source: {
    meta: { planYear: 2025, goalAreas: [{ number: 3, name: 'Stöd hemma' }], $ne: { 'a.b': '\u0000' } },
    goals: [
      {
        id: 'g1',
        number: 1,
        goal: 'Fler ska få besök hemma',
        targetLevel: '>90%',
        due: { raw: '2025' },
        comment: 'Igång.',
      },
      {
        id: 'g2',
        goal: 'Ett mål utan siffra',
        due: { raw: 'när det går' },
        uncertain: true,
        note: 'Otydligt.',
      },
    ],
    rows: [
      {
        id: 'a1',
        goalArea: 3,
        section: 'Hemma',
        what: 'Starta besök',
        how: ['Fråga familjer', 'Boka bil'],
        when: ['2025', '21 mars 2025'],
        who: ['Samordnare', 'Samordnare', 'Enhetschef?'],
        pairing: [
          { how: 0, when: 0, who: [0, 2] },
          { how: 1, when: 1 },
        ],
        source: { sida: 4, $where: '1' },
      },
      { id: 'a2', goalArea: 4, what: 'Öva', how: ['Öva'], when: ['Kontinuerligt'], who: ['Alla'] },
    ],
  },
};

let product: Awaited<ReturnType<typeof startTestProduct>>;
let bus: TestBus;
let norr: BusCaller;
let sydost: BusCaller;
let region: BusCaller;

beforeAll(async () => {
  product = await startTestProduct({ services: ['plans'] });
  bus = await connectTestBus(product);
  norr = bus.as(actorWith('processLeader', { rcc: 'norr' }));
  sydost = bus.as(actorWith('processLeader', { rcc: 'sydost' }));
  region = bus.as(actorWith('regionSystem', { region: 'vasterbotten' }));
}, 120_000);

afterAll(async () => {
  await bus?.close();
  await product?.stop();
}, 60_000);

/** All pages of a list, so that nothing hides behind a page's end. */
async function all<E extends Endpoint>(
  caller: BusCaller,
  contract: E,
  request: BusRequest<E>,
): Promise<Body[]> {
  const items: Body[] = [];
  for (let page = 1; ; page += 1) {
    const query = { ...(request.query as object), limit: '50', page: String(page) } as never;
    const { body } = (await caller.call(contract, { ...request, query })) as { body: Body };
    items.push(...body.items);
    if (items.length >= body.page.total || body.items.length === 0) return items;
  }
}

async function imported(caller: BusCaller, body: unknown): Promise<Body> {
  return (await caller.call(importPlanEndpoint, { body })).body;
}

describe('an import', () => {
  test('is answered with what was counted and what a person should look at', async () => {
    const reply = await norr.call(importPlanEndpoint, { body: small });
    expect(reply.status).toBeUndefined();
    expect(reply.body).toEqual({
      planId: expect.any(String),
      imported: { goals: 2, activities: 2, hows: 3, whens: 3 },
      doubtful: [
        { sourceId: 'g2', field: 'note', reason: 'Källan är osäker här: Otydligt.' },
        { sourceId: 'g2', field: 'due', reason: expect.stringContaining('”när det går”') },
        { sourceId: 'a1', field: 'who', reason: expect.stringContaining('”Enhetschef?”') },
      ],
    });
  });

  test('keeps words, order, duplicates and pairing, and names its ids for good', async () => {
    const { planId } = await imported(norr, small);
    const goals = await all(norr, listGoals, { params: { id: planId } });
    expect(goals[0]).toEqual({
      id: expect.any(String),
      sourceId: 'g1',
      number: 1,
      text: 'Fler ska få besök hemma',
      baseline: null,
      targetLevel: { text: '>90%', operator: '>', value: 90, unit: 'percent' },
      due: { text: '2025', on: '2025-12-31' },
      followUp: null,
      comments: [{ year: 2025, text: 'Igång.' }],
      source: small.source.goals[0],
    });
    const activities = await all(norr, listActivities, { params: { id: planId } });
    expect(activities[0]).toMatchObject({
      sourceId: 'a1',
      goalArea: 3,
      section: 'Hemma',
      how: [{ text: 'Fråga familjer' }, { text: 'Boka bil' }],
      when: [
        { text: '2025', understood: 'fully', parts: [{ kind: 'window', ...period }] },
        { text: '21 mars 2025', understood: 'fully', parts: [{ kind: 'date', on: '2025-03-21' }] },
      ],
      who: [{ text: 'Samordnare' }, { text: 'Samordnare' }, { text: 'Enhetschef?' }],
      pairing: [
        { how: 0, when: 0, who: [0, 2] },
        { how: 1, when: 1 },
      ],
      source: small.source.rows[0],
    });
    const again = await all(norr, listGoals, { params: { id: planId } });
    expect(again.map((goal) => goal.id)).toEqual(goals.map((goal) => goal.id));
  });

  test('stores what looks like database operators as the words they are', async () => {
    const { planId } = await imported(norr, small);
    const { body, revision } = await norr.call(getPlan, { params: { id: planId } });
    expect(revision).toBe(1);
    expect(body).toMatchObject({
      rcc: 'norr',
      title: 'En liten plan',
      period,
      state: 'draft',
      goalAreas: [
        { number: 3, name: 'Stöd hemma', sections: ['Hemma'] },
        { number: 4, name: 'Målområde 4', sections: [] },
      ],
      counts: { goals: 2, activities: 2, hows: 3, whens: 3 },
      source: { meta: small.source.meta },
    });
  });

  test('as a preview answers the same, with 200, and stores nothing', async () => {
    const before = await all(norr, listPlans, { query: {} });
    const reply = await norr.call(importPlanEndpoint, {
      body: small,
      query: { preview: 'true' },
      key: 'preview-1',
    });
    const real = await imported(norr, small);
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({ ...real, planId: null });
    expect(await all(norr, listPlans, { query: {} })).toHaveLength(before.length + 1);
  });

  test('is told on the bus in codes and counts, once', async () => {
    const told = bus.listen(planImported);
    const key = 'told-once';
    const { planId } = (await norr.call(importPlanEndpoint, { body: small, key })).body;
    await norr.call(importPlanEndpoint, { body: small, key });
    await eventually(() => told.length > 0);
    // A second import after it, so that a second event of the first would have come by now.
    const later = await imported(norr, small);
    await eventually(() => told.some((event) => event.aggregateid === later.planId));
    const events = told.filter((event) => event.aggregateid === planId);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: 'plan.imported',
      sequence: 1,
      actor: { role: 'processLeader', rcc: 'norr' },
      data: { planId, rcc: 'norr', goals: 2, activities: 2 },
    });
    expect(JSON.stringify(events)).not.toContain('liten plan');
  });

  test('repeated with its key makes one plan; the key with another body is refused', async () => {
    const key = 'import-once';
    const first = await norr.call(importPlanEndpoint, { body: small, key });
    const repeats = await Promise.all(
      [1, 2, 3].map(() => norr.call(importPlanEndpoint, { body: small, key })),
    );
    for (const repeat of repeats) expect(repeat).toEqual({ ...first, replayed: true });
    const other = await norr.refusal(importPlanEndpoint, { body: { ...small, title: 'En annan' }, key });
    expect(other.code).toBe('idempotency-key-reused');
  });

  test('is the work of the RCC’s own process leader', async () => {
    for (const caller of [
      sydost,
      region,
      bus.as(actorWith('nationalOffice')),
      bus.as(actorWith('rccOfficer', { rcc: 'norr' })),
    ]) {
      const refusal = await caller.refusal(importPlanEndpoint, { body: small });
      expect(refusal.code).toBe('forbidden');
    }
  });
});

describe('a source that cannot be taken in', () => {
  const withSource = (source: unknown) => ({ ...small, source });
  const row = { id: 'r1', goalArea: 1, what: 'Något', how: ['a'], when: [], who: [] };

  test.each<[string, unknown, [string, string][]]>([
    ['no entries', {}, [['/source', 'too-few']]],
    ['empty lists', { goals: [], rows: [] }, [['/source', 'too-few']]],
    [
      'ids that occur twice',
      { goals: [{ id: 'x', goal: 'A' }], rows: [{ ...row, id: 'x' }, row, row] },
      [
        ['/source/rows/0/id', 'duplicate'],
        ['/source/rows/2/id', 'duplicate'],
      ],
    ],
    [
      'pairing outside the lists',
      { rows: [{ ...row, pairing: [{ how: 1, when: 0, who: [0] }, { how: 0 }] }] },
      [
        ['/source/rows/0/pairing/0/how', 'pairing-out-of-range'],
        ['/source/rows/0/pairing/0/when', 'pairing-out-of-range'],
        ['/source/rows/0/pairing/0/who/0', 'pairing-out-of-range'],
      ],
    ],
    [
      'more NÄR than one answer can carry',
      {
        rows: Array.from({ length: 16 }, (_, index) => ({
          ...row,
          id: `r${index}`,
          when: Array(200).fill('2025'),
        })),
      },
      [['/source/rows', 'too-many']],
    ],
    [
      'more doubts than one answer can carry',
      {
        rows: Array.from({ length: 1001 }, (_, index) => ({
          ...row,
          id: `r${index}`,
          what: '?',
          how: [],
          uncertain: true,
        })),
      },
      [['/source', 'too-many']],
    ],
  ])('%s', async (_, source, expected) => {
    const refusal = await norr.refusal(importPlanEndpoint, { body: withSource(source) });
    expect(refusal.code).toBe('invalid-input');
    expect(refusal.faults?.map(({ pointer, code }) => [pointer, code])).toEqual(expected);
  });

  test('unknown fields, wrong types and blank texts are named with their places, all at once', async () => {
    const source = {
      rows: [{ ...row, hwo: 'x', what: ' ', how: [1] }],
      extra: 1,
      goals: [{ id: 'g', goal: 'A', due: { raw: '2025', end: '2025-02-30' } }],
    };
    const refusal = await norr.refusal(importPlanEndpoint, { body: withSource(source) });
    const faults = refusal.faults?.map(({ pointer, code }) => [pointer.replace('/body', ''), code]);
    expect(faults).toHaveLength(5);
    expect(faults).toEqual(
      expect.arrayContaining([
        ['/source/extra', 'unknown-field'],
        ['/source/rows/0/hwo', 'unknown-field'],
        ['/source/rows/0/what', 'blank'],
        ['/source/rows/0/how/0', 'wrong-type'],
        ['/source/goals/0/due/end', 'invalid-day'],
      ]),
    );
  });

  test('more than a mebibyte is refused', async () => {
    const rows = Array.from({ length: 60 }, (_, index) => ({
      ...row,
      id: `r${index}`,
      how: Array(2).fill('å'.repeat(9000)),
    }));
    const refusal = await norr.refusal(importPlanEndpoint, { body: withSource({ rows }) });
    expect(refusal).toMatchObject({ code: 'body-too-large', params: { limit: '1 MiB' } });
  });

  test('the largest that is taken in can be read again in one page', async () => {
    const rows = Array.from({ length: 150 }, (_, index) => ({
      ...row,
      id: `r${index}`,
      when: Array.from({ length: 20 }, () => '"'.repeat(160)),
    }));
    const { planId } = await imported(norr, withSource({ rows }));
    const { body } = await norr.call(listActivities, { params: { id: planId }, query: { limit: '200' } });
    expect(body.items).toHaveLength(150);
  });
});

describe('who may see a plan', () => {
  test('another RCC and a region get not-found, and neither list nor total betrays it', async () => {
    const { planId } = await imported(norr, small);
    for (const caller of [sydost, region]) {
      for (const contract of [getPlan, listGoals, listActivities]) {
        expect((await caller.refusal(contract, { params: { id: planId } })).code).toBe('not-found');
      }
      const { body } = await caller.call(listPlans, { query: { rcc: 'norr' } });
      expect(body).toMatchObject({ items: [], page: { total: 0 } });
    }
  });

  test('the office, the nation and the auditor read it; lists leave out the source', async () => {
    const { planId } = await imported(norr, small);
    for (const actor of [
      actorWith('rccOfficer', { rcc: 'norr' }),
      actorWith('nationalOffice'),
      actorWith('auditor'),
    ]) {
      const plans = await all(bus.as(actor), listPlans, { query: { sort: 'title' } });
      expect(plans.find((plan) => plan.id === planId)).toMatchObject({
        title: 'En liten plan',
        source: null,
      });
    }
  });

  test('what follow-ups may know of a goal is what the caller may know', async () => {
    const { planId } = await imported(norr, small);
    const [goal] = await all(norr, listGoals, { params: { id: planId } });
    const followUps = await connectTestBus(product, 'follow-ups');
    const ask = (rcc: string, goalId: string) =>
      followUps.client.ask(goalExists, { planId, goalId }, { actor: actorWith('processLeader', { rcc }) });
    expect(await ask('norr', goal.id)).toEqual({ plan: true, goal: true, rcc: 'norr' });
    expect(await ask('norr', 'another')).toEqual({ plan: true, goal: false, rcc: 'norr' });
    expect(await ask('sydost', goal.id)).toEqual({ plan: false, goal: false, rcc: null });
    await followUps.close();
  });
});

test('activities are found by goal area, and pages neither repeat nor skip', async () => {
  const { planId } = await imported(norr, small);
  const { body } = await norr.call(listActivities, { params: { id: planId }, query: { goalArea: '4' } });
  expect(body.items.map((activity) => activity.sourceId)).toEqual(['a2']);
  const second = await norr.call(listActivities, {
    params: { id: planId },
    query: { limit: '1', page: '2' },
  });
  expect(second.body).toMatchObject({ items: [{ sourceId: 'a2' }], page: { number: 2, limit: 1, total: 2 } });
});

test('a text about when is read for anyone who is identified', async () => {
  const { body } = await region.call(interpretWhen, { body: { text: '2024–2025', year: 2025 } });
  expect(body).toEqual({
    text: '2024–2025',
    understood: 'fully',
    parts: [{ kind: 'window', from: '2024-01-01', to: '2025-12-31' }],
    sentence: 'Från och med 2024 till och med 2025.',
  });
});

(hasSharedData ? describe : describe.skip)(`the real plan files, as they are${sharedRemark}`, () => {
  test('RCC Norr: eight goals, every word kept', async () => {
    const source = sharedPlan('plan-norr-2024');
    const body = {
      rcc: 'norr',
      title: source.meta.title,
      period: { from: '2024-01-01', to: '2024-12-31' },
      source,
    };
    const { planId, imported: counts, doubtful } = await imported(norr, body);
    expect(counts).toEqual({ goals: 8, activities: 0, hows: 0, whens: 0 });
    expect(new Set(doubtful.map((each: Body) => each.sourceId))).toEqual(
      new Set(['norr24-g1', 'norr24-g3', 'norr24-g4']),
    );

    const { body: plan } = await norr.call(getPlan, { params: { id: planId } });
    const goals = await all(norr, listGoals, { params: { id: planId } });
    const kept = new Set(stringsIn([plan, goals]));
    expect(stringsIn(source).filter((text) => !kept.has(text))).toEqual([]);
    // The words also stand where they belong, not only in the kept source.
    for (const [index, goal] of source.goals.entries()) {
      expect(goals[index]).toMatchObject({
        sourceId: goal.id,
        number: goal.number,
        text: goal.goal,
        baseline: { text: goal.baseline },
        targetLevel: { text: goal.targetLevel },
        due: { text: goal.due.raw, on: goal.due.end },
        followUp: { text: goal.followUp },
        comments: [{ year: 2024, text: goal.comment }],
        source: goal,
      });
    }
    const read = goals
      .filter((goal) => 'operator' in goal.targetLevel)
      .map(({ number, targetLevel }) => [number, targetLevel.operator, targetLevel.value, targetLevel.unit]);
    expect(read).toEqual([
      [5, '>', 90, 'percent'],
      [6, '>', 90, 'percent'],
      [7, 'about', 5, 'perYear'],
    ]);
  });

  test('RCC Sydöst: 112 activities, 220 hows, 148 whens, every word kept', async () => {
    const source = sharedPlan('plan-sydost-2025');
    const body = { rcc: 'sydost', title: 'Handlingsplan 2025', period, source };
    const { planId, imported: counts, doubtful } = await imported(sydost, body);
    expect(counts).toEqual({ goals: 0, activities: 112, hows: 220, whens: 148 });
    const doubts = new Set(doubtful.map((each: Body) => `${each.sourceId} ${each.field}`));
    for (const row of source.rows.filter((each: Body) => each.uncertain))
      expect(doubts).toContain(`${row.id} note`);
    for (const doubt of [
      'so25-m01-10 how',
      'so25-m07-01 who',
      'so25-m07-02 when',
      'so25-m07-03 when',
      'so25-m09-05 when',
      'so25-m05-03 pairing',
    ]) {
      expect(doubts).toContain(doubt);
    }

    const { body: plan } = await sydost.call(getPlan, { params: { id: planId } });
    const activities = await all(sydost, listActivities, { params: { id: planId } });
    const kept = new Set(stringsIn([plan, activities]));
    expect(stringsIn(source).filter((text) => !kept.has(text))).toEqual([]);
    expect(new Set(activities.map((activity) => activity.id)).size).toBe(112);
    for (const [index, row] of source.rows.entries()) {
      const activity = activities[index];
      expect(activity).toMatchObject({
        sourceId: row.id,
        goalArea: row.goalArea,
        section: row.section,
        what: row.what,
        source: row,
      });
      for (const field of ['how', 'when', 'who']) {
        expect(activity[field].map((each: Body) => each.text)).toEqual(row[field]);
      }
      expect(activity.pairing).toEqual(row.pairing ?? []);
    }
    expect(
      activities.flatMap((activity) => activity.when).filter((each) => each.understood === 'fully'),
    ).toHaveLength(
      source.rows
        .flatMap((row: Body) => row.when)
        .filter((text: string) => /^\d{4}(- ?\d{4})?$|^21 mars 2025$/.test(text)).length,
    );
    expect(plan.goalAreas.map((area) => [area.number, area.name])).toEqual(
      source.meta.goalAreas.map((area: Body) => [area.number, area.name]),
    );
  });
});
