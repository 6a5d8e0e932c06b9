import { createPrivateKey, createPublicKey, hash } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { headers } from '@nats-io/transport-node';
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import { type Connection } from 'mongoose';
import { z } from 'zod';
import { endpoint, rpc, serviceActor, subjectOf, type Actor, type CallerName } from '#libs/contracts';
import { inboxOf, usedTokens } from '#libs/bus-setup';
import { type ServerHandle } from '#libs/embedded';
import {
  BusClient,
  ensureUsedTokens,
  Handles,
  MessageVerifier,
  type Asked,
  type AskedRpc,
  type Bus,
} from '#libs/messaging';
import { newSpan, runInScope, type PrivateJwk } from '#libs/platform';
import { eventually, testKeys } from '#libs/testing';
import { connectedBus, keys, ownDatabase, ownNats, startReplica, upTo, type Replica } from './support.ts';

const anna: Actor = {
  id: 'anna',
  kind: 'person',
  assignments: [{ role: 'processLeader', rcc: 'norr' }],
  employers: ['kalmar'],
};
const bo: Actor = { ...anna, id: 'bo', assignments: [{ role: 'administrator' }] };

const whoAsks = rpc({
  service: 'plans',
  name: 'tests.whoAsks',
  callers: ['gateway', 'follow-ups'],
  onBehalfOf: [subjectOf('follow-ups', 'tests.passedOn')],
  request: z.strictObject({ n: z.int() }),
  reply: z.strictObject({ id: z.string() }),
});
const other = rpc({ ...whoAsks, name: 'tests.other' });
const operation = endpoint({
  service: 'plans',
  name: 'tests.operation',
  right: 'everybody',
  method: 'POST',
  path: '/operations',
  tag: 'tests',
  summary: 'Prov',
  reply: z.strictObject({ id: z.string() }),
});
const passedOn = rpc({ ...whoAsks, service: 'follow-ups', name: 'tests.passedOn', callers: ['gateway'] });

const reading = endpoint({ ...operation, name: 'tests.reading', method: 'GET', status: 200 });

let executed: string[] = [];
let traces: string[] = [];

@Controller()
class Plans {
  @Handles(whoAsks)
  async whoAsks({ caller }: AskedRpc<typeof whoAsks>) {
    executed.push(caller.actor.id);
    return { id: caller.actor.id };
  }

  @Handles(other)
  async other({ caller }: AskedRpc<typeof other>) {
    executed.push(caller.actor.id);
    return { id: caller.actor.id };
  }

  @Handles(operation)
  async operation({ caller }: Asked<typeof operation>) {
    executed.push(caller.actor.id);
    traces.push(caller.trace.traceId);
    return { body: { id: caller.actor.id } };
  }

  @Handles(reading)
  async reading({ caller }: Asked<typeof reading>) {
    executed.push(caller.actor.id);
    return { body: { id: caller.actor.id } };
  }
}

let nats: ServerHandle;
let database: Connection;
let bus: Bus;
let first: Replica;

beforeAll(async () => {
  [nats, database] = await Promise.all([ownNats(), ownDatabase()]);
});

beforeEach(async () => {
  bus = await connectedBus(nats.url);
  executed = [];
  traces = [];
  first = await startReplica(nats.url, database, 'plans', Plans);
});

const now = (): number => Math.floor(Date.now() / 1000);
const payload = JSON.stringify({ n: 1 });
let serial = 0;
const traceId = '0af7651916cd43dd8448eb211c80319c';

type Claims = Record<string, unknown>;

/** Claims that are good for asking `whoAsks` as Anna. */
function claims(changes: Claims = {}): Claims {
  serial += 1;
  return {
    iss: 'gateway',
    aud: 'plans',
    sub: 'anna',
    act: anna,
    jti: `${traceId}.${String(serial).padStart(16, '0')}`,
    iat: now(),
    exp: now() + 60,
    op: whoAsks.subject,
    bh: hash('sha256', payload, 'base64url'),
    ...changes,
  };
}

