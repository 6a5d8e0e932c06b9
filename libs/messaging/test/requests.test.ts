import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { z } from 'zod';
import { DomainError, endpoint, rpc, serviceActor, type Actor, type EndpointReply } from '#libs/contracts';
import { type ServerHandle } from '#libs/embedded';
import { BusClient, Handles, type Asked, type AskedRpc } from '#libs/messaging';
import { currentScope, newSpan, runInScope } from '#libs/platform';
import { eventually } from '#libs/testing';
import { connectedBus, keys, ownDatabase, ownNats, startReplica, upTo } from './support.ts';

jest.setTimeout(60_000);

const service = 'plans' as const;
const echo = rpc({
  service,
  name: 'tests.echo',
  callers: ['gateway'],
  request: z.strictObject({
    text: z.string(),
    times: z.int().min(1).default(1),
    'a/b': z.strictObject({ 'm~n': z.int() }).optional(),
  }),
  reply: z.strictObject({ text: z.string() }),
});
const failing = rpc({
  service,
  name: 'tests.fail',
  callers: ['gateway'],
  request: z.strictObject({ how: z.string() }),
  reply: z.strictObject({}),
});
const slow = rpc({
  service,
  name: 'tests.slow',
  callers: ['gateway'],
  request: z.strictObject({ milliseconds: z.int() }),
  reply: z.strictObject({ by: z.string() }),
});
const huge = rpc({
  service,
  name: 'tests.huge',
  callers: ['gateway'],
  request: z.strictObject({}),
  reply: z.strictObject({ text: z.string() }),
});
const longPage = rpc({
  service,
  name: 'tests.longPage',
  callers: ['gateway'],
  request: z.strictObject({ query: z.strictObject({ limit: z.int() }) }),
  reply: z.strictObject({ items: z.array(z.string()) }),
});
const note = endpoint({
  service,
  name: 'tests.note',
  right: 'everybody',
  method: 'POST',
  path: '/notes/:id',
  tag: 'tests',
  summary: 'Prov',
  params: z.strictObject({ id: z.string() }),
  query: z.strictObject({ page: z.string().transform(Number).default(1) }),
  body: z.strictObject({ title: z.string().min(1) }),
  reply: z.strictObject({ title: z.string(), asker: z.string(), page: z.number() }),
});

let handled = 0;
let started = 0;

/** More than one message can tell. */
function manyFaults(): DomainError {
  const faults = Array.from({ length: 100_000 }, (_each, index) => ({
    pointer: `/body/budget/${index}/amount`,
    code: 'wrong-type' as const,
  }));
  return new DomainError('invalid-input', { faults });
}

@Controller()
class TestHandlers {
  @Handles(echo)
  async echo({ request }: AskedRpc<typeof echo>) {
    handled += 1;
    return { text: request.text.repeat(request.times) };
  }

  @Handles(failing)
  async fail({ request }: AskedRpc<typeof failing>): Promise<Record<string, never>> {
    switch (request.how) {
      case 'refused':
        throw new DomainError('frame-exceeded', {
          params: { left: '1.00', needed: '2.00' },
          faults: [{ pointer: '/outcomes/0/amount', code: 'amount-zero' }],
          extra: { scope: { kind: 'call' }, allowed: ['edit'] },
        });
      case 'outage':
        throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:27017'), {
          name: 'MongoServerSelectionError',
        });
      case 'stepping down':
        throw Object.assign(new Error('not primary'), {
          name: 'MongoServerError',
          errorLabels: ['RetryableWriteError'],
        });
      case 'broken batch':
        throw Object.assign(new Error('connection 3 to 10.0.0.7:27017 closed'), {
          name: 'MongoBulkWriteError',
          writeErrors: [],
        });
      case 'refused batch':
        throw Object.assign(new Error('too large'), { name: 'MongoBulkWriteError', code: 10334 });
      case 'many faults':
        throw manyFaults();
      case 'text':
        throw 'a thrown text';
      default:
        throw new Error('password hunter2 at mongodb://db');
    }
  }

  @Handles(slow)
  async slow({ request }: AskedRpc<typeof slow>) {
    started += 1;
    await new Promise((resolve) => setTimeout(resolve, request.milliseconds));
    return { by: currentScope()?.actorId ?? '' };
  }

  @Handles(huge)
  async huge() {
    return { text: 'x'.repeat(4_500_000) };
  }

  @Handles(longPage)
  async longPage({ request }: AskedRpc<typeof longPage>) {
    return { items: Array.from({ length: request.query.limit }, () => 'x'.repeat(50_000)) };
  }

  @Handles(note)
  async note({ request, caller }: Asked<typeof note>): Promise<EndpointReply<typeof note>> {
    const { params, query, body } = request;
    return {
      body: {
        title: `${params.id} ${body.title}`,
        asker: `${caller.actor.id} ${caller.trace.traceId}`,
        page: query.page,
      },
      revision: 7,
      replayed: true,
    };
  }
}

