import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { verifyChain } from '#libs/audit';
import { DomainError } from '#libs/contracts';
import { derivedId, JournalStore, newId, type Stored } from '#libs/persistence';
import {
  connected,
  context,
  counted,
  countUp,
  Handed,
  made,
  NoteRepository,
  upTo,
  type Note,
} from './support.ts';

jest.setTimeout(60_000);

let one: NoteRepository;
/** The same collection as a second replica sees it: own connection, own queue. */
let two: NoteRepository;
let journal: JournalStore;

beforeAll(async () => {
  const connection = await connected();
  one = new NoteRepository(connection);
  two = new NoteRepository(await connected());
  await one.prepare();
  journal = new JournalStore(connection);
  await journal.prepare();
});

const refusedAs = (code: string) => expect.objectContaining({ code });

async function stored(id: string): Promise<Stored<Note>> {
  const found = await one.find(id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

/** Whole chain, from what the document still carries. */
async function chainFault(id: string): Promise<unknown> {
  const { document } = await stored(id);
  return verifyChain(document.outbox, document.journalHead);
}

describe('creating', () => {
  test('stores state, revision 1, head and events in one document, and hands the events on', async () => {
    const id = newId();
    const { stored: result, replayed } = await one.create(id, made(3), context());
    expect(replayed).toBe(false);
    expect(result).toMatchObject({ id, revision: 1, state: { title: 'Ett', count: 3 } });
    const again = await stored(id);
    expect(again.state).toEqual(result.state);
    expect(again.document.outbox).toHaveLength(1);
    expect(again.document.outboxSince).toBeInstanceOf(Date);
    expect(one.handed.events.at(-1)).toEqual(again.document.outbox[0]);
    expect(await chainFault(id)).toBeNull();
  });

  test('again under the same key gives what was made, as it is now', async () => {
    const id = derivedId('person-1', 'notes.create', 'k1');
    await one.create(id, made(1), context('k1'));
    await one.change(id, countUp());
    const again = await two.create(id, made(1), context('k1'));
    expect(again).toMatchObject({ replayed: true, stored: { revision: 2, state: { count: 2 } } });
    expect((await stored(id)).document.outbox).toHaveLength(2);
  });

  test('another body under the same key is refused', async () => {
    const id = derivedId('person-1', 'notes.create', 'k2');
    await one.create(id, made(1), context('k2', 'body-1'));
    await expect(one.create(id, made(2), context('k2', 'body-2'))).rejects.toEqual(
      refusedAs('idempotency-key-reused'),
    );
    await expect(one.created(id, context('k2', 'body-2'))).rejects.toEqual(
      refusedAs('idempotency-key-reused'),
    );
    expect((await stored(id)).state.count).toBe(1);
  });

  test('is recognised by its key however many keys the document has met since', async () => {
    const id = derivedId('person-1', 'notes.create', 'k3');
    await one.create(id, made(), context('k3'));
    for (const n of upTo(102)) await one.change(id, countUp(`later-${n}`));
    expect(await one.created(id, context('k3'))).toMatchObject({ replayed: true });
    expect(await one.change(id, countUp('later-102'))).toMatchObject({ replayed: true });
    expect((await stored(id)).document.keys.length).toBeLessThanOrEqual(100);
  });

  test('under a taken id that no key of the caller explains is refused', async () => {
    const id = newId();
    await one.create(id, made(), context('mine'));
    await expect(one.create(id, made(), context())).rejects.toEqual(refusedAs('already-exists'));
    await expect(one.create(id, made(), context('another'))).rejects.toEqual(refusedAs('already-exists'));
    expect(await one.created(newId(), context('mine'))).toBeNull();
  });

  test('fifty times at once from two replicas makes one', async () => {
    const id = derivedId('person-1', 'notes.create', 'k4');
    const outcomes = await Promise.all(
      upTo(50).map((n) => (n % 2 ? one : two).create(id, made(7), context('k4'))),
    );
    expect(outcomes.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await stored(id)).toMatchObject({ revision: 1, document: { outbox: { length: 1 } } });
  });
});

describe('changing', () => {
  test('raises the revision by one and links the events', async () => {
    const id = newId();
    await one.create(id, made(), context());
    const { stored: result } = await one.change(id, {
      authorize: () => context(),
      decide: ({ state }) => ({ state: { ...state, count: 9 }, events: [counted(8), counted(9)] }),
    });
    expect(result).toMatchObject({ revision: 2, state: { count: 9 } });
    const again = await stored(id);
    expect(again.document.outbox.map(({ seq, revision }) => [seq, revision])).toEqual([
      [1, 1],
      [2, 2],
      [3, 2],
    ]);
    // What the caller was given is what is stored.
    expect(result.document.journalHead).toEqual(again.document.journalHead);
    expect(result.document.outbox).toEqual(again.document.outbox);
    expect(result.updatedAt).toEqual(again.updatedAt);
    expect(await chainFault(id)).toBeNull();
  });

  test('takes an optional field away, at the top and within', async () => {
    const id = newId();
    await one.create(
      id,
      { state: { title: 'x', count: 0, note: 'borta', nested: { a: 1, b: 2 } }, events: [] },
      context(),
    );
    await one.change(id, {
      authorize: () => context(),
      decide: ({ state }) => ({
        state: { ...state, note: undefined, nested: { a: 1, b: undefined } },
        events: [],
      }),
    });
    const raw = await one.model.collection.findOne({ _id: id as never });
    expect(raw).not.toHaveProperty('note');
    expect(raw?.['nested']).toEqual({ a: 1 });
  });

  test('never stores an empty optional field as null', async () => {
    const id = newId();
    await one.create(
      id,
      { state: { title: 'x', count: 0, note: undefined, nested: { a: undefined } }, events: [] },
      context(),
    );
    const raw = await one.model.collection.findOne({ _id: id as never });
    expect(raw).not.toHaveProperty('note');
    expect(raw?.['nested']).toEqual({});
  });

  test('under a stale revision is refused with the one that counts, and changes nothing', async () => {
    const id = newId();
    await one.create(id, made(), context());
    await one.change(id, countUp(undefined, 1));
    await expect(one.change(id, countUp(undefined, 1))).rejects.toMatchObject({
      code: 'precondition-failed',
      params: { etag: '"2"' },
    });
    await expect(one.change(id, countUp(undefined, 0))).rejects.toEqual(refusedAs('precondition-failed'));
    expect(await stored(id)).toMatchObject({ revision: 2, state: { count: 1 } });
  });

  test('that was carried out is recognised by its key before the revision is looked at', async () => {
    const id = newId();
    await one.create(id, made(), context());
    await one.change(id, countUp('once', 1));
    expect(await two.change(id, countUp('once', 1))).toMatchObject({
      replayed: true,
      stored: { revision: 2 },
    });
    await expect(
      one.change(id, { ...countUp(), authorize: () => context('once', 'another body') }),
    ).rejects.toEqual(refusedAs('idempotency-key-reused'));
  });

  test('with a key that somebody else chose too is a change of its own', async () => {
    const id = newId();
    await one.create(id, made(), context());
    await one.change(id, countUp('same word'));
    const other = { ...context('same word'), actor: { id: 'person-2', kind: 'person' as const } };
    expect(await one.change(id, { ...countUp(), authorize: () => other })).toMatchObject({ replayed: false });
  });

  test('fifty times at once with one key, over two replicas, is done once', async () => {
    const id = newId();
    await one.create(id, made(), context());
    const outcomes = await Promise.all(upTo(50).map((n) => (n % 2 ? one : two).change(id, countUp('fifty'))));
    expect(outcomes.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await stored(id)).toMatchObject({
      revision: 2,
      state: { count: 1 },
      document: { outbox: { length: 2 } },
    });
  });

  test('two hundred times at once over two replicas loses none, skips no revision and leaves the chain whole', async () => {
    const id = newId();
    await one.create(id, made(), context());
    const outcomes = await Promise.all(
      upTo(200).map((n) => (n % 2 ? one : two).change(id, countUp(`k-${n}`))),
    );
    expect(outcomes.map((outcome) => outcome.stored.revision).sort((a, b) => a - b)).toEqual(
      upTo(201).slice(1),
    );
    const { revision, state, document } = await stored(id);
    expect({ revision, count: state.count, events: document.outbox.length }).toEqual({
      revision: 201,
      count: 200,
      events: 201,
    });
    expect(document.outbox.slice(1).map((event) => event.data['count'])).toEqual(upTo(200));
    expect(await chainFault(id)).toBeNull();
  });

  test('asks who may before it says anything, and decides nothing for those who may not', async () => {
    const id = newId();
    await one.create(id, made(), context());
    const decide = (): never => {
      throw new Error('decided');
    };
    const authorize = (): never => {
      throw new DomainError('not-found');
    };
    await expect(one.change(id, { ifMatch: 99, authorize, decide })).rejects.toEqual(refusedAs('not-found'));
    await expect(one.change(newId(), { authorize: () => context(), decide })).rejects.toEqual(
      refusedAs('not-found'),
    );
  });

  test('that decides for nothing writes nothing', async () => {
    const id = newId();
    await one.create(id, made(), context());
    const result = await one.change(id, {
      authorize: () => context(),
      decide: ({ state }) => ({ state, events: [] }),
    });
    expect(result).toMatchObject({ replayed: false, stored: { revision: 1 } });
    expect((await stored(id)).revision).toBe(1);
  });

  test('that is refused by the domain leaves the way free for the next', async () => {
    const id = newId();
    await one.create(id, made(), context());
    const failing = one.change(id, {
      authorize: () => context(),
      decide: () => Promise.reject(new DomainError('state-conflict')),
    });
    const next = one.change(id, countUp());
    await expect(failing).rejects.toEqual(refusedAs('state-conflict'));
    await expect(next).resolves.toMatchObject({ stored: { revision: 2 } });
  });
});

describe('events', () => {
  test('come back from the database as they were sealed, and still verify, in document and journal', async () => {
    // Through a date, undefined, numbers of every size, nesting and every script.
    const value: fc.Arbitrary<unknown> = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.date({ noInvalidDate: true }),
      fc.constantFrom(
        undefined,
        0,
        -0,
        2 ** 31,
        -(2 ** 31) - 1,
        2 ** 53,
        Number.MAX_VALUE,
        Number.MIN_VALUE,
        0.1,
        1e21,
      ),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('Å ä ö', '👩‍⚕️', 'e\u0301', '\u2028', '$ne', 'a.b'),
    );
    const key = fc
      .string({ unit: 'grapheme', maxLength: 6 })
      .filter((name) => name !== '__proto__' && !name.includes('\0'));
    const part = fc.dictionary(key, value, { maxKeys: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ data: part, private: part }), { minLength: 1, maxLength: 4 }),
        async (parts) => {
          const id = newId();
          const events = parts.map((each) => ({ type: 'note.made', version: 1, ...each }));
          const handed = new Handed();
          const repository = new NoteRepository(one.model.db, handed, one.model.collection.collectionName);
          await repository.create(id, { state: made().state, events }, context('Ålands-nyckel'));
          const { document } = await stored(id);
          expect(verifyChain(document.outbox, document.journalHead)).toBeNull();
          expect(document.outbox).toEqual(handed.events);
          await journal.append(handed.events);
          await journal.append(document.outbox);
          const chain = await journal.chainOf(id);
          expect(chain).toHaveLength(parts.length);
          expect(verifyChain(chain, document.journalHead)).toBeNull();
        },
      ),
      { numRuns: 40 },
    );
  });

  test('dates in the state come back as dates', async () => {
    const id = newId();
    const at = new Date('2026-12-01T08:00:00.123Z');
    await one.create(id, { state: { title: 'x', count: 0.1, at, tags: ['ö'] }, events: [] }, context());
    expect((await stored(id)).state).toEqual({ title: 'x', count: 0.1, at, tags: ['ö'] });
  });
});