/** A token by jose, independent of the product's own signing. */
async function token(content: Claims, key: PrivateJwk = keys.own.gateway, header: Claims = {}) {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'insats-internal+jwt', kid: key.kid, ...header })
    .sign(createPrivateKey({ key: { ...key }, format: 'jwk' }), { crit: { urn: true } });
}

/** Asks as the process that has signed where it may ask this, or else as the gateway. */
async function ask(
  withToken: string | undefined,
  subject = whoAsks.subject,
  body: string = payload,
): Promise<unknown> {
  const metadata = headers();
  if (withToken !== undefined) metadata.set('insats-token', withToken);
  const isService = issuerOf(withToken) === 'follow-ups' && subject === whoAsks.subject;
  const reply = `${inboxOf(isService ? 'follow-ups' : 'gateway')}.${newSpan().spanId}`;
  const answer = new Promise<unknown>((resolve, reject) => {
    bus.connection.subscribe(reply, {
      max: 1,
      timeout: 5000,
      callback: (error, message) => (error ? reject(error) : resolve(message.json())),
    });
  });
  bus.connection.publish(subject, body, { headers: metadata, reply });
  return answer;
}

function issuerOf(withToken: string | undefined): unknown {
  const [, content = ''] = withToken?.split('.') ?? [];
  try {
    return (JSON.parse(Buffer.from(content, 'base64url').toString()) as Claims)['iss'];
  } catch {
    return undefined;
  }
}

const refused = { problem: { code: 'not-authenticated', params: {}, faults: [], extra: {} } };

async function expectRefused(withToken: string | undefined, subject?: string, body?: string): Promise<void> {
  expect(await ask(withToken, subject, body)).toEqual(refused);
  expect(executed).toEqual([]);
}

/** As a verifier sees it. */
const asked = {
  subject: whoAsks.subject,
  data: new TextEncoder().encode(payload),
  callers: whoAsks.callers,
  onBehalfOf: whoAsks.onBehalfOf ?? [],
};

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a message', () => {
  test('with a good token is believed', async () => {
    expect(await ask(await token(claims()))).toEqual({ ok: { id: 'anna' } });
  });

  test('of the product itself is a standard JWS that others can verify', async () => {
    const trace = newSpan();
    const signed = keys
      .signer('gateway')
      .sign({ subject: whoAsks.subject, to: 'plans', payload, actor: anna, trace });
    const publicKey = createPublicKey({ key: { ...keys.all.gateway[0]! }, format: 'jwk' });
    const verified = await compactVerify(signed, publicKey, { algorithms: ['EdDSA'] });
    expect(verified.protectedHeader).toEqual({
      alg: 'EdDSA',
      typ: 'insats-internal+jwt',
      kid: keys.own.gateway.kid,
    });
    const content = JSON.parse(new TextDecoder().decode(verified.payload)) as Claims;
    expect(content).toEqual({
      ...claims(),
      iat: content['iat'],
      exp: content['exp'],
      jti: `${trace.traceId}.${trace.spanId}`,
    });
    expect(Number(content['exp']) - Number(content['iat'])).toBe(60);
    expect(await ask(signed)).toEqual({ ok: { id: 'anna' } });
  });

  test('is believed though clocks differ by a few seconds, and no further', async () => {
    expect(await ask(await token(claims({ iat: now() + 3, exp: now() + 63 })))).toHaveProperty('ok');
    expect(await ask(await token(claims({ iat: now() - 63, exp: now() - 3 })))).toHaveProperty('ok');
    executed = [];
    await expectRefused(await token(claims({ iat: now() + 8, exp: now() + 60 })));
    await expectRefused(await token(claims({ iat: now() - 67, exp: now() - 7 })));
  });
});

