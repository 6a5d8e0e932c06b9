import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { api, eventually, startTestProduct, type Api } from '#libs/testing';

let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let callId: string;

const call = {
  rcc: 'sydost',
  title: 'Stimulansmedel 2027',
  purpose: 'Bättre eftervård',
  opensOn: '2026-12-01',
  closesOn: '2027-01-31',
  frame: { amount: '1000000.00', currency: 'SEK' },
};

beforeAll(async () => {
  product = await startTestProduct();
  clients = api(product);
  const office = clients.as('kansli-sydost');
  const created = await eventually(async () => {
    const answer = await office.post('/calls', call, { key: 'history' });
    return answer.status === 201 && answer;
  });
  callId = created.body.id;
  await office.patch(`/calls/${callId}`, { purpose: 'Bättre eftervård för alla' }, { ifMatch: 1 });
  await office.post(`/calls/${callId}/publication`, {});
}, 120_000);

afterAll(() => product?.stop(), 30_000);

const historyFor = (client: string, query = '') => clients.as(client).get(`/calls/${callId}/history${query}`);

describe('the history of a call', () => {
  test.each(['kansli-sydost', 'beslut-sydost', 'revisor'])(
    'is read by %s: what happened, who did it, in one chain',
    async (client) => {
      const { status, body } = await historyFor(client);
      expect(status).toBe(200);
      expect(body.page).toEqual({ number: 1, limit: 20, total: body.items.length });
      const types = body.items.map((entry: { type: string }) => entry.type);
      expect(types).toEqual(expect.arrayContaining(['call.created', 'call.changed', 'call.published']));
      for (const [index, entry] of body.items.entries()) {
        expect(entry.seq).toBe(index + 1);
        expect(entry.prevHash).toBe(body.items[index - 1]?.hash ?? null);
      }
      expect(body.items[0].actor).toMatchObject({ id: 'kansli-sydost', role: 'rccOfficer', rcc: 'sydost' });
    },
  );

  test('is read page by page', async () => {
    const all = (await historyFor('revisor')).body.items;
    const second = await historyFor('revisor', '?limit=1&page=2');
    expect(second.body).toEqual({ items: [all[1]], page: { number: 2, limit: 1, total: all.length } });
  });

  test.each(['region-ostergotland-system', 'bedomare-sydost-1', 'process-sydost'])(
    'is not for %s, who may see the call',
    async (client) => {
      expect((await clients.as(client).get(`/calls/${callId}`)).status).toBe(200);
      expect(await historyFor(client)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    },
  );

  test('tells another RCC nothing, not even that there is such a call', async () => {
    const other = await historyFor('kansli-norr');
    const none = await clients.as('kansli-norr').get('/calls/none/history');
    expect([other.status, none.status]).toEqual([404, 404]);
    expect(other.body.detail).toBe(none.body.detail);
  });

  test('takes no parameter that it does not know', async () => {
    expect(await historyFor('revisor', '?from=2026-01-01')).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/query/from', code: 'unknown-parameter' }] },
    });
  });
});