describe('what a document says', () => {
  const collection = () => one.model.collection;
  const asRead = async (id: string) => (await collection().findOne({ _id: id } as never)) as never;
  const lastLink = async (id: string) => (await stored(id)).document.outbox.at(-1);

  test('stands as a hash in the last event of each change, and comes back from the database with the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }),
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2200-01-01') }),
        async (nested, at) => {
          const id = newId();
          const state = { title: 'Ett', count: 1, at, nested: { ...nested, none: undefined } };
          await one.create(id, { state, events: [counted(1), counted(2)] }, context());
          const [first, second] = (await stored(id)).document.outbox;
          expect(first?.document).toBeUndefined();
          expect(second?.document).toEqual({ before: null, after: one.contentHashOf(await asRead(id)) });
          await two.change(id, countUp());
          const last = await lastLink(id);
          expect(last?.document?.before).toBe(second?.document?.after);
          expect(last?.document?.after).toBe(one.contentHashOf(await asRead(id)));
          expect(await chainFault(id)).toBeNull();
        },
      ),
      { numRuns: 50 },
    );
  });

  test('changed past the service, is unlike its chain, and the next change tells so for ever', async () => {
    const id = newId();
    await one.create(id, made(1), context());
    await collection().updateOne({ _id: id } as never, { $set: { count: 1000 } });
    const link = await lastLink(id);
    expect(one.contentHashOf(await asRead(id))).not.toBe(link?.document?.after);
    await two.change(id, countUp());
    expect((await stored(id)).state.count).toBe(1001);
    expect(await chainFault(id)).toEqual({ at: 2, fault: 'document-before' });
  });

  test('is the same in the chain however often the outbox is struck', async () => {
    const id = newId();
    await one.create(id, made(1), context());
    await one.strike([{ id, events: (await stored(id)).document.outbox }]);
    const link = one.handed.events.find(({ aggregate }) => aggregate.id === id);
    expect(link?.document?.after).toBe(one.contentHashOf(await asRead(id)));
  });

  test('is in the chain from the next change on, where it was journaled before there were such hashes', async () => {
    const id = newId();
    await one.create(id, made(1), context());
    await collection().updateOne({ _id: id } as never, { $unset: { 'journalHead.salt': true } });
    expect(one.contentHashOf(await asRead(id))).toBeNull();
    const withoutLink = newId();
    await one.create(withoutLink, { state: { title: 'Ett', count: 1 }, events: [] }, context());
    await two.change(withoutLink, countUp());
    const link = await lastLink(withoutLink);
    expect(link?.document).toEqual({
      before: null,
      after: one.contentHashOf(await asRead(withoutLink)),
    });
  });

  test('may not be changed without an event once the chain speaks of it', async () => {
    const id = newId();
    await one.create(id, made(1), context());
    const silently = (count: number) =>
      one.change(id, {
        authorize: () => context(),
        decide: ({ state }) => ({ state: { ...state, count }, events: [] }),
      });
    await expect(silently(2)).rejects.toThrow('needs an event');
    expect((await stored(id)).state.count).toBe(1);
    await silently(1);
    expect((await stored(id)).revision).toBe(2);
  });
});