describe('a message is refused and nothing done', () => {
  test.each<[string, string | undefined]>([
    ['without a token', undefined],
    ['with an empty one', ''],
    ['with what is none', 'a.b.c'],
    ['with the actor of former times', JSON.stringify(anna)],
  ])('%s', async (_what, text) => {
    await expectRefused(text);
  });

  test('with a token longer than any actor needs, though it is signed', async () => {
    const assignments = Array.from({ length: 3000 }, () => ({ role: 'auditor' }));
    await expectRefused(await token(claims({ act: { ...anna, assignments } })));
  });

  test('signed by a key that nobody knows, also under a known name', async () => {
    const stranger = testKeys().own.gateway;
    await expectRefused(await token(claims(), stranger));
    await expectRefused(await token(claims(), stranger, { kid: keys.own.gateway.kid }));
  });

  test('altered in any place', async () => {
    const good = await token(claims());
    const [header = '', content = '', signature = ''] = good.split('.');
    await expectRefused(`${header}.${base64(claims({ sub: 'bo', act: bo }))}.${signature}`);
    for (let place = 0; place < good.length; place += 7) {
      const letter = good[place] === 'A' ? 'B' : 'A';
      if (good[place] === '.') continue;
      await expectRefused(good.slice(0, place) + letter + good.slice(place + 1));
    }
    await expectRefused(`${header}.${content}.`);
    await expectRefused(`${header}.${content}`);
  });

  test('not signed at all', async () => {
    const header = base64({ alg: 'none', typ: 'insats-internal+jwt', kid: keys.own.gateway.kid });
    await expectRefused(`${header}.${base64(claims())}.`);
    await expectRefused(`${header}.${base64(claims())}.${'A'.repeat(86)}`);
  });

  test('signed by the public key as a shared secret', async () => {
    const { x, kid } = keys.all.gateway[0]!;
    for (const secret of [x, JSON.stringify(keys.all.gateway[0]), Buffer.from(x, 'base64url')]) {
      const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret;
      await expectRefused(
        await new CompactSign(new TextEncoder().encode(JSON.stringify(claims())))
          .setProtectedHeader({ alg: 'HS256', typ: 'insats-internal+jwt', kid })
          .sign(bytes),
      );
    }
  });

  test.each<[string, Claims]>([
    ['of another type', { typ: 'at+jwt' }],
    ['of no type', { typ: undefined }],
    ['with a key of its own', { jwk: { kty: 'OKP', crv: 'Ed25519', x: keys.all.gateway[0]?.x } }],
    ['that says where the key lies', { jku: 'https://evil.example/jwks' }],
    ['with a certificate', { x5u: 'https://evil.example/cert' }],
    ['with an extension', { crit: ['urn'], urn: true }],
    ['under no key', { kid: undefined }],
    ['under an unknown key', { kid: 'k' }],
    ['by the newer name of the algorithm', { alg: 'Ed25519' }],
  ])('with a token %s', async (_what, header) => {
    await expectRefused(await token(claims(), keys.own.gateway, header));
  });

  test.each<[string, () => Claims]>([
    ['for another service', () => ({ aud: 'applications' })],
    ['for several services', () => ({ aud: ['plans', 'applications'] })],
    ['for another operation', () => ({ op: other.subject })],
    ['for another message', () => ({ bh: hash('sha256', '{"n":2}', 'base64url') })],
    ['of another issuer', () => ({ iss: 'directory' })],
    ['of an unknown issuer', () => ({ iss: 'mallory' })],
    ['that has expired', () => ({ iat: now() - 120, exp: now() - 60 })],
    ['that begins later', () => ({ iat: now() + 30, exp: now() + 60 })],
    ['that lives longer than a minute', () => ({ exp: now() + 61 })],
    ['without an end', () => ({ exp: undefined })],
    ['without a name of its own', () => ({ jti: undefined })],
    ['of two actors', () => ({ sub: 'bo' })],
    ['of no actor', () => ({ act: undefined })],
    ['of an actor in an unknown role', () => ({ act: { ...anna, assignments: [{ role: 'king' }] } })],
    ['of an actor who is more than that', () => ({ act: { ...anna, admin: true } })],
    ['that says more than it should', () => ({ admin: true })],
    ['of the gateway as another service', () => ({ sub: 'service:plans', act: serviceActor('plans') })],
    ['of the gateway on behalf of somebody', () => ({ obo: 'a.b.c' })],
  ])('with a token %s', async (_what, changes) => {
    await expectRefused(await token(claims(changes())));
  });

  test('with another text than was signed', async () => {
    await expectRefused(await token(claims()), whoAsks.subject, '{"n":2}');
  });

  test('sent to another operation than was signed', async () => {
    await expectRefused(await token(claims()), other.subject);
  });

  test('the second time', async () => {
    const good = await token(claims());
    expect(await ask(good)).toHaveProperty('ok');
    executed = [];
    await expectRefused(good);
  });
});

