import { generateKeyPairSync, hash, sign, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { serviceActor, type Actor, type CallerName } from '#libs/contracts';
import { newSpan, type PublicJwk } from '#libs/platform';
import { MessageSigner } from './message-signer.ts';
import { tokenHeader } from './message-token.ts';
import {
  MessageRefused,
  MessageVerifier,
  ReplyRefused,
  type Believed,
  type Incoming,
} from './message-verifier.ts';

// Checks of form, time and name one by one, to the second and the character, at a clock of the test's own;
// test/identity.test.ts has the same over a real bus. Tokens are put together here without the signer.

const now = 1_800_000_000;
const subject = 'rpc.plans.tests.whoAsks';
const data = new TextEncoder().encode('{"n":1}');
const anna: Actor = {
  id: 'anna',
  kind: 'person',
  assignments: [{ role: 'processLeader', rcc: 'norr' }],
  employers: ['kalmar'],
};
const bo: Actor = { ...anna, id: 'bo' };

interface Pair {
  readonly jwk: PublicJwk;
  readonly key: KeyObject;
}
function newPair(kid: string): Pair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { jwk: { kty: 'OKP', crv: 'Ed25519', x, kid }, key: privateKey };
}
const gateway = newPair('g1');
const followUps = newPair('f1');
const directory = newPair('d1');

type Members = Record<string, unknown>;
let serial = 0;
const traceId = '0af7651916cd43dd8448eb211c80319c';

