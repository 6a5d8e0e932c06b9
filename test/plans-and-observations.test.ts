import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { api, startTestProduct, type Api, type ApiClient } from '#libs/testing';
import { norrPlan, sydostPlan } from '../tools/demo/plans.ts';
import { everything, expectStatus, type Body } from './support.ts';

/** Real plan files lie beside the checkout where the work on them is done; they are not ours to publish. */
const sharedData = join(import.meta.dirname, '../../shared/data');
const hasSharedData = existsSync(join(sharedData, 'plan-norr-2024.json'));
const origin = hasSharedData ? 'the real plan' : 'the made-up demo plan, since ../shared is not there';

function planOf(rcc: 'norr' | 'sydost', name: string, year: string, demo: Body): Body {
  if (!hasSharedData) return demo;
  const source = JSON.parse(readFileSync(join(sharedData, `${name}.json`), 'utf8'));
  return { rcc, title: name, period: { from: `${year}-01-01`, to: `${year}-12-31` }, source };
}

const norr = planOf('norr', 'plan-norr-2024', '2024', norrPlan);
const sydost = planOf('sydost', 'plan-sydost-2025', '2025', sydostPlan);

// A busy machine is no fault of the product's.
jest.setTimeout(240_000);

let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let leader: ApiClient;
let norrId: string;
let goals: Body[];

beforeAll(async () => {
  product = await startTestProduct();
  clients = api(product);
  leader = clients.as('process-norr');
}, 180_000);

afterAll(() => product?.stop(), 30_000);