describe('a command', () => {
  const body = JSON.stringify({ params: {}, query: {}, body: {} });
  const signed = (to: { subject: string } = operation): Promise<string> =>
    token(claims({ op: to.subject, bh: hash('sha256', body, 'base64url') }));
  const done = { ok: { body: { id: 'anna' } } };

  test('is carried out once by all replicas together, however often and to whom it is sent', async () => {
    const second = await startReplica(nats.url, database, 'plans', Plans);
    const believed = [first, second].map(({ verifier }) => jest.spyOn(verifier, 'verify'));
    const good = await signed();
    const answers: unknown[] = [];
    await eventually(async () => {
      answers.push(...(await Promise.all(upTo(5).map(() => ask(good, operation.subject, body)))));
      return believed.every(({ mock }) => mock.calls.length > 0);
    });
    // Each replica has taken it for new by what it knew itself.
    for (const { mock } of believed) {
      expect(mock.results.filter(({ type }) => type === 'return')).toHaveLength(1);
    }
    expect(executed).toEqual(['anna']);
    expect(answers.filter((answer) => JSON.stringify(answer) === JSON.stringify(done))).toHaveLength(1);
    expect(answers.filter((answer) => JSON.stringify(answer) !== JSON.stringify(done))).toEqual(
      answers.slice(1).map(() => refused),
    );
  });

  test('is not carried out again by a replica that has been started anew', async () => {
    const good = await signed();
    expect(await ask(good, operation.subject, body)).toEqual(done);
    await first.close();
    executed = [];
    await startReplica(nats.url, database, 'plans', Plans);
    await expectRefused(good, operation.subject, body);
    expect(await ask(await signed(), operation.subject, body)).toEqual(done);
  });

  test('waits for better times when nobody can know whether it was used, and reading goes on', async () => {
    await (await bus.manager()).streams.delete(usedTokens.stream);
    try {
      expect(await ask(await signed(), operation.subject, body)).toEqual({
        problem: { code: 'unavailable', params: { seconds: 2 }, faults: [], extra: {} },
      });
      expect(executed).toEqual([]);
      expect(await ask(await signed(reading), reading.subject, body)).toEqual(done);
    } finally {
      await ensureUsedTokens(bus, 1);
    }
    expect(await ask(await signed(), operation.subject, body)).toEqual(done);
  });

  test('can be given again once the server has come back, which has forgotten nothing that is needed', async () => {
    const good = await signed();
    expect(await ask(good, operation.subject, body)).toEqual(done);
    await nats.kill();
    await nats.restart();
    await eventually(async () => {
      expect(await ask(await signed(), operation.subject, body)).toEqual(done);
      return true;
    });
  });

  test('belongs to the request that was signed, whatever the header beside it says', async () => {
    const metadata = headers();
    metadata.set('insats-token', await signed());
    metadata.set('traceparent', `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`);
    await bus.connection.request(operation.subject, body, { headers: metadata, timeout: 5000 });
    expect(traces).toEqual([traceId]);
  });
});

