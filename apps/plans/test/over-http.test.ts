import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ApiAnswer, api, startTestProduct, type Api, type ApiClient } from '#libs/testing';
import { hasSharedData, sharedPlan, sharedRemark, stringsIn } from './shared-plans.ts';

/** An answer as JSON: what is in it is what the tests are about. */
type Body = ApiAnswer['body'];

const period = { from: '2026-01-01', to: '2026-12-31' };
const plan = {
  rcc: 'norr',
  title: 'En plan',
  period,
  source: { goals: [{ id: 'g1', number: 1, goal: 'Ett mål', targetLevel: '>90%', due: { raw: '2026' } }] },
};

let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let norr: ApiClient;

beforeAll(async () => {
  product = await startTestProduct();
  clients = api(product);
  norr = clients.as('process-norr');
}, 180_000);

afterAll(async () => {
  await product?.stop();
}, 60_000);

/** All pages of a list at a path. */
async function all(client: ApiClient, path: string): Promise<Body[]> {
  const items: Body[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await client.get(`${path}?limit=50&page=${page}`);
    expect(answer.status).toBe(200);
    items.push(...answer.body.items);
    if (items.length >= answer.body.page.total) return items;
  }
}

test('a goal is imported, measured and assessed', async () => {
  const imported = await norr.post('/plan-imports', plan);
  expect(imported.status).toBe(201);
  const { planId } = imported.body;
  const [goal] = await all(norr, `/plans/${planId}/goals`);
  const measure = await norr.post('/measures', {
    rcc: 'norr',
    title: 'Avslutande besök',
    goal: { planId, goalId: goal.id },
    kind: 'ratio',
    numerator: 'Fick besök',
    denominator: 'Fyllde 18 år',
    source: 'Journal',
    direction: 'higher',
    target: { operator: '>', value: 90, unit: 'percent' },
    periods: 'year',
  });
  expect(measure.status).toBe(201);
  const assessments = `/assessments?measureId=${measure.body.id}`;
  expect((await norr.get(assessments)).body.items).toMatchObject([
    { outcome: 'noValue', value: null, period: null },
  ]);

  const report = {
    measureId: measure.body.id,
    unit: 'norr',
    period: { from: '2025-01-01', to: '2025-12-31' },
    value: { numerator: 23, denominator: 25 },
  };
  const recorded = await norr.post('/observations', report, { key: 'over-http' });
  expect(recorded.status).toBe(201);
  expect(recorded.headers.get('etag')).toBe('"1"');
  expect((await norr.post('/observations', report, { key: 'over-http' })).body).toEqual(recorded.body);
  expect(await norr.post('/observations', report)).toMatchObject({
    status: 409,
    body: { code: 'already-exists' },
  });
  expect((await clients.as('nationell').get(assessments)).body.items).toMatchObject([
    { estimate: 92, interval: { low: 75, high: 97.8 }, outcome: 'metUncertain' },
  ]);

  const correction = { ...report, value: { numerator: 24, denominator: 25 }, reason: 'Ett besök till' };
  const corrected = await norr.post(`/observations/${recorded.body.id}/correction`, correction, {
    ifMatch: 1,
  });
  expect(corrected).toMatchObject({ status: 200, body: { version: 2 } });
  const stale = await norr.post(`/observations/${recorded.body.id}/correction`, correction, { ifMatch: 1 });
  expect(stale).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
});

test('a preview answers 200 and stores nothing', async () => {
  const before = (await norr.get('/plans')).body.page.total;
  const preview = await norr.post('/plan-imports?preview=true', plan);
  expect(preview).toMatchObject({ status: 200, body: { planId: null, imported: { goals: 1 } } });
  expect((await norr.get('/plans')).body.page.total).toBe(before);
});