const anna: Actor = { id: 'anna', kind: 'person', assignments: [{ role: 'auditor' }], employers: ['kalmar'] };
const asAnna = { actor: anna };

let nats: ServerHandle;
let database: Connection;

beforeAll(async () => {
  [nats, database] = await Promise.all([ownNats(), ownDatabase()]);
});

const replica = () => startReplica(nats.url, database, service, TestHandlers);

async function client(): Promise<BusClient> {
  return new BusClient((await connectedBus(nats.url)).connection, keys.signer('gateway'));
}

describe('a question', () => {
  test('is answered, with the usual values filled in', async () => {
    await replica();
    expect(await (await client()).ask(echo, { text: 'Åh', times: 2 }, asAnna)).toEqual({ text: 'ÅhÅh' });
    expect(await (await client()).ask(echo, { text: 'Åh' }, asAnna)).toEqual({ text: 'Åh' });
  });

  test('for an operation carries parameters, query, body and caller there and the reply back', async () => {
    await replica();
    const trace = newSpan();
    const asking = await client();
    const reply = await runInScope({ trace }, () =>
      asking.call(note, { params: { id: 'n1' }, query: { page: 3 }, body: { title: 'Ett' } }, asAnna),
    );
    expect(reply).toEqual({
      body: { title: 'n1 Ett', asker: `anna ${trace.traceId}`, page: 3 },
      revision: 7,
      replayed: true,
    });
  });

  test('is answered by one of the replicas, all of which get their share', async () => {
    await replica();
    await replica();
    handled = 0;
    const asking = await client();
    await Promise.all(upTo(60).map(() => asking.ask(echo, { text: 'x' }, asAnna)));
    expect(handled).toBe(60);
  });

  test('keeps who asks apart from who asks at the same time', async () => {
    await replica();
    const asking = await client();
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((id) => asking.ask(slow, { milliseconds: 20 }, { actor: { ...anna, id } })),
    );
    expect(answers.map(({ by }) => by)).toEqual(['a', 'b', 'c']);
  });
});