describe('a message is neither carried out nor answered', () => {
  test.each<[string, string | undefined]>([
    ['without a place for the answer', undefined],
    ['whose answer would go to a process that may not ask this', `${inboxOf('directory')}.x`],
    ['whose answer would go to another that may ask the same', `${inboxOf('follow-ups')}.x`],
    ['whose answer would be taken for an event', 'events.directory.person.changed'],
    ['whose answer would be a question', other.subject],
  ])('%s', async (_what, reply) => {
    const heard: unknown[] = [];
    if (reply !== undefined) {
      bus.connection.subscribe(reply, { callback: (_error, message) => void heard.push(message.data) });
    }
    const metadata = headers();
    metadata.set('insats-token', await token(claims()));
    bus.connection.publish(whoAsks.subject, payload, { headers: metadata, ...(reply && { reply }) });
    // Behind them in the same queue.
    expect(await ask(await token(claims()))).toEqual({ ok: { id: 'anna' } });
    expect(executed).toEqual(['anna']);
    expect(heard).toEqual([]);
  });
});

test('a fault in finding out who asks is answered at once, and told to nobody', async () => {
  jest.spyOn(first.verifier, 'verify').mockImplementationOnce(() => {
    throw new TypeError('a fault in the verifier');
  });
  expect(await ask(await token(claims()))).toEqual({ problem: { code: 'internal-error' } });
});

describe('a service', () => {
  const asService = (issuer: CallerName, changes: Claims = {}): Promise<string> =>
    token(
      claims({ iss: issuer, sub: `service:${issuer}`, act: serviceActor(issuer), ...changes }),
      keys.own[issuer],
    );

  test('asks as itself what its contract lets it ask', async () => {
    expect(await ask(await asService('follow-ups'))).toEqual({ ok: { id: 'service:follow-ups' } });
  });

  test('cannot ask what is not for it, nor any operation of the API', async () => {
    await expectRefused(await asService('directory'));
    const body = JSON.stringify({ params: {}, query: {}, body: {} });
    const bh = hash('sha256', body, 'base64url');
    await expectRefused(
      await asService('follow-ups', { op: operation.subject, bh }),
      operation.subject,
      body,
    );
    expect(await ask(await token(claims({ op: operation.subject, bh })), operation.subject, body)).toEqual({
      ok: { body: { id: 'anna' } },
    });
  });

  test('cannot sign as the gateway, nor as another service', async () => {
    for (const issuer of ['gateway', 'directory'] as const) {
      await expectRefused(await token(claims({ iss: issuer }), keys.own['follow-ups']));
      await expectRefused(
        await token(
          claims({ iss: issuer, sub: `service:${issuer}`, act: serviceActor(issuer) }),
          keys.own['follow-ups'],
        ),
      );
      await expectRefused(
        await token(claims({ iss: issuer }), keys.own['follow-ups'], { kid: keys.own[issuer].kid }),
      );
    }
  });

  test('cannot act for somebody who has not asked it', async () => {
    await expectRefused(await asService('follow-ups', { sub: 'anna', act: anna }));
    await expectRefused(await asService('follow-ups', { sub: 'service:plans', act: serviceActor('plans') }));
  });

  test('has no roles, whatever it says', async () => {
    const { actor, ...message } = {
      ...asked,
      reply: `${inboxOf('follow-ups')}.x`,
      actor: { ...serviceActor('follow-ups'), assignments: [{ role: 'administrator' }] },
    };
    const signed = await asService('follow-ups', { act: actor });
    expect(keys.verifier('plans').verify({ ...message, token: signed }).actor).toEqual(
      serviceActor('follow-ups'),
    );
  });
});

