import { beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Connection } from 'mongoose';
import { verifyChain } from '#libs/audit';
import { eventEnvelope, type EventEnvelope, type NewEvent } from '#libs/contracts';
import { type ServerHandle } from '#libs/embedded';
import { Relay, type Bus } from '#libs/messaging';
import {
  AggregateRepository,
  aggregateSchema,
  JournalStore,
  newId,
  type WriteContext,
} from '#libs/persistence';
import { eventually } from '#libs/testing';
import { connectedBus, freshStream, onStream, ownDatabase, ownNats, silent, upTo } from './support.ts';

jest.setTimeout(60_000);

interface Note {
  readonly count: number;
}

class Notes extends AggregateRepository<Note> {
  constructor(connection: Connection, outbox: ConstructorParameters<typeof AggregateRepository>[4]) {
    super(connection, 'note', 'notes', schema, outbox);
  }
}

const schema = aggregateSchema({ count: { type: Number } });
const nobody = { add: () => undefined, enqueue: () => undefined };
const context = (): WriteContext => ({
  actor: { id: 'person-1', kind: 'person', role: 'rccOfficer', rcc: 'sydost' },
  time: new Date(),
  command: 'notes.change',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
});
const noted = (count: number, extra: Partial<NewEvent> = {}): NewEvent => ({
  type: 'note.counted',
  version: 1,
  data: { count },
  ...extra,
});
const countUp = {
  authorize: context,
  decide: ({ state }: { state: Note }) => ({
    state: { count: state.count + 1 },
    events: [noted(state.count + 1)],
  }),
};
const made = { state: { count: 0 }, events: [noted(0)] };

let nats: ServerHandle;
let database: Connection;
let journal: JournalStore;
let bus: Bus;

beforeAll(async () => {
  [nats, database] = await Promise.all([ownNats(), ownDatabase()]);
  journal = new JournalStore(database);
  await journal.prepare();
});

beforeEach(async () => {
  bus = await connectedBus(nats.url);
  await freshStream(bus, 'plans');
});

/** A replica: its relay and its repository. */
async function replica(): Promise<{ relay: Relay; notes: Notes }> {
  database.deleteModel(/^note$/);
  const relay = new Relay(bus, 'plans', journal, silent);
  const notes = new Notes(database, relay);
  await relay.prepare();
  return { relay, notes };
}

async function boxOf(notes: Notes, id: string): Promise<{ seqs: number[]; listed: boolean }> {
  const document = (await notes.find(id))?.document;
  return {
    seqs: document?.outbox.map((event) => event.seq) ?? [],
    listed: document?.outboxSince !== undefined,
  };
}

/** An aggregate's events in the order in which a consumer first meets them; doubles are known by their id. */
function sequences(events: EventEnvelope[], id: string): number[] {
  const seen = new Map(
    events.filter((event) => event.aggregateid === id).map((event) => [event.id, event.sequence]),
  );
  return [...seen.values()];
}

async function expectWhole(notes: Notes, id: string, events: number): Promise<void> {
  expect(sequences(await onStream(bus, 'plans'), id)).toEqual(upTo(events));
  const chain = await journal.chainOf(id);
  expect(chain).toHaveLength(events);
  const stored = await notes.find(id);
  expect(verifyChain(chain, stored?.document.journalHead)).toBeNull();
  expect(await boxOf(notes, id)).toEqual({ seqs: [], listed: false });
}

