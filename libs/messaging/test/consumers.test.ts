import { beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Controller, type Type } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { z } from 'zod';
import { DomainError, eventSubject, rpc, streamOf, type EventEnvelope } from '#libs/contracts';
import { type ServerHandle } from '#libs/embedded';
import {
  BusClient,
  Consumes,
  Handles,
  Poison,
  Relay,
  type AskedRpc,
  type Bus,
  type Delivered,
} from '#libs/messaging';
import { JournalStore, newId, sealEvents } from '#libs/persistence';
import { currentScope, newSpan, runInScope, traceparent } from '#libs/platform';
import { eventually } from '#libs/testing';
import { toEnvelope } from '../src/relay.ts';
import {
  connectedBus,
  freshStream,
  keys,
  ownDatabase,
  ownNats,
  silent,
  startReplica,
  upTo,
  type Replica,
} from './support.ts';

jest.setTimeout(15_000);

let nats: ServerHandle;
let database: Connection;
let bus: Bus;

beforeAll(async () => {
  [nats, database] = await Promise.all([ownNats(), ownDatabase()]);
});

beforeEach(async () => {
  bus = await connectedBus(nats.url);
  await freshStream(bus, 'plans');
  await database.collection('dead-letters').deleteMany({});
});

interface Options {
  readonly id?: string;
  readonly seq?: number;
  readonly type?: string;
  readonly traceparent?: string;
}

function envelope({
  id = newId(),
  seq = 1,
  type = 'note.counted',
  traceparent: trace,
}: Options = {}): EventEnvelope {
  const [event] = sealEvents(
    { seq: seq - 1, hash: seq === 1 ? null : 'h' },
    { type: 'note', id },
    seq,
    [{ type, version: 1, data: { count: seq } }],
    {
      actor: { id: 'anna', kind: 'person' },
      time: new Date(),
      command: 'c',
      ...(trace && { traceparent: trace }),
    },
  );
  return toEnvelope('plans', event!);
}

async function publish(event: unknown, type = 'note.counted'): Promise<void> {
  await bus.jetstream.publish(
    eventSubject('plans', type),
    typeof event === 'string' ? event : JSON.stringify(event),
  );
}

type Take = (event: EventEnvelope, delivery: number) => Promise<void> | void;

/** A consumer whose deliveries are seen. Each test has its own, by its own purpose: consumers are durable. */
function consumer(purpose: string, take: Take = () => undefined, types: string[] = ['note.counted']) {
  const seen: EventEnvelope[] = [];

  @Controller()
  class TestConsumer {
    @Consumes({ purpose, from: 'plans', types })
    async take({ event }: Delivered): Promise<void> {
      seen.push(event);
      await take(event, seen.filter(({ id }) => id === event.id).length);
    }
  }
  return {
    seen,
    controller: TestConsumer as Type<unknown>,
    counts: () => seen.map((event) => event.sequence),
  };
}

const replica = (...controllers: Type<unknown>[]) =>
  startReplica(nats.url, database, 'notifications', ...controllers);

async function settled(of: Replica): Promise<void> {
  await eventually(() => of.strategy.isIdle());
}

const lettersOf = async ({ deadLetters }: Replica) =>
  (await deadLetters.list({}, { limit: 20, page: 1 })).items;