describe('on behalf of a caller', () => {
  /** What the gateway sent to follow-ups when Anna asked it. */
  const received = (changes: Claims = {}): Promise<string> =>
    token(claims({ aud: 'follow-ups', op: passedOn.subject, bh: 'x', ...changes }));
  const onBehalf = async (obo: string, changes: Claims = {}): Promise<string> =>
    token(claims({ iss: 'follow-ups', obo, ...changes }), keys.own['follow-ups']);

  test('a service asks with the token it was asked with, which may go along more than once', async () => {
    const obo = await received();
    expect(await ask(await onBehalf(obo))).toEqual({ ok: { id: 'anna' } });
    expect(await ask(await onBehalf(obo))).toEqual({ ok: { id: 'anna' } });
  });

  test.each<[string, () => Promise<string>]>([
    ['another actor than the one who asked', async () => onBehalf(await received({ sub: 'bo', act: bo }))],
    [
      'more roles than who asked has',
      async () =>
        onBehalf(await received(), {
          act: { ...anna, assignments: [...anna.assignments, { role: 'administrator' }] },
        }),
    ],
    ['a token for another service', async () => onBehalf(await received({ aud: 'applications' }))],
    ['an expired token', async () => onBehalf(await received({ iat: now() - 120, exp: now() - 60 }))],
    [
      'a token that it made itself',
      async () =>
        onBehalf(
          await token(
            claims({ aud: 'follow-ups', op: passedOn.subject, iss: 'follow-ups' }),
            keys.own['follow-ups'],
          ),
        ),
    ],
    [
      'a token signed in the name of the gateway',
      async () => onBehalf(await token(claims({ aud: 'follow-ups' }), keys.own['follow-ups'])),
    ],
    ['what is no token', async () => onBehalf('x')],
  ])('is refused with %s', async (_what, make) => {
    await expectRefused(await make());
  });

  const followUps = async (): Promise<BusClient> =>
    new BusClient((await connectedBus(nats.url, 'follow-ups')).connection, keys.signer('follow-ups'));

  @Controller()
  class FollowUps {
    @Handles(passedOn)
    async passedOn({ request, caller }: AskedRpc<typeof passedOn>) {
      return (await followUps()).ask(whoAsks, request, { actor: caller.actor });
    }
  }

  test('the product’s own services pass the caller on', async () => {
    await startReplica(nats.url, database, 'follow-ups', FollowUps);
    const asking = new BusClient(bus.connection, keys.signer('gateway'));
    expect(await asking.ask(passedOn, { n: 1 }, { actor: anna })).toEqual({ id: 'anna' });
    expect(executed).toEqual(['anna']);
  });

  test('nothing is sent for somebody who has not asked', async () => {
    const asking = await followUps();
    await expect(asking.ask(whoAsks, { n: 1 }, { actor: anna })).rejects.toThrow(/not been asked/);
    const trace = newSpan();
    expect(
      await runInScope({ trace }, () => asking.ask(whoAsks, { n: 1 }, { actor: serviceActor('follow-ups') })),
    ).toEqual({ id: 'service:follow-ups' });
  });
});

test('keys can change without a pause: the next one is good beside the one in use', async () => {
  const { own } = testKeys();
  const next = own.gateway;
  const message = { ...asked, reply: `${inboxOf('gateway')}.x` };
  const both = new MessageVerifier('plans', {
    gateway: [keys.all.gateway[0]!, { kty: next.kty, crv: next.crv, kid: next.kid, x: next.x }],
  });
  const after = new MessageVerifier('plans', {
    gateway: [{ kty: next.kty, crv: next.crv, kid: next.kid, x: next.x }],
  });
  const old = await token(claims());
  const young = await token(claims(), next);
  expect(decodeProtectedHeader(old).kid).not.toBe(decodeProtectedHeader(young).kid);
  expect(both.verify({ ...message, token: old }).actor).toEqual(anna);
  expect(both.verify({ ...message, token: young }).actor).toEqual(anna);
  expect(after.verify({ ...message, token: await token(claims(), next) }).actor).toEqual(anna);
  expect(() => after.verify({ ...message, token: old })).toThrow('unknown key');
});
