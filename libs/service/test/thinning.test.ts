import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Connection } from 'mongoose';
import { isBlanked, verifyChain, type JournalEvent } from '#libs/audit';
import { addDays } from '#libs/calendar';
import { applicationThinned, type NewEvent } from '#libs/contracts';
import {
  AggregateRepository,
  aggregateSchema,
  connectDatabase,
  JournalStore,
  type Database,
  type WriteContext,
} from '#libs/persistence';
import { Clock } from '#libs/platform';
import { recordKind, type ThinningTask } from '#libs/service';
import { testServers, uniqueName } from '#libs/testing';
import { AggregateStore } from '../src/aggregate-store.ts';

interface Card {
  readonly name: string;
  readonly title: string;
  readonly endedOn: string | null;
  readonly isHeld?: boolean;
}

class CardRepository extends AggregateRepository<Card> {
  constructor(connection: Connection) {
    const schema = aggregateSchema({ name: String, title: String, endedOn: String, isHeld: Boolean });
    // Nothing is taken on its way: what waits in the outbox stays there.
    super(connection, 'card', 'cards', schema, { add: () => undefined, enqueue: () => undefined });
  }
}

let database: Database;
let cards: CardRepository;
let journal: JournalStore;
let store: AggregateStore;
let number = 0;

const context = (key?: string): WriteContext => ({
  actor: { id: 'anna', kind: 'person' },
  time: new Date('2026-11-24T08:00:00Z'),
  command: 'cards.change',
  ...(key !== undefined && { idempotency: { key, fingerprint: `digest of ${key}` } }),
});
const about = (data: Record<string, unknown>, privatePart?: Record<string, unknown>): NewEvent => ({
  type: 'card.changed',
  version: 1,
  data,
  ...(privatePart && { private: privatePart }),
});

beforeAll(async () => {
  database = await connectDatabase({ url: testServers().mongoUrl, prefix: uniqueName('t'), service: 'thin' });
  cards = new CardRepository(database.connection);
  journal = new JournalStore(database.connection);
  await cards.prepare();
  await journal.prepare();
  const kind = recordKind<Card>({
    resource: 'application',
    repository: cards,
    place: () => ({ rcc: 'norr' }),
    personal: ['name'],
    thinning: {
      recordedAs: applicationThinned,
      events: { ended: { where: { endedOn: { $ne: null } }, on: ({ endedOn }) => endedOn } },
      waitsFor: ({ isHeld }) => (isHeld ? 'under-way' : null),
    },
  });
  store = new AggregateStore(kind, journal, new Clock());
});

beforeEach(async () => {
  await database.connection.collection('cards').deleteMany({});
});

afterAll(async () => {
  await database.connection.dropDatabase();
  await database.close();
});

/** A card whose events are in the journal, or still in its outbox alone. */
async function card(inJournal: boolean, more: Partial<Card> = {}): Promise<string> {
  number += 1;
  const id = `card-${String(number).padStart(4, '0')}`;
  const state: Card = { name: 'Bo Ek', title: 'Prov', endedOn: '2026-01-31', ...more };
  await cards.create(
    id,
    { state: { ...state, name: 'Eva Al' }, events: [about({ a: 1 }, { name: 'Eva Al' })] },
    context('made'),
  );
  await cards.change(id, {
    authorize: () => context(),
    decide: () => ({
      state,
      events: [
        about({ b: 2 }, { before: { name: 'Eva Al' }, after: { name: 'Bo Ek' } }),
        about({ c: 3 }, { reason: 'Stavfel' }),
        about({ d: 4 }),
      ],
    }),
  });
  if (inJournal) {
    await journal.append(await outboxOf(id));
    await database.connection
      .collection('cards')
      .updateOne({ _id: id as never }, { $set: { outbox: [] }, $unset: { outboxSince: 1 } });
  }
  return id;
}

async function outboxOf(id: string): Promise<JournalEvent[]> {
  return (await cards.find(id))?.document.outbox ?? [];
}