describe('the journal', () => {
  test('keeps the first of two events in one place and says so: a fork is not a repeat', async () => {
    const id = newId();
    await one.create(id, made(), context());
    const { document } = await stored(id);
    await journal.append(document.outbox);
    const forged = document.outbox.map((event) => ({ ...event, id: newId() }));
    await expect(journal.append(forged)).rejects.toThrow(/E11000|duplicate key/);
    expect(await journal.chainOf(id)).toEqual(document.outbox);
  });

  test('takes in what is new of a batch that is partly there', async () => {
    const id = newId();
    await one.create(id, { state: made().state, events: upTo(5).map(counted) }, context());
    const { document } = await stored(id);
    await journal.append(document.outbox.slice(1, 3));
    await journal.append(document.outbox);
    await journal.append([]);
    expect(verifyChain(await journal.chainOf(id), document.journalHead)).toBeNull();
  });
});

describe('the outbox', () => {
  const box = async (id: string): Promise<{ seqs: number[]; listed: boolean }> => {
    const { document } = await stored(id);
    return { seqs: document.outbox.map((event) => event.seq), listed: document.outboxSince !== undefined };
  };
  const eventsOf = async (id: string) => (await stored(id)).document.outbox;
  const later = () => new Date(Date.now() + 60_000);
  /** As a strike leaves it that could take out only a part, and then another the rest. */
  const listedEmpty = async (id: string): Promise<void> => {
    await one.create(id, { state: made().state, events: [] }, context());
    await one.model.updateOne({ _id: id } as never, { $set: { outboxSince: new Date() } } as never);
  };

  test('of what was created without events is not on the list of the sweep', async () => {
    const id = newId();
    await one.create(id, { state: made().state, events: [] }, context());
    expect(await box(id)).toEqual({ seqs: [], listed: false });
  });

  test('is emptied of what was published, and the document comes off the sweep’s list', async () => {
    const id = newId();
    await one.create(id, made(), context());
    expect((await one.left(later(), 1000)).map((each) => each.id)).toContain(id);
    await one.strike([{ id, events: await eventsOf(id) }]);
    expect(await box(id)).toEqual({ seqs: [], listed: false });
    expect((await one.left(later(), 1000)).map((each) => each.id)).not.toContain(id);
    expect((await stored(id)).revision).toBe(1);
  });

  test('keeps what came in meanwhile', async () => {
    const id = newId();
    await one.create(id, made(), context());
    const published = await eventsOf(id);
    await one.change(id, countUp());
    await one.strike([{ id, events: published }]);
    expect(await box(id)).toEqual({ seqs: [2], listed: true });
  });

  test('keeps what an outage left behind when later events got through first', async () => {
    const id = newId();
    await one.create(id, made(), context());
    await one.change(id, countUp());
    const [, second] = await eventsOf(id);
    await one.strike([{ id, events: [second!] }]);
    expect(await box(id)).toEqual({ seqs: [1], listed: true });
  });

  test('struck between another write’s reading and writing still puts the document on the sweep’s list', async () => {
    const id = newId();
    await one.create(id, made(), context());
    const published = await eventsOf(id);
    await one.change(id, {
      authorize: () => context(),
      async decide({ state }) {
        // The other replica’s relay finishes just now.
        await two.strike([{ id, events: published }]);
        return { state: { ...state, count: 1 }, events: [counted(1)] };
      },
    });
    expect(await box(id)).toEqual({ seqs: [2], listed: true });
  });

  test('found empty by a sweep loses nothing that comes in before it is struck', async () => {
    const id = newId();
    await listedEmpty(id);
    const [found] = (await one.left(later(), 1000)).filter((each) => each.id === id);
    await one.change(id, countUp());
    await one.strike([found!]);
    expect(await box(id)).toEqual({ seqs: [1], listed: true });
    await one.strike([{ id, events: await eventsOf(id) }]);
    expect(await box(id)).toEqual({ seqs: [], listed: false });
  });

  test('that is empty but listed comes off the list', async () => {
    const id = newId();
    await listedEmpty(id);
    await one.strike([{ id, events: [] }]);
    expect(await box(id)).toEqual({ seqs: [], listed: false });
  });

  test('struck twice, by two replicas with different shares, ends empty', async () => {
    const id = newId();
    await one.create(id, made(), context());
    await one.change(id, countUp());
    const all = await eventsOf(id);
    await Promise.all([one.strike([{ id, events: all.slice(0, 1) }]), two.strike([{ id, events: all }])]);
    expect((await box(id)).seqs).toEqual([]);
  });

  test('under 100 writes and strikes at once from two replicas loses no event before it was struck', async () => {
    const id = newId();
    await one.create(id, made(), context());
    const struck = new Set<number>();
    const relay = async (replica: NoteRepository): Promise<void> => {
      const events = await eventsOf(id);
      await replica.strike([{ id, events }]);
      for (const event of events) struck.add(event.seq);
    };
    await Promise.all(
      upTo(100).flatMap((n) => [
        (n % 2 ? one : two).change(id, countUp()),
        ...(n % 4 ? [] : [relay(one), relay(two)]),
      ]),
    );
    const { seqs, listed } = await box(id);
    expect([...new Set([...struck, ...seqs])].sort((a, b) => a - b)).toEqual(upTo(101));
    expect(listed || seqs.length === 0).toBe(true);
    await relay(one);
    expect((await box(id)).seqs).toEqual([]);
  });

  test('hands what is still in it to the relay before what is new', async () => {
    const id = newId();
    const handed = new Handed();
    const repository = new NoteRepository(one.model.db, handed, one.model.collection.collectionName);
    await repository.create(id, made(), context());
    await repository.change(id, countUp());
    expect(handed.events.map((event) => event.seq)).toEqual([1, 2]);
    expect(handed.before.map((event) => event.seq)).toEqual([1]);
  });
});