describe('the relay', () => {
  test('takes a stored event at once to journal and stream, and out of the outbox', async () => {
    const { relay, notes } = await replica();
    const id = newId();
    await notes.create(
      id,
      { state: { count: 0 }, events: [noted(0, { private: { name: 'Anna' } })] },
      context(),
    );
    await relay.idle();
    const [event, ...more] = await onStream(bus, 'plans');
    expect(more).toEqual([]);
    expect(eventEnvelope.parse(event)).toMatchObject({
      ...{ specversion: '1.0', source: 'urn:insats:plans', type: 'note.counted', subject: `note/${id}` },
      ...{
        aggregatetype: 'note',
        aggregateid: id,
        revision: 1,
        sequence: 1,
        prevhash: null,
        data: { count: 0 },
      },
      ...{ actor: context().actor, traceparent: context().traceparent },
    });
    // What is private stays in the journal.
    expect(JSON.stringify(event)).not.toContain('Anna');
    expect((await journal.chainOf(id))[0]).toMatchObject({
      private: { data: { name: 'Anna' } },
      hash: event?.hash,
    });
    await expectWhole(notes, id, 1);
    expect((await notes.find(id))?.revision).toBe(1);
  });

  test('keeps the order within an aggregate over a hundred changes from two replicas, and loses none', async () => {
    const one = await replica();
    const two = await replica();
    const ids = [newId(), newId()];
    for (const id of ids) await one.notes.create(id, made, context());
    await Promise.all(
      upTo(100).map((n) => (n % 2 ? one : two).notes.change(ids[n % 4 < 2 ? 0 : 1] as string, countUp)),
    );
    await Promise.all([one.relay.idle(), two.relay.idle()]);
    // A replica may have struck less than it could see; the sweep takes the documents off its list.
    await one.relay.sweep(-60_000);
    for (const id of ids) await expectWhole(one.notes, id, 51);
  });

  test.each(['before the journal', 'between journal and publishing', 'between publishing and removal'])(
    'finishes what a crash %s left, once',
    async (moment) => {
      const id = newId();
      database.deleteModel(/^note$/);
      const crashed = new Notes(database, nobody);
      await crashed.prepare();
      await crashed.create(id, made, context());
      await crashed.change(id, countUp);
      const events = (await crashed.find(id))?.document.outbox ?? [];
      if (moment !== 'before the journal') await journal.append(events);
      if (moment === 'between publishing and removal') {
        // The same relay, whose process ends before it strikes anything out.
        const dying = new Relay(bus, 'plans', journal, silent);
        dying.add({
          type: 'note',
          prepare: async () => undefined,
          left: async () => [],
          strike: async () => undefined,
        });
        dying.enqueue({ type: 'note', id }, events);
        await dying.idle();
        expect(await onStream(bus, 'plans')).toHaveLength(2);
      }
      const { relay, notes } = await replica();
      expect(await relay.sweep(-60_000)).toBe(2);
      await expectWhole(notes, id, 2);
      expect(await relay.sweep(-60_000)).toBe(0);
    },
  );

  test('leaves alone in a sweep what was stored just now: its own round is on the way', async () => {
    database.deleteModel(/^note$/);
    const crashed = new Notes(database, nobody);
    const id = newId();
    await crashed.create(id, made, context());
    const { relay, notes } = await replica();
    expect(await relay.sweep(60_000)).toBe(0);
    expect(await boxOf(notes, id)).toEqual({ seqs: [1], listed: true });
    await relay.sweep(-60_000);
  });

  test('lets events wait while NATS is away, and then publishes them in order, whatever came in meanwhile', async () => {
    const { relay, notes } = await replica();
    const ids = [newId(), newId()];
    for (const id of ids) await notes.create(id, made, context());
    await relay.idle();
    await nats.stop();
    for (const id of ids) {
      await notes.change(id, countUp);
      await notes.change(id, countUp);
    }
    await relay.idle();
    for (const id of ids) expect(await boxOf(notes, id)).toEqual({ seqs: [2, 3], listed: true });

    // Under way when the server returns: these must not overtake what is left behind.
    const [first = '', second = ''] = ids;
    const failing = notes.change(first, countUp);
    await nats.restart();
    await failing;
    await eventually(() => bus.isUp());
    await notes.change(first, countUp);
    await relay.idle();
    await relay.sweep(-60_000);
    await expectWhole(notes, first, 5);
    await expectWhole(notes, second, 3);
  });

  test('publishes a change after an outage behind what the outage left, also before any sweep', async () => {
    const { relay, notes } = await replica();
    const id = newId();
    await notes.create(id, made, context());
    await relay.idle();
    await nats.stop();
    // The second is stored while the first is still being tried, and gets its turn when NATS is back.
    await notes.change(id, countUp);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await notes.change(id, countUp);
    const returned = new Promise((resolve) => setTimeout(resolve, 1500)).then(() => nats.restart());
    await Promise.all([relay.idle(), returned]);
    await eventually(() => bus.isUp());
    await relay.sweep(-60_000);
    await expectWhole(notes, id, 3);
  });

  test('is not held up by an event that the stream will never take', async () => {
    const { relay, notes } = await replica();
    const [bad, good] = [newId(), newId()];
    const huge = noted(1, { data: { count: 1, text: 'x'.repeat(4_500_000) } });
    await Promise.all([
      notes.create(bad, { state: { count: 0 }, events: [noted(0), huge, noted(2)] }, context()),
      notes.create(good, made, context()),
    ]);
    await relay.idle();
    await expectWhole(notes, good, 1);
    // What came before it is out; it and what follows wait, in order.
    expect(sequences(await onStream(bus, 'plans'), bad)).toEqual([1]);
    expect(await boxOf(notes, bad)).toEqual({ seqs: [2, 3], listed: true });
    await notes.model.deleteOne({ _id: bad } as never);
  });

  test('is not held up by an event that the journal refuses', async () => {
    const { relay, notes } = await replica();
    const [forked, good] = [newId(), newId()];
    database.deleteModel(/^note$/);
    const silentNotes = new Notes(database, nobody);
    for (const id of [forked, good]) await silentNotes.create(id, made, context());
    const [event] = (await silentNotes.find(forked))?.document.outbox ?? [];
    await journal.append([{ ...event!, id: newId() }]);
    await relay.sweep(-60_000);
    await expectWhole(notes, good, 1);
    // A fork is never published: two histories would both look true.
    expect(sequences(await onStream(bus, 'plans'), forked)).toEqual([]);
    expect((await boxOf(notes, forked)).seqs).toEqual([1]);
    await notes.model.deleteOne({ _id: forked } as never);
  });
});