describe('a question is refused', () => {
  test('that does not fit its contract, with every fault and where', async () => {
    await replica();
    const asking = await client();
    const wrong = { times: 0, extra: true, 'a/b': { 'm~n': 1.5 } } as never;
    await expect(asking.ask(echo, wrong, asAnna)).rejects.toMatchObject({
      code: 'invalid-input',
      faults: expect.arrayContaining([
        { pointer: '/text', code: 'required' },
        { pointer: '/times', code: 'too-small', params: { minimum: 1 } },
        { pointer: '/a~1b/m~0n', code: 'wrong-type', params: { expected: 'int' } },
        { pointer: '/extra', code: 'unknown-field' },
      ]),
    });
  });

  test('that asks for an operation wrongly, or with query operators in place of values', async () => {
    await replica();
    const asking = await client();
    const wrong = {
      params: { id: 'n' },
      query: { page: { $gt: 0 } },
      body: { title: '' },
      admin: 1,
    } as never;
    const error = await asking.call(note, wrong, asAnna).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'invalid-input' });
    expect((error as DomainError).faults.map(({ pointer }) => pointer).sort()).toEqual([
      '/admin',
      '/body/title',
      '/query/page',
    ]);
  });

  test('with code, values, faults and members just as the service gave them', async () => {
    await replica();
    const error = await (
      await client()
    )
      .ask(failing, { how: 'refused' }, asAnna)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DomainError);
    expect((error as DomainError).toMessage()).toEqual({
      code: 'frame-exceeded',
      params: { left: '1.00', needed: '2.00' },
      faults: [{ pointer: '/outcomes/0/amount', code: 'amount-zero' }],
      extra: { scope: { kind: 'call' }, allowed: ['edit'] },
    });
  });

  test.each(['refused batch', 'by surprise', 'text'])(
    'as an internal error that tells nothing when the handler fails %s',
    async (how) => {
      await replica();
      const error = await (await client()).ask(failing, { how }, asAnna).catch((reason: unknown) => reason);
      expect((error as DomainError).toMessage()).toEqual({
        code: 'internal-error',
        params: {},
        faults: [],
        extra: {},
      });
    },
  );

  test.each(['outage', 'stepping down', 'broken batch'])(
    'as unavailable, without a word of the driver, when the database is away (%s)',
    async (how) => {
      await replica();
      const error = await (await client()).ask(failing, { how }, asAnna).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'unavailable', params: { seconds: 2 } });
      expect(JSON.stringify((error as DomainError).toMessage())).not.toMatch(/10\.0\.0\.7|primary/);
    },
  );

  test('when the answer is larger than the bus carries, at once and not by silence', async () => {
    await replica();
    await expect((await client()).ask(huge, {}, asAnna)).rejects.toMatchObject({ code: 'internal-error' });
  });

  test('as an internal error when it has more faults than the bus carries, at once', async () => {
    await replica();
    await expect((await client()).ask(failing, { how: 'many faults' }, asAnna)).rejects.toMatchObject({
      code: 'internal-error',
      faults: [],
    });
  });

  test('that carries more than the bus does, before it is sent', async () => {
    await replica();
    const asking = await client();
    const title = 'x'.repeat(5_000_000);
    handled = 0;
    await expect(
      asking.call(note, { params: { id: 'n1' }, query: { page: 1 }, body: { title } }, asAnna),
    ).rejects.toMatchObject({
      code: 'body-too-large',
      params: { limit: expect.stringMatching(/^409\d KiB$/) },
    });
    // Between services it is nobody's fault but ours.
    const error = await asking.ask(echo, { text: title }, asAnna).catch((reason: unknown) => reason);
    expect(error).not.toBeInstanceOf(DomainError);
    expect(handled).toBe(0);
  });

  test('or as too large, and never as if a part were down, whatever its size', async () => {
    await replica();
    const asking = await client();
    const outcome = (length: number): Promise<string> =>
      asking
        .call(
          note,
          { params: { id: 'n' }, query: { page: 1 }, body: { title: 'x'.repeat(length) } },
          // Four million letters take their time on a busy machine.
          { ...asAnna, timeout: 20_000 },
        )
        .then(
          () => 'carried out',
          (error: unknown) => (error as DomainError).code,
        );
    const { max_payload: largest = 0 } = (await connectedBus(nats.url)).connection.info ?? {};
    const outcomes = new Set<string>();
    // Around the size at which token and headers fill up the message.
    for (let left = 1600; left >= 400; left -= 60) outcomes.add(await outcome(largest - left));
    expect([...outcomes]).toEqual(['carried out', 'body-too-large']);
  });

  test('when a page is larger than the bus carries, with the advice to ask for fewer', async () => {
    await replica();
    const asking = await client();
    await expect(asking.ask(longPage, { query: { limit: 200 } }, asAnna)).rejects.toMatchObject({
      code: 'invalid-input',
      faults: [{ pointer: '/query/limit', code: 'page-too-large', params: { value: 200 } }],
    });
    const { items } = await asking.ask(longPage, { query: { limit: 50 } }, asAnna);
    expect(items).toHaveLength(50);
  });

  test('at once when nobody is there to answer', async () => {
    const asking = await client();
    const asked = performance.now();
    await expect(asking.ask(echo, { text: 'x' }, { ...asAnna, timeout: 20_000 })).rejects.toMatchObject({
      code: 'unavailable',
      params: { seconds: 2 },
    });
    expect(performance.now() - asked).toBeLessThan(2000);
  });

  test('within its bound when the answer does not come', async () => {
    await replica();
    const asked = performance.now();
    await expect(
      (await client()).ask(slow, { milliseconds: 3000 }, { ...asAnna, timeout: 200 }),
    ).rejects.toMatchObject({ code: 'unavailable' });
    expect(performance.now() - asked).toBeLessThan(2000);
  });
});