describe('a consumer', () => {
  test('takes in each event once, in order within its aggregate, and only of its types', async () => {
    const { seen, controller } = consumer('order');
    const service = await replica(controller);
    const ids = [newId(), newId(), newId()];
    for (const seq of upTo(10)) {
      for (const id of ids) await publish(envelope({ id, seq }));
      await publish(envelope({ type: 'note.other' }), 'note.other');
    }
    await settled(service);
    for (const id of ids)
      expect(seen.filter((event) => event.aggregateid === id).map((event) => event.sequence)).toEqual(
        upTo(10),
      );
    expect(seen).toHaveLength(30);
  });

  test('takes events of one aggregate one after the other, those of different ones side by side', async () => {
    const now = new Set<string>();
    let most = 0;
    let overlapped = false;
    const { controller } = consumer('turns', async ({ aggregateid }) => {
      overlapped ||= now.has(aggregateid);
      now.add(aggregateid);
      most = Math.max(most, now.size);
      await new Promise((resolve) => setTimeout(resolve, 20));
      now.delete(aggregateid);
    });
    const service = await replica(controller);
    const ids = [newId(), newId(), newId()];
    for (const seq of upTo(5)) for (const id of ids) await publish(envelope({ id, seq }));
    await settled(service);
    expect(overlapped).toBe(false);
    expect(most).toBeGreaterThan(1);
  });

  test('shares the work with its other replicas', async () => {
    const [one, two] = [consumer('shared'), consumer('shared')];
    const [first] = await Promise.all([replica(one.controller), replica(two.controller)]);
    for (const _each of upTo(100)) await publish(envelope());
    await settled(first);
    expect(one.seen.length + two.seen.length).toBe(100);
  });

  test('goes on where it was when its service starts again', async () => {
    const before = consumer('again');
    const first = await replica(before.controller);
    await publish(envelope());
    // The server counts a new event as pending a moment after it has acknowledged it.
    await eventually(() => Promise.resolve(before.seen.length === 1));
    await settled(first);
    await first.close();
    await publish(envelope({ seq: 2 }));
    const after = consumer('again');
    await settled(await replica(after.controller));
    expect([before.counts(), after.counts()]).toEqual([[1], [2]]);
  });

  test('gets the events of a type that a later version of its service asks for', async () => {
    const old = consumer('upgraded');
    const first = await replica(old.controller);
    await settled(first);
    await first.close();
    const upgraded = consumer('upgraded', undefined, ['note.counted', 'note.other']);
    const second = await replica(upgraded.controller);
    await publish(envelope({ type: 'note.other' }), 'note.other');
    await eventually(() => upgraded.seen.length === 1);
    await settled(second);
    expect(upgraded.seen[0]?.type).toBe('note.other');
  });

  test('waits for a stream whose owner has not started yet', async () => {
    await (await bus.manager()).streams.delete(streamOf('plans'));
    const { seen, controller } = consumer('early');
    const service = await replica(controller);
    expect(await service.strategy.isIdle()).toBe(false);
    await freshStream(bus, 'plans');
    await publish(envelope());
    await eventually(() => seen.length === 1);
    await settled(service);
  });

  test('goes on after NATS was killed and came back', async () => {
    const { controller, counts } = consumer('restart');
    const service = await replica(controller);
    await publish(envelope());
    await settled(service);
    await nats.kill();
    await nats.restart();
    await eventually(() => publish(envelope({ seq: 2 })).then(() => true));
    await eventually(() => counts().includes(2));
    await settled(service);
    expect(new Set(counts())).toEqual(new Set([1, 2]));
  });

  test('may be stopped at any moment of its start', async () => {
    for (const moment of [0, 1, 2, 5, 10, 20]) {
      const service = await replica(consumer('starting').controller);
      await new Promise((resolve) => setTimeout(resolve, moment));
      await service.close();
      expect(service.bus.connection.isClosed()).toBe(true);
    }
  });

  test('that stops finishes what it has begun and leaves the rest to its successor', async () => {
    let begun = 0;
    const leaving = consumer('stopping', async () => {
      begun += 1;
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    const first = await replica(leaving.controller);
    const id = newId();
    await publish(envelope({ id }));
    await eventually(() => begun === 1);
    await first.close();
    for (const seq of [2, 3]) await publish(envelope({ id, seq }));
    const next = consumer('stopping');
    await settled(await replica(next.controller));
    // The first was acknowledged, so it does not come again.
    expect([leaving.counts(), next.counts()]).toEqual([[1], [2, 3]]);
  });
});

describe('an event that could not be taken in', () => {
  test('comes again, a little later, until it is, and not after that', async () => {
    const times: number[] = [];
    const { seen, controller } = consumer('retry', (_event, delivery) => {
      times.push(performance.now());
      if (delivery < 3) throw new Error('not yet');
    });
    const service = await replica(controller);
    await publish(envelope());
    await eventually(() => seen.length === 3);
    await settled(service);
    expect(seen).toHaveLength(3);
    const [first = 0, second = 0, third = 0] = times;
    expect(second - first).toBeGreaterThan(150);
    expect(third - second).toBeGreaterThan(800);
    expect(await lettersOf(service)).toEqual([]);
  });

  test('because a part is away is not given up, and does not stop the others', async () => {
    const { seen, controller } = consumer('outage', ({ sequence }, delivery) => {
      if (sequence === 1 && delivery < 2)
        throw Object.assign(new Error('gone'), { name: 'MongoNetworkError' });
    });
    const service = await replica(controller);
    await publish(envelope());
    await publish(envelope({ seq: 2 }));
    await eventually(() => seen.length === 3);
    await settled(service);
    expect(await lettersOf(service)).toEqual([]);
  });

  test.each<[string, Error, string]>([
    ['poison', new Poison('no such kind'), 'no such kind'],
    ['a refusal by the domain', new DomainError('state-conflict'), 'state-conflict'],
    ['a fault of the program', new TypeError('x is undefined'), 'TypeError: x is undefined'],
  ])('because it is %s is a dead letter at once, and the next is taken in', async (_name, error, reason) => {
    const { counts, controller } = consumer(`poison-${reason.replace(/\W/g, '')}`, ({ sequence }) => {
      if (sequence === 1) throw error;
    });
    const service = await replica(controller);
    const id = newId();
    const poisoned = envelope({ id });
    await publish(poisoned);
    await publish(envelope({ id, seq: 2 }));
    await settled(service);
    expect(counts()).toEqual([1, 2]);
    expect(await lettersOf(service)).toEqual([
      expect.objectContaining({
        eventId: poisoned.id,
        eventType: 'note.counted',
        reason,
        deliveries: 1,
        state: 'waiting',
      }),
    ]);
  });

  test('however often it was tried becomes a dead letter at the last', async () => {
    const { seen, controller } = consumer('exhausted', () => {
      throw new Error('never');
    });
    // Makes the consumer, then wears out eleven of the twelve deliveries without waiting for the back-off.
    await (await replica(consumer('exhausted').controller)).close();
    await publish(envelope());
    const raw = await bus.jetstream.consumers.get(streamOf('plans'), 'notifications--exhausted');
    for (const _each of upTo(11)) (await raw.next({ expires: 5000 }))?.nak();
    const service = await replica(controller);
    await eventually(async () => (await lettersOf(service)).length === 1);
    await settled(service);
    expect(seen).toHaveLength(1);
    expect(await lettersOf(service)).toEqual([
      expect.objectContaining({ deliveries: 12, reason: 'tried 12 times: never' }),
    ]);
  });

  test('because it is not from the owner of the stream goes to the dead letters, and stays there', async () => {
    const { seen, controller } = consumer('foreign');
    const service = await replica(controller);
    await publish({ ...envelope(), source: 'urn:insats:directory' });
    await publish(envelope({ type: 'note.other' }));
    await publish(envelope({ seq: 2 }));
    await settled(service);
    expect(seen.map(({ sequence }) => sequence)).toEqual([2]);
    const letters = await lettersOf(service);
    expect(letters.map(({ reason }) => reason).toSorted()).toEqual([
      'an event note.other of plans on events.plans.note.counted',
      'an event of urn:insats:directory, not of plans',
    ]);
    const foreign = letters.find(({ reason }) => reason.includes('directory'));
    const replay = service.deadLetters.replay(foreign?.id ?? '', (name, event) =>
      service.strategy.deliver(name, event),
    );
    await expect(replay).rejects.toMatchObject({ code: 'state-conflict', params: { state: 'foreign' } });
    expect(seen).toHaveLength(1);
  });

  test('because it is no event at all is kept too, each by itself, word for word', async () => {
    const { seen, controller } = consumer('garbage');
    const service = await replica(controller);
    for (const garbage of ['{', 'not json', '{"id":"x","type":"y"}', '7']) await publish(garbage);
    await publish(envelope());
    await settled(service);
    expect(seen).toHaveLength(1);
    const letters = await lettersOf(service);
    expect(letters.map(({ deliveries, eventId }) => [deliveries, eventId]).sort()).toEqual([
      [1, ''],
      [1, ''],
      [1, ''],
      [1, 'x'],
    ]);
    const kept = await database.collection('dead-letters').find({}).toArray();
    expect(JSON.stringify(kept)).toContain('not json');
    // What cannot be read cannot be replayed, and says so.
    const replay = service.deadLetters.replay(letters[0]?.id ?? '', (name, event) =>
      service.strategy.deliver(name, event),
    );
    await expect(replay).rejects.toMatchObject({ code: 'state-conflict' });
  });

  test('is taken in when it is replayed after the fault was mended', async () => {
    let mended = false;
    const { seen, controller } = consumer('replay', () => {
      if (!mended) throw new Poison('broken');
    });
    const service = await replica(controller);
    const event = envelope();
    await publish(event);
    await eventually(async () => (await lettersOf(service)).length === 1);
    const [letter] = await lettersOf(service);
    const replay = () =>
      service.deadLetters.replay(letter?.id ?? '', (name, body) => service.strategy.deliver(name, body));
    await expect(replay()).rejects.toThrow('broken');
    mended = true;
    expect(await replay()).toMatchObject({ state: 'replayed' });
    expect(seen.at(-1)).toEqual(event);
    await expect(service.strategy.deliver('notifications--none', event)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('is not lost when the dead letter cannot be kept', async () => {
    const { seen, controller } = consumer('unkept', () => {
      throw new Poison('broken');
    });
    const service = await replica(controller);
    const put = service.deadLetters.put.bind(service.deadLetters);
    service.deadLetters.put = () => Promise.reject(new Error('database gone'));
    await publish(envelope());
    await eventually(() => seen.length === 1);
    expect(await service.strategy.isIdle()).toBe(false);
    service.deadLetters.put = put;
    await eventually(async () => (await lettersOf(service)).length === 1);
  });
});

test('one trace leads from the caller through request and event to the consumer', async () => {
  const publishNote = rpc({
    service: 'plans',
    name: 'tests.publish',
    callers: ['gateway'],
    request: z.strictObject({}),
    reply: z.strictObject({}),
  });
  const relay = new Relay(bus, 'plans', new JournalStore(database), silent);
  relay.add({
    type: 'note',
    prepare: async () => undefined,
    left: async () => [],
    strike: async () => undefined,
  });

  @Controller()
  class Owner {
    @Handles(publishNote)
    async publish({ caller }: AskedRpc<typeof publishNote>) {
      const context = {
        actor: { id: 'anna', kind: 'person' as const },
        time: new Date(),
        command: 'c',
        traceparent: traceparent(caller.trace),
      };
      const aggregate = { type: 'note', id: newId() };
      relay.enqueue(
        aggregate,
        sealEvents(
          { seq: 0, hash: null },
          aggregate,
          1,
          [{ type: 'note.counted', version: 1, data: {} }],
          context,
        ),
      );
      return {};
    }
  }
  const scopes: { traceId: string | undefined; spanId: string | undefined; actor: string | undefined }[] = [];
  const { seen, controller } = consumer('trace', () => {
    const scope = currentScope();
    scopes.push({ traceId: scope?.trace.traceId, spanId: scope?.trace.spanId, actor: scope?.actorId });
  });
  await startReplica(nats.url, database, 'plans', Owner);
  await replica(controller);
  const trace = newSpan();
  const actor = { id: 'anna', kind: 'person' as const, assignments: [], employers: [] };
  await runInScope({ trace }, () =>
    new BusClient(bus.connection, keys.signer('gateway')).ask(publishNote, {}, { actor }),
  );
  await eventually(() => scopes.length === 1);
  expect(seen[0]?.traceparent).toContain(trace.traceId);
  expect(scopes[0]).toMatchObject({ traceId: trace.traceId, actor: 'service:notifications' });
  expect(scopes[0]?.spanId).not.toBe(trace.spanId);
});