/** Every string that is a value somewhere in it. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(stringsIn);
  return [];
}

describe(`the goals of RCC Norr (${origin})`, () => {
  test('are imported through the API, once', async () => {
    const preview = expectStatus(await leader.post('/plan-imports?preview=true', norr), 200);
    expect(preview.body).toMatchObject({ planId: null, imported: { goals: 8, activities: 0 } });
    expect((await leader.get('/plans')).body.page.total).toBe(0);
    const imported = expectStatus(await leader.post('/plan-imports', norr, { key: 'norr' }), 201);
    norrId = imported.body.planId;
    expect(imported.body).toEqual({ ...preview.body, planId: norrId });
    const again = await leader.post('/plan-imports', norr, { key: 'norr' });
    expect([again.status, again.body]).toEqual([201, imported.body]);
    expect((await leader.get('/plans')).body.page.total).toBe(1);
  });

  test('come out word for word, in their fields and in their order', async () => {
    goals = await everything(leader, `/plans/${norrId}/goals`);
    const { source } = norr;
    expect(goals.map(({ sourceId, number, text }) => [sourceId, number, text])).toEqual(
      source.goals.map(({ id, number, goal }: Body) => [id, number, goal]),
    );
    for (const [index, { baseline, targetLevel, due, followUp }] of goals.entries()) {
      const written = source.goals[index];
      expect(baseline?.text).toBe(written.baseline);
      expect(targetLevel?.text).toBe(written.targetLevel);
      expect(due?.text).toBe(written.due.raw);
      expect(followUp?.text).toBe(written.followUp);
    }
    const kept = new Set(stringsIn([goals, (await leader.get(`/plans/${norrId}`)).body]));
    expect(stringsIn(source).filter((text) => !kept.has(text))).toEqual([]);
  });

  test('have a figure only where the text has one', () => {
    const goal = (number: number) => goals.find((each) => each.number === number);
    expect(goal(5)?.targetLevel).toMatchObject({ operator: '>', value: 90, unit: 'percent' });
    expect(goal(1)?.targetLevel).toEqual({ text: goal(1)?.source.targetLevel });
  });
});

describe(`the activities of RCC Sydöst (${origin})`, () => {
  const { rows } = sydost.source;
  const lengthOf = (field: string) => rows.flatMap((row: Body) => row[field]).length;
  let planId: string;
  let activities: Body[];

  test('are imported through the API', async () => {
    const imported = expectStatus(await clients.as('process-sydost').post('/plan-imports', sydost), 201);
    expect(imported.body.imported).toEqual({
      goals: 0,
      activities: hasSharedData ? 112 : rows.length,
      hows: lengthOf('how'),
      whens: lengthOf('when'),
    });
    planId = imported.body.planId;
  });

  test('come out word for word, in their fields and in their order', async () => {
    const client = clients.as('process-sydost');
    activities = await everything(client, `/plans/${planId}/activities`);
    const texts = (items: Body[]) => items.map(({ text }) => text);
    expect(
      activities.map(({ sourceId, goalArea, section, what, how, when, who }) => ({
        ...{ id: sourceId, goalArea, section, what },
        ...{ how: texts(how), when: texts(when), who: texts(who) },
      })),
    ).toEqual(
      rows.map(({ id, goalArea, section, what, how, when, who }: Body) => ({
        ...{ id, goalArea, section: section ?? null, what, how, when, who },
      })),
    );
    expect(activities.map(({ pairing }) => pairing)).toEqual(rows.map((row: Body) => row.pairing ?? []));
    const kept = new Set(stringsIn([activities, (await client.get(`/plans/${planId}`)).body]));
    expect(stringsIn(sydost.source).filter((text) => !kept.has(text))).toEqual([]);
  });

  test('when: plain years and dates are understood, of the rest nothing is guessed', () => {
    const whens: Body[] = activities.flatMap(({ when }) => when);
    for (const when of whens) {
      if (when.understood === 'no') expect(when.parts).toEqual([{ kind: 'unknown', words: when.text }]);
      else expect(stringsIn(when.parts.map(({ kind }: Body) => kind))).not.toContain('unknown');
      expect(when.sentence).toEqual(expect.stringMatching(/\S/));
    }
    const years = whens.filter(({ text }) => /^\d{4}$/.test(text));
    expect(years.length).toBeGreaterThan(0);
    for (const { text, understood, parts } of years) {
      expect(understood).toBe('fully');
      expect(parts).toEqual([{ kind: 'window', from: `${text}-01-01`, to: `${text}-12-31` }]);
    }
  });

  test('are not for regions, and not to be changed by another RCC', async () => {
    expect((await clients.as('region-kalmar-system').get(`/plans/${planId}`)).status).toBe(404);
    expect((await leader.get(`/plans/${planId}`)).status).toBe(404);
    expect(await leader.post('/plan-imports', sydost)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  });
});

describe('what an observation says about a goal', () => {
  const measureFor = (number: number, title: string) => ({
    rcc: 'norr',
    title,
    goal: { planId: norrId, goalId: goals.find((goal) => goal.number === number)?.id },
    kind: 'ratio',
    numerator: 'Barn vars mål är nått',
    denominator: 'Barn som räknas',
    source: 'Journal',
    direction: 'higher',
    target: { operator: '>', value: 90, unit: 'percent' },
    periods: 'year',
  });
  const period = { from: '2024-01-01', to: '2024-12-31' };
  const assessmentsOf = async (measureId: string): Promise<Body[]> =>
    everything(clients.as('nationell'), `/assessments?measureId=${measureId}`);
  let measureId: string;
  let observation: Body;

  test('23 of 25 against the strict ">90 %" of goal 5 is met, but uncertain: Wilson 75.0–97.8 %', async () => {
    const measure = expectStatus(await leader.post('/measures', measureFor(5, 'Avslutande besök')), 201);
    measureId = measure.body.id;
    const recorded = await leader.post('/observations', {
      measureId,
      unit: 'norr',
      period,
      value: { numerator: 23, denominator: 25 },
    });
    observation = expectStatus(recorded, 201).body;
    expect(await assessmentsOf(measureId)).toEqual([
      {
        measureId,
        unit: 'norr',
        period,
        value: { numerator: 23, denominator: 25 },
        estimate: 92,
        interval: { level: 0.95, method: 'wilson', low: 75, high: 97.8 },
        outcome: 'metUncertain',
        sentence: expect.stringMatching(/^23 av 25 .*75,0–97,8 %.*nått, men osäkert/),
      },
    ]);
  });

  test('a goal without a figure says that there is no value, and judges nothing', async () => {
    const silent = expectStatus(await leader.post('/measures', measureFor(6, 'Utan siffra')), 201);
    const [nothing] = await assessmentsOf(silent.body.id);
    expect(nothing).toMatchObject({ outcome: 'noValue', value: null, estimate: null, interval: null });
    expect(stringsIn(nothing)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/\b(grön|gul|röd|green|yellow|red)\b/i)]),
    );
    const missing = await leader.post('/observations', {
      measureId: silent.body.id,
      unit: 'norr',
      period,
      value: { state: 'missing', reason: 'Registret är inte ifyllt.' },
    });
    expectStatus(missing, 201);
    const [reported] = await assessmentsOf(silent.body.id);
    expect(reported).toMatchObject({
      outcome: 'noValue',
      value: { state: 'missing', reason: 'Registret är inte ifyllt.' },
      estimate: null,
    });
  });

  test('is corrected with a reason, and judged anew', async () => {
    const correction = {
      measureId,
      unit: 'norr',
      period,
      value: { numerator: 35, denominator: 35 },
      reason: 'Två kliniker saknades.',
    };
    const path = `/observations/${observation.id}/correction`;
    expectStatus(await leader.post(path, correction, { ifMatch: 1 }), 200);
    expect(await assessmentsOf(measureId)).toMatchObject([{ estimate: 100, outcome: 'met' }]);
  });
});
