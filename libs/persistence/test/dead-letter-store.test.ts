import { beforeEach, describe, expect, test } from '@jest/globals';
import { DeadLetterStore } from '#libs/persistence';
import { connected } from './support.ts';

let letters: DeadLetterStore;
const event = { id: 'e-1', type: 'call.published', data: { a: 1 } };
const letter = { consumer: 'notifications--deadlines', event, reason: 'unknown kind', deliveries: 1 };
const all = { limit: 20, page: 1 };
const delivered = () => Promise.resolve();

beforeEach(async () => {
  const connection = await connected();
  await connection.collection('dead-letters').deleteMany({});
  letters = new DeadLetterStore(connection);
});

describe('dead letters', () => {
  test('are shown with consumer, event and reason', async () => {
    await letters.put(letter);
    expect(await letters.list({}, all)).toEqual({
      items: [
        {
          id: expect.any(String),
          ...{
            consumer: letter.consumer,
            eventId: 'e-1',
            eventType: 'call.published',
            reason: 'unknown kind',
          },
          ...{ deliveries: 1, state: 'waiting', at: expect.any(String), replayedAt: null },
        },
      ],
      page: { number: 1, limit: 20, total: 1 },
    });
  });

  test('are one per event and consumer, however often it is put', async () => {
    await letters.put(letter);
    await letters.put({ ...letter, reason: 'again', deliveries: 3 });
    await letters.put({ ...letter, consumer: 'notifications--other' });
    const { items } = await letters.list({}, all);
    expect(items.map(({ consumer, reason }) => [consumer, reason]).sort()).toEqual([
      ['notifications--deadlines', 'again'],
      ['notifications--other', 'unknown kind'],
    ]);
  });

  test('are kept of what is not even an event, each by itself', async () => {
    for (const broken of ['{', 'not json', null, 7]) await letters.put({ ...letter, event: broken });
    expect((await letters.list({}, all)).page.total).toBe(4);
  });

  test('count as replayed when the consumer took them in, and are replayed once', async () => {
    await letters.put(letter);
    const id = (await letters.list({}, all)).items[0]?.id ?? '';
    const seen: unknown[] = [];
    const view = await letters.replay(id, (consumer, replayed) =>
      Promise.resolve(void seen.push(consumer, replayed)),
    );
    expect(seen).toEqual([letter.consumer, event]);
    expect(view).toMatchObject({ state: 'replayed', replayedAt: expect.any(String) });
    await expect(letters.replay(id, delivered)).rejects.toMatchObject({
      code: 'state-conflict',
      params: { command: 'replay', state: 'replayed' },
    });
  });

  test('wait on when the consumer cannot take them in this time either', async () => {
    await letters.put(letter);
    const id = (await letters.list({}, all)).items[0]?.id ?? '';
    await expect(letters.replay(id, () => Promise.reject(new Error('still broken')))).rejects.toThrow(
      'still broken',
    );
    expect((await letters.list({}, all)).items[0]).toMatchObject({ state: 'waiting', replayedAt: null });
    await expect(letters.replay(id, delivered)).resolves.toMatchObject({ state: 'replayed' });
  });

  test('that fail again after a replay wait again', async () => {
    await letters.put(letter);
    const id = (await letters.list({}, all)).items[0]?.id ?? '';
    await letters.replay(id, delivered);
    await letters.put(letter);
    expect((await letters.list({}, all)).items[0]).toMatchObject({ id, state: 'waiting', replayedAt: null });
  });

  test('are of the RCC that the event names, if it is one; of the others nobody knows whose they are', async () => {
    const events = [
      { id: 'e-sydost', data: { rcc: 'sydost' } },
      { id: 'e-norr', data: { rcc: 'norr' } },
      { id: 'e-nowhere', data: { rcc: 'nowhere' } },
      { id: 'e-condition', data: { rcc: { $ne: null } } },
      { id: 'e-none', data: null },
      'not json',
      null,
    ];
    for (const each of events) await letters.put({ ...letter, event: each });
    const { items } = await letters.list({}, all);
    expect(items.flatMap(({ eventId, rcc }) => (rcc ? [`${eventId} ${rcc}`] : [])).toSorted()).toEqual([
      'e-norr norr',
      'e-sydost sydost',
    ]);
    const own = await letters.list({ rcc: 'sydost' }, all);
    expect(own).toMatchObject({ items: [{ eventId: 'e-sydost' }], page: { total: 1 } });
    expect(await letters.placeOf(own.items[0]?.id ?? '')).toEqual({ rcc: 'sydost' });
    const unknown = items.find(({ eventId }) => eventId === 'e-none');
    expect(await letters.placeOf(unknown?.id ?? '')).toEqual({});
  });

  test('that do not exist are not found', async () => {
    await expect(letters.placeOf('none')).rejects.toMatchObject({ code: 'not-found' });
    await expect(letters.replay('none', delivered)).rejects.toMatchObject({ code: 'not-found' });
  });
});