const run = {
  id: 'run-1',
  ruleId: 'rule-1',
  decisionReference: 'Dnr 1',
  by: { id: 'adm', kind: 'person' },
} as const;
const task = (more: Partial<ThinningTask> = {}): ThinningTask => ({
  event: 'ended',
  dueOn: (day) => addDays(day, 30),
  today: '2026-03-02',
  after: null,
  limit: 10,
  run,
  ...more,
});

test('takes what waits before a blanked event to the journal with it: no gap', async () => {
  const id = 'card-gap';
  const state: Card = { name: 'Bo Ek', title: 'Prov', endedOn: '2026-01-31' };
  await cards.create(id, { state, events: [about({ a: 1 }), about({ b: 2 }, { name: 'Bo Ek' })] }, context());
  await store.thin(task());
  const chain = await journal.chainOf(id);
  expect(chain.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(chain.map(isBlanked)).toEqual([false, true]);
});

/** Journal and outbox as one chain, as readers see it. */
async function chainOf(id: string): Promise<JournalEvent[]> {
  const chain = await journal.chainOf(id);
  const known = new Set(chain.map((event) => event.id));
  return [...chain, ...(await outboxOf(id)).filter((event) => !known.has(event.id))];
}

describe.each([
  ['in the journal', true],
  ['still in the outbox', false],
])('a document whose events are %s', (_where, inJournal) => {
  test('loses its personal values and the private parts that hold any, and no others', async () => {
    const id = await card(inJournal);
    const late = await outboxOf(id);
    const { things, next } = await store.thin(task());
    expect(next).toBeNull();
    expect(things).toEqual([
      {
        type: 'card',
        id,
        outcome: 'thinned',
        reason: null,
        happenedOn: '2026-01-31',
        dueOn: '2026-03-02',
        fields: ['name'],
        journalEntries: 2,
      },
    ]);
    // A relay that took the events from the outbox before brings them now.
    await journal.append(late);
    const stored = await cards.find(id);
    expect(stored?.state).toEqual({ name: 'gallrad', title: 'Prov', endedOn: '2026-01-31' });
    const chain = await chainOf(id);
    expect(JSON.stringify([stored?.document, chain])).not.toMatch(/Eva Al|Bo Ek|digest of/);
    expect(chain.map(isBlanked)).toEqual([true, true, false, false, false]);
    expect(chain[2]?.private?.data).toEqual({ reason: 'Stavfel' });
    expect(verifyChain(chain, stored?.document.journalHead)).toBeNull();
    // What the thinning leaves is what its own event says, so it does not look like a change past the service.
    const raw = await database.connection.collection('cards').findOne({ _id: id as never });
    expect(chain[4]?.document).toEqual({
      before: chain[3]?.document?.after,
      after: cards.contentHashOf(raw as never),
    });
    const { type, actor, data } = chain[4] ?? {};
    expect({ type, actor }).toEqual({ type: 'application.thinned', actor: run.by });
    expect(data).toEqual({
      aggregateId: id,
      runId: 'run-1',
      ruleId: 'rule-1',
      decisionReference: 'Dnr 1',
      fields: ['name'],
      journalEntries: 2,
    });
  });

  test('is answered the same when the run asks again, and no more when another does; nothing changes', async () => {
    const id = await card(inJournal);
    const first = await store.thin(task());
    const before = await cards.find(id);
    expect(await store.thin(task())).toEqual(first);
    expect(await store.thin(task({ run: { ...run, id: 'run-2' } }))).toEqual({ things: [], next: null });
    expect(await store.thin(task({ run: null }))).toEqual({ things: [], next: null });
    expect(await cards.find(id)).toEqual(before);
  });
});

describe('a thinning', () => {
  test('does nothing in a dry run', async () => {
    const id = await card(true);
    const before = [await cards.find(id), await journal.chainOf(id)];
    const { things } = await store.thin(task({ run: null }));
    expect(things).toMatchObject([{ id, outcome: 'thinned', fields: ['name'], journalEntries: 2 }]);
    expect([await cards.find(id), await journal.chainOf(id)]).toEqual(before);
  });

  test('begins on the day, not the day before', async () => {
    await card(true);
    expect((await store.thin(task({ today: '2026-03-01', run: null }))).things).toEqual([]);
    expect((await store.thin(task({ today: '2026-03-02', run: null }))).things).toHaveLength(1);
  });

  test('leaves what has not ended, and says why what is being dealt with waits', async () => {
    const open = await card(true, { endedOn: null });
    const held = await card(true, { isHeld: true });
    expect((await store.thin(task())).things).toMatchObject([
      { id: held, outcome: 'waiting', reason: 'under-way', fields: [] },
    ]);
    for (const id of [open, held]) expect((await cards.find(id))?.state.name).toBe('Bo Ek');
  });

  test('goes through everything once, part by part', async () => {
    const ids = [];
    for (let made = 0; made < 5; made += 1) ids.push(await card(true));
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const part = await store.thin(task({ after, limit: 2 }));
      seen.push(...part.things.map(({ id }) => id));
      after = part.next;
    } while (after !== null);
    expect(seen).toEqual(ids);
  });

  test('finishes a document of which a crash left the journal blanked and the state whole', async () => {
    const id = await card(true);
    const [made, changed] = await journal.chainOf(id);
    await journal.blank([made?.id ?? '', changed?.id ?? '']);
    expect((await store.thin(task())).things).toMatchObject([{ id, fields: ['name'], journalEntries: 2 }]);
    const stored = await cards.find(id);
    expect(stored?.state.name).toBe('gallrad');
    expect(verifyChain(await chainOf(id), stored?.document.journalHead)).toBeNull();
  });

  test('finishes one that holds nothing personal itself, though a crash left nothing to blank', async () => {
    const id = await card(true);
    await database.connection.collection('cards').updateOne({ _id: id as never }, { $unset: { name: 1 } });
    const [made, changed] = await journal.chainOf(id);
    await journal.blank([made?.id ?? '', changed?.id ?? '']);
    expect((await store.thin(task({ run: null }))).things).toMatchObject([{ id, outcome: 'thinned' }]);
    const first = await store.thin(task());
    expect(first.things).toMatchObject([{ id, outcome: 'thinned', fields: [], journalEntries: 2 }]);
    const ends = (await chainOf(id)).map(({ type }) => type).filter((type) => type === 'application.thinned');
    expect(ends).toHaveLength(1);
    expect(await store.thin(task())).toEqual(first);
    expect(await store.thin(task({ run: { ...run, id: 'run-2' } }))).toEqual({ things: [], next: null });
  });

  test('of two runs at the same moment is written once', async () => {
    const ids = [];
    for (let made = 0; made < 8; made += 1) ids.push(await card(made % 2 === 0));
    const other = { ...run, id: 'run-2' };
    const parts = await Promise.all([
      store.thin(task()),
      store.thin(task({ run: other })),
      store.thin(task()),
    ]);
    for (const id of ids) {
      const chain = await chainOf(id);
      const events = chain.filter(({ type }) => type === 'application.thinned');
      expect(events).toHaveLength(1);
      // Whichever run did it has it in its protocol.
      const runId = events[0]?.data['runId'];
      const own = parts.filter((_part, index) => (index === 1 ? 'run-2' : 'run-1') === runId);
      for (const { things } of own)
        expect(things.find((thing) => thing.id === id)).toMatchObject({
          outcome: 'thinned',
          journalEntries: 2,
        });
      expect(verifyChain(chain, (await cards.find(id))?.document.journalHead)).toBeNull();
    }
  });

  test('does not wait in vain for a request under an old key: it is refused', async () => {
    const id = await card(true);
    await store.thin(task());
    const again = cards.create(
      id,
      { state: { name: 'Eva Al', title: 'Prov', endedOn: null }, events: [] },
      context('made'),
    );
    await expect(again).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });
});