test('spaces, line ends, empty texts and every character come out as they went in', async () => {
  const odd = '  \ufeffra\u0308d \r\n\r\n\tå\u0301 👩\u200d👧 \u2028\u00a0”x” ﬁ &lt; \\n  ';
  const goal = {
    id: ' g 1 ',
    goal: odd,
    baseline: '',
    targetLevel: odd,
    due: { raw: odd, year: null },
    followUp: '',
    comment: '',
    classification: { [odd]: ['', null, 0, -1.5, { 'a.b': odd, $ne: 1 }] },
    note: '',
  };
  const row = {
    id: 'r1',
    goalArea: 0,
    section: '',
    what: odd,
    how: [odd, '', odd],
    when: ['', odd, ' 2025 \n'],
    who: ['', odd],
    pairing: [
      { how: 0, when: null, who: null },
      { how: null, when: 2 },
      { how: 2, who: [] },
      { how: 1, who: 0 },
    ],
    note: '',
  };
  const chapter = { heading: '', text: odd };
  const source = { meta: { '': odd }, levelStructuring: chapter, goals: [goal], rows: [row] };
  const { planId } = (await norr.post('/plan-imports', { ...plan, source })).body;
  expect((await norr.get(`/plans/${planId}`)).body.source).toEqual({
    meta: source.meta,
    levelStructuring: chapter,
  });
  const texts = (words: string[]) => words.map((text) => expect.objectContaining({ text }));
  expect(await all(norr, `/plans/${planId}/goals`)).toEqual([
    {
      id: expect.any(String),
      sourceId: ' g 1 ',
      number: null,
      text: odd,
      baseline: { text: '' },
      targetLevel: { text: odd },
      due: { text: odd, on: null },
      followUp: { text: '' },
      comments: [{ year: 2026, text: '' }],
      source: goal,
    },
  ]);
  expect(await all(norr, `/plans/${planId}/activities`)).toEqual([
    {
      id: expect.any(String),
      sourceId: 'r1',
      goalArea: 0,
      section: '',
      what: odd,
      how: texts(row.how),
      when: texts(row.when),
      who: texts(row.who),
      pairing: row.pairing,
      note: '',
      source: row,
    },
  ]);
});

test('a source with faults is refused with pointers into the body', async () => {
  const source = {
    goals: [
      { id: 'g', goal: 'A' },
      { id: 'g', goal: 'B' },
    ],
  };
  const semantic = await norr.post('/plan-imports', { ...plan, source });
  expect(semantic).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/source/goals/1/id', code: 'duplicate' }] },
  });
  const unknown = await norr.post('/plan-imports', { ...plan, source: { ...source, mål: [] } });
  expect(unknown).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/source/mål', code: 'unknown-field' }] },
  });
});

test('a region may neither import nor see', async () => {
  const region = clients.as('region-vasterbotten-system');
  const { planId } = (await norr.post('/plan-imports', plan)).body;
  expect(await region.post('/plan-imports', plan)).toMatchObject({ status: 403 });
  expect(await region.get(`/plans/${planId}`)).toMatchObject({ status: 404 });
  expect(await region.get('/plans')).toMatchObject({ status: 200, body: { items: [], page: { total: 0 } } });
});

test('a text about when is interpreted', async () => {
  const answer = await norr.post('/when-interpretations', { text: '21 mars 2025', year: 2025 });
  expect(answer).toMatchObject({
    status: 200,
    body: { understood: 'fully', parts: [{ kind: 'date', on: '2025-03-21' }] },
  });
});

(hasSharedData ? describe : describe.skip)(
  `the real plan files go in as they are and come out whole${sharedRemark}`,
  () => {
    test.each([
      ['process-norr', 'norr', 'plan-norr-2024', '2024', { goals: 8, activities: 0, hows: 0, whens: 0 }],
      [
        'process-sydost',
        'sydost',
        'plan-sydost-2025',
        '2025',
        { goals: 0, activities: 112, hows: 220, whens: 148 },
      ],
    ] as const)('%s: %s, %s', async (clientId, rcc, name, year, counts) => {
      const client = clients.as(clientId);
      const source = sharedPlan(name);
      const body = { rcc, title: name, period: { from: `${year}-01-01`, to: `${year}-12-31` }, source };
      const imported = await client.post('/plan-imports', body);
      expect(imported).toMatchObject({ status: 201, body: { imported: counts } });
      const path = `/plans/${imported.body.planId}`;
      const answers = [
        await client.get(path),
        await all(client, `${path}/goals`),
        await all(client, `${path}/activities`),
      ];
      const kept = new Set(stringsIn(answers));
      expect(stringsIn(source).filter((text) => !kept.has(text))).toEqual([]);
    });
  },
);