/** Good claims of the gateway for Anna, but for what is said otherwise. */
function claims(changes: Members = {}): Members {
  serial += 1;
  return {
    iss: 'gateway',
    aud: 'plans',
    sub: 'anna',
    act: anna,
    jti: `${traceId}.${String(serial).padStart(16, '0')}`,
    iat: now,
    exp: now + 60,
    op: subject,
    bh: hash('sha256', data, 'base64url'),
    ...changes,
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64url');

function signed(header: string, payload: string, { key }: Pair): string {
  const text = `${base64(header)}.${base64(payload)}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}

function token(content: Members, pair: Pair = gateway, header: Members = {}): string {
  // Not in the order of the product's own signer, unless asked for: every header is read.
  const whole = { kid: pair.jwk.kid, alg: 'EdDSA', typ: 'insats-internal+jwt', ...header };
  return signed(JSON.stringify(whole), JSON.stringify(content), pair);
}

function newVerifier(clock: () => number = () => now): MessageVerifier {
  const keys = { gateway: [gateway.jwk], 'follow-ups': [followUps.jwk], directory: [directory.jwk] };
  return new MessageVerifier('plans', keys, clock);
}

const callers: readonly CallerName[] = ['gateway', 'follow-ups'];
/** What follow-ups must have been asked. */
const onBehalfOf = ['rpc.follow-ups.tests.passedOn'];

/** The answer goes to whom the token names, but for what is said otherwise. */
function incoming(text: string | undefined): Incoming {
  const [, payload = ''] = text?.split('.') ?? [];
  const isOfService = Buffer.from(payload, 'base64url').toString().includes('"iss":"follow-ups"');
  const reply = `_INBOX.${isOfService ? 'follow-ups' : 'gateway'}.x.1`;
  return { subject, data, callers, onBehalfOf, token: text, reply };
}

function believe(text: string | undefined, more: Partial<Incoming> = {}, by = newVerifier()): Believed {
  return by.verify({ ...incoming(text), ...more });
}

function verify(text: string | undefined, more: Partial<Incoming> = {}, by?: MessageVerifier): Actor {
  return believe(text, more, by).actor;
}

/** Why a token is refused; other errors are faults. */
function reason(text: string | undefined, more: Partial<Incoming> = {}, by?: MessageVerifier): string {
  try {
    return `believed: ${verify(text, more, by).id}`;
  } catch (error) {
    if (error instanceof MessageRefused) return error.message;
    throw error;
  }
}

const believed = 'believed: anna';

describe('a token', () => {
  test('of the gateway is believed, in whatever order its header is written', () => {
    expect(verify(token(claims()))).toEqual(anna);
    const ordered = JSON.stringify({ alg: 'EdDSA', typ: 'insats-internal+jwt', kid: 'g1' });
    expect(verify(signed(ordered, JSON.stringify(claims()), gateway))).toEqual(anna);
    expect(tokenHeader).toBe('insats-token');
  });

  test('must be there, and in three parts of which the last is a signature', () => {
    expect(reason(undefined)).toBe('no token');
    const good = token(claims());
    for (const text of ['', 'a.b.c', ` ${good}`, `${good} `, `${good}A`, good.slice(0, -1), `x.${good}`]) {
      expect([text, reason(text)]).toEqual([text, 'not a token']);
    }
  });

  test('is not read when it is longer than any', () => {
    // The name of the key is as long as it must be for both lengths to exist (base64url has none of 4n + 1).
    const pair = { ...gateway, jwk: { ...gateway.jwk, kid: 'gateway-1' } };
    const verifier = new MessageVerifier('plans', { gateway: [pair.jwk] }, () => now);
    const ofLength = (length: number): { text: string; op: string } => {
      const bytes = Math.floor(((length - token(claims({ op: '' }), pair).length) * 3) / 4);
      const texts = [bytes - 1, bytes, bytes + 1].map((size) => {
        const op = 'x'.repeat(size);
        return { text: token(claims({ op }), pair), op };
      });
      const found = texts.find(({ text }) => text.length === length);
      if (!found) throw new Error('no such length');
      return found;
    };
    const longest = ofLength(65_536);
    expect(reason(longest.text, { subject: longest.op }, verifier)).toBe(believed);
    const longer = ofLength(65_537);
    expect(reason(longer.text, { subject: longer.op }, verifier)).toBe('not a token');
  });

  test.each<[string, Members]>([
    ['another algorithm', { alg: 'none' }],
    ['another algorithm', { alg: 'HS256' }],
    ['another algorithm', { alg: undefined }],
    ['another type of token', { typ: 'at+jwt' }],
    ['another type of token', { typ: undefined }],
    ['a header with more than it needs', { jwk: gateway.jwk }],
    ['a header with more than it needs', { jku: 'https://evil.example/keys' }],
    ['a header with more than it needs', { crit: ['exp'] }],
    ['unknown key', { kid: 'other' }],
    ['unknown key', { kid: undefined }],
    ['unknown key', { kid: 1 }],
    ['not signed by whom it names', { kid: 'f1' }],
  ])('is refused for its header (%s): %j', (why, header) => {
    expect(reason(token(claims(), gateway, header))).toBe(why);
  });

  test.each(['null', '[]', 'no JSON'])('is refused for a header that is none: %s', (header) => {
    expect(reason(signed(header, JSON.stringify(claims()), gateway))).toBe('another algorithm');
  });

  test.each<[string, Members]>([
    ['claims of another form', { admin: true }],
    ['claims of another form', { exp: undefined }],
    ['claims of another form', { iss: 'mallory' }],
    ['claims of another form', { act: { ...anna, admin: true } }],
    ["signed by gateway in another's name", { iss: 'follow-ups' }],
    ['names two actors', { sub: 'bo' }],
    ['for another service', { aud: 'applications' }],
    ['for another operation', { op: `${subject}.more` }],
    ['for another message', { bh: hash('sha256', '{"n":2}', 'base64url') }],
    ['lives too long', { exp: now + 60.001 }],
    ['of the future', { iat: now + 5.001, exp: now + 60 }],
    ['expired', { iat: now - 60, exp: now - 5.001 }],
  ])('is refused for its claims (%s): %j', (why, changes) => {
    expect(reason(token(claims(changes)))).toBe(why);
  });

  test('is refused when its claims are no JSON', () => {
    const header = JSON.stringify({ alg: 'EdDSA', typ: 'insats-internal+jwt', kid: 'g1' });
    expect(reason(signed(header, 'no JSON', gateway))).toBe('claims of another form');
  });

  test.each<Members>([
    { iat: now + 5, exp: now + 65 },
    { iat: now - 65, exp: now - 5 },
  ])('is believed to the very edge: %j', (changes) => {
    expect(reason(token(claims(changes)))).toBe(believed);
  });

  test('is good for these bytes and this operation alone, and for who may ask it', () => {
    expect(reason(token(claims()), { data: new TextEncoder().encode('{"n":2}') })).toBe(
      'for another message',
    );
    expect(reason(token(claims()), { subject: `${subject}s` })).toBe('for another operation');
    const reply = '_INBOX.follow-ups.x.1';
    expect(reason(token(claims()), { callers: ['follow-ups'], reply })).toBe('gateway may not ask this');
  });

  test('is good once', () => {
    const verifier = newVerifier();
    const text = token(claims());
    expect(reason(text, {}, verifier)).toBe(believed);
    expect(reason(text, {}, verifier)).toBe('used before');
  });

  // One of the same second as one that was forgotten would be taken for used.
  test.each([49, 59, 60, 69])('is believed to its end whatever came before it (begun at %i s)', (begun) => {
    let clock = now;
    const verifier = newVerifier(() => clock);
    const seconds = (at: number) => reason(token(claims({ iat: at, exp: at + 60 })), {}, verifier);
    clock = now + begun;
    expect(seconds(clock + 5)).toBe(believed);
    for (let passed = 1; passed < 70; passed += 1) {
      clock = now + begun + passed;
      expect(seconds(clock)).toBe(believed);
    }
    clock = now + begun + 70;
    expect(seconds(now + begun + 5)).toBe(believed);
  });
});

test('the clock is the machine’s unless another is given', () => {
  const verifier = new MessageVerifier('plans', { gateway: [gateway.jwk] });
  const iat = Math.floor(Date.now() / 1000);
  expect(reason(token(claims({ iat, exp: iat + 60 })), {}, verifier)).toBe(believed);
  expect(reason(token(claims({ iat: iat - 3600, exp: iat - 3540 })), {}, verifier)).toBe('expired');
});

test('the product’s own signer is believed, and writes a header that others can read', () => {
  const { d = '' } = gateway.key.export({ format: 'jwk' });
  const signer = new MessageSigner('gateway', { ...gateway.jwk, d });
  const text = signer.sign({ subject, to: 'plans', payload: data, actor: anna, trace: newSpan() });
  expect(verify(text, {}, new MessageVerifier('plans', { gateway: [gateway.jwk] }))).toEqual(anna);
  const [header = ''] = text.split('.');
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
    alg: 'EdDSA',
    typ: 'insats-internal+jwt',
    kid: 'g1',
  });
});

test('two keys of one name are a fault of the configuration', () => {
  const keys = { gateway: [gateway.jwk], directory: [{ ...directory.jwk, kid: gateway.jwk.kid }] };
  expect(() => new MessageVerifier('plans', keys)).toThrow('two internal keys are named g1');
});

describe('the gateway', () => {
  test('asks for people and as itself, not as another service nor on behalf of somebody', () => {
    const asService = (name: string) => token(claims({ sub: `service:${name}`, act: serviceActor(name) }));
    expect(verify(asService('gateway'))).toEqual(serviceActor('gateway'));
    expect(reason(asService('follow-ups'))).toBe('the gateway as another service');
    expect(reason(token(claims({ obo: token(claims()) })))).toBe('the gateway asks on nobody’s behalf');
  });
});

describe('a service', () => {
  const asking = (changes: Members, pair = followUps): string =>
    token(claims({ iss: 'follow-ups', ...changes }), pair);
  const itself = serviceActor('follow-ups');
  /** What follow-ups was asked with by the gateway, for Anna. */
  const received = (changes: Members = {}, pair = gateway): string =>
    token(claims({ aud: 'follow-ups', op: 'rpc.follow-ups.tests.passedOn', bh: 'x', ...changes }), pair);

  test('asks as itself, without any role', () => {
    const act = { ...itself, assignments: [{ role: 'administrator' }] };
    expect(verify(asking({ sub: itself.id, act }))).toEqual(itself);
    expect(reason(token(claims({ iss: 'directory' }), directory))).toBe('directory may not ask this');
  });

  test.each<[string, Actor]>([
    ['a person', anna],
    ['another service', serviceActor('plans')],
    ['a person of its own name', { ...anna, id: itself.id }],
  ])('does not ask as %s of its own accord', (_whom, act) => {
    expect(reason(asking({ sub: act.id, act }))).toBe('follow-ups as somebody else');
  });

  test('asks for somebody with the token that it was asked with, as often as it needs', () => {
    const verifier = newVerifier();
    const obo = received();
    expect(verify(asking({ obo }), {}, verifier)).toEqual(anna);
    expect(verify(asking({ obo }), {}, verifier)).toEqual(anna);
  });

  test.each<[string, () => string]>([
    [
      'on behalf of no one whom the gateway knows',
      () => received({ iss: 'directory', sub: 'anna' }, directory),
    ],
    ['on behalf of one who asked another service', () => received({ aud: 'plans' })],
    ['on behalf of somebody else', () => received({ sub: 'bo', act: bo })],
    ['on behalf of somebody else', () => received({ act: { ...anna, assignments: [] } })],
    ['expired', () => received({ iat: now - 66, exp: now - 6 })],
    [
      'on behalf of one who asked for something else',
      () => received({ op: 'rpc.follow-ups.tests.passedOnward' }),
    ],
    ['in another request', () => received({ jti: `${'1'.repeat(32)}.${'0'.repeat(16)}` })],
    ['not a token', () => 'x'],
  ])('is refused %s', (why, obo) => {
    expect(reason(asking({ obo: obo() }))).toBe(why);
  });

  test('asks for nobody but itself where its contract names nothing that it could have been asked', () => {
    expect(reason(asking({ obo: received() }), { onBehalfOf: [] })).toBe(
      'on behalf of one who asked for something else',
    );
  });

  test('asks for nobody before it was asked, as far as clocks can tell', () => {
    const obo = received({ iat: now, exp: now + 60 });
    expect(reason(asking({ obo, iat: now - 5, exp: now + 55 }))).toBe(believed);
    expect(reason(asking({ obo, iat: now - 6, exp: now + 54 }))).toBe('older than what set it off');
  });
});

describe('the answer', () => {
  test.each<[string, string | undefined]>([
    ['to nowhere', undefined],
    ['to a process that may not ask this', '_INBOX.directory.x.1'],
    ['to a name that only begins like one', '_INBOX.gateway-2.x.1'],
    ['to the inbox of all', '_INBOX.gateway'],
    ['to what is no inbox', 'events.plans.plan.imported'],
    ['to an inbox within something else', 'x._INBOX.gateway.x.1'],
  ])('%s is not given, whoever has signed', (_where, reply) => {
    expect(() => verify(token(claims()), { reply })).toThrow(
      new ReplyRefused('nobody who may ask hears the answer'),
    );
    expect(() => verify(undefined, { reply })).toThrow(ReplyRefused);
  });

  test('goes to who has signed, not to another who may ask the same', () => {
    const reply = '_INBOX.follow-ups.x.1';
    expect(() => verify(token(claims()), { reply })).toThrow(new ReplyRefused('answer for somebody else'));
    // Without a good token nobody can know who asks; that it is refused may be told to either.
    expect(reason(undefined, { reply })).toBe('no token');
    expect(() => verify(undefined, { reply })).not.toThrow(ReplyRefused);
  });
});

test('what is believed is named by trace and span, and by nothing else', () => {
  const spanId = '00f067aa0ba902b7';
  const jti = `${traceId}.${spanId}`;
  expect(believe(token(claims({ jti })))).toEqual({ actor: anna, id: jti, span: { traceId, spanId } });
  for (const other of [
    `${traceId}${spanId}`,
    `${traceId}.${spanId}0`,
    `0${jti}`,
    `${jti}\n`,
    jti.replace('.', '*'),
    jti.toUpperCase(),
    `${traceId}.>`,
  ]) {
    expect([other, reason(token(claims({ jti: other })))]).toEqual([other, 'claims of another form']);
  }
});