describe('a service that asks itself', () => {
  const ownEcho = rpc({ ...echo, name: 'tests.ownEcho', callers: [service] });
  const ownFailing = rpc({ ...failing, name: 'tests.ownFail', callers: [service] });
  const ownSlow = rpc({ ...slow, name: 'tests.ownSlow', callers: [service] });

  @Controller()
  class OwnHandlers {
    @Handles(ownEcho)
    async echo({ request, caller }: AskedRpc<typeof ownEcho>) {
      const { trace, actorId } = currentScope() ?? {};
      return { text: `${request.text} ${caller.actor.id} ${actorId} ${trace?.traceId}` };
    }

    @Handles(ownFailing)
    async fail({ request }: AskedRpc<typeof ownFailing>): Promise<Record<string, never>> {
      if (request.how === 'many faults') throw manyFaults();
      throw new DomainError('frame-exceeded', { params: { left: '1.00' } });
    }

    @Handles(ownSlow)
    async slow({ request }: AskedRpc<typeof ownSlow>) {
      await new Promise((resolve) => setTimeout(resolve, request.milliseconds));
      return { by: '' };
    }
  }

  const itself = { actor: serviceActor(service) };

  async function asking() {
    const { bus, strategy } = await startReplica(nats.url, database, service, TestHandlers, OwnHandlers);
    const seen: string[] = [];
    const listening = await connectedBus(nats.url);
    listening.connection.subscribe('>', { callback: (_error, { subject }) => void seen.push(subject) });
    await listening.connection.flush();
    return { client: new BusClient(bus.connection, keys.signer(service), strategy), seen, listening };
  }

  test('is answered in its own process, in the same request, and nothing goes over the bus', async () => {
    const { client: own, seen, listening } = await asking();
    const trace = newSpan();
    const { text } = await runInScope({ trace }, () => own.ask(ownEcho, { text: 'Åh' }, itself));
    expect(text).toBe(`Åh service:plans service:plans ${trace.traceId}`);
    await listening.connection.flush();
    expect(seen.filter((subject) => subject.startsWith('rpc.'))).toEqual([]);
  });

  test('is told of what is wrong as any other', async () => {
    const { client: own } = await asking();
    await expect(own.ask(ownFailing, { how: '' }, itself)).rejects.toMatchObject({
      code: 'frame-exceeded',
      params: { left: '1.00' },
    });
    await expect(own.ask(ownFailing, { how: 'many faults' }, itself)).rejects.toMatchObject({
      code: 'internal-error',
    });
    await expect(own.ask(ownEcho, { text: 1 } as never, itself)).rejects.toMatchObject({
      code: 'invalid-input',
    });
    await expect(own.ask(ownSlow, { milliseconds: 3000 }, { ...itself, timeout: 50 })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  test('does not get what is not for it, and acts for nobody who has not asked', async () => {
    const { client: own } = await asking();
    await expect(own.ask(echo, { text: 'x' }, itself)).rejects.toThrow(/does not answer itself/);
    await expect(own.ask(ownEcho, { text: 'x' }, asAnna)).rejects.toThrow(/not been asked/);
    const scope = { trace: newSpan(), token: 'as it came' };
    expect(await runInScope(scope, () => own.ask(ownEcho, { text: 'x' }, asAnna))).toEqual({
      text: `x anna anna ${scope.trace.traceId}`,
    });
  });
});

test('nobody asks for longer than an answer is let through', async () => {
  const asking = await client();
  await expect(asking.ask(echo, { text: 'x' }, { ...asAnna, timeout: 30_001 })).rejects.toThrow(RangeError);
});

describe('what is no answer of a service', () => {
  test.each(['{"stream":"events-plans","seq":1}', 'null', '1', 'no JSON'])(
    'is not taken for one: %s',
    async (text) => {
      const { connection } = await connectedBus(nats.url, service);
      connection.subscribe(echo.subject, { callback: (_error, message) => void message.respond(text) });
      await connection.flush();
      await expect((await client()).ask(echo, { text: 'x' }, asAnna)).rejects.toMatchObject({
        code: 'unavailable',
      });
    },
  );
});

describe('a service that stops', () => {
  test('finishes what it was asked and takes no more, while another replica goes on', async () => {
    const leaving = await replica();
    const asking = await client();
    started = 0;
    const underWay = upTo(5).map(() => asking.ask(slow, { milliseconds: 500 }, asAnna));
    await eventually(() => started === 5);
    await replica();
    const closed = leaving.close();
    const later = Promise.all(upTo(20).map(() => asking.ask(echo, { text: 'y' }, asAnna)));
    expect(await Promise.all(underWay)).toEqual(upTo(5).map(() => ({ by: 'anna' })));
    expect(await later).toEqual(upTo(20).map(() => ({ text: 'y' })));
    await closed;
  });
});

test('a server that comes back finds its services and clients again by itself', async () => {
  await replica();
  const asking = await client();
  await asking.ask(echo, { text: 'x' }, asAnna);
  await nats.kill();
  await expect(asking.ask(echo, { text: 'x' }, asAnna)).rejects.toMatchObject({ code: 'unavailable' });
  await nats.restart();
  expect(await eventually(() => asking.ask(echo, { text: 'åter' }, asAnna))).toEqual({ text: 'åter' });
});
