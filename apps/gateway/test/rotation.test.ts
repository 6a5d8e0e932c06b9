import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { startNats, type ServerHandle } from '#libs/embedded';
import { connectBus, SharedMarks, type Bus } from '#libs/messaging';
import { createLogger } from '#libs/platform';
import { eventually, uniqueName } from '#libs/testing';
import { type Reply, type Request } from '../src/http/fastify.ts';
import { CookieJar } from '../src/session/cookies.ts';
import { CookieSeal } from '../src/session/cookie-seal.ts';
import { EndedSessions } from '../src/session/ended-sessions.ts';
import { Sessions } from '../src/session/sessions.ts';
import { SharedGenerations } from '../src/session/shared-generations.ts';

// Two gateways behind one address, with real NATS between them and a clock that the test moves.
jest.setTimeout(60_000);

const start = 1_800_000_000;
const rules = { idle: 1800, absolute: 36_000, origin: 'https://insats.example', requiredLevels: [] };
const [newKey, oldKey] = [randomBytes(32), randomBytes(32)];
const logged: { message: string; subject: string }[] = [];
const logger = {
  ...createLogger('test', 'silent'),
  warn: ({ subject }: { subject: string }, message: string) => void logged.push({ message, subject }),
} as unknown as ReturnType<typeof createLogger>;

let folder: string;
let nats: ServerHandle;
let now: number;
let bucket: string;
let one: Gateway;
let other: Gateway;
const buses: Bus[] = [];
const open: Gateway[] = [];

interface Gateway {
  readonly sessions: Sessions;
  readonly ended: EndedSessions;
  readonly marks: SharedMarks;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'insats-rotation-'));
  nats = await startNats({ folder });
  for (const name of ['one', 'other']) buses.push(await connectBus({ url: nats.url, name }));
}, 60_000);

afterAll(async () => {
  for (const { marks } of open) marks.close();
  for (const bus of buses) await bus.drain();
  await nats?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

beforeEach(async () => {
  now = start;
  bucket = uniqueName('sessions');
  logged.length = 0;
  [one, other] = [await gateway(0), await gateway(1)];
});

async function gateway(bus: number, keys = [newKey, oldKey]): Promise<Gateway> {
  const marks = await SharedMarks.open(buses[bus] as Bus, { bucket, ttl: rules.absolute * 1000 });
  const ended = new EndedSessions(marks, () => now);
  const parts = {
    seal: new CookieSeal(keys),
    ended,
    generations: new SharedGenerations(marks),
    logger,
    now: () => now,
  };
  const opened = { sessions: new Sessions(rules, new CookieJar(true), parts), ended, marks };
  open.push(opened);
  return opened;
}

/** A reply as far as cookies go. */
function emptyReply(): { reply: Reply; cookie: () => string | undefined } {
  const headers = new Map<string, unknown>();
  const reply = {
    getHeader: (name: string) => headers.get(name),
    removeHeader: (name: string) => headers.delete(name),
    header: (name: string, value: unknown) => headers.set(name, value),
  } as unknown as Reply;
  return { reply, cookie: () => ((headers.get('set-cookie') ?? []) as string[])[0]?.split(';')[0] };
}

const carrying = (cookie: string): Request =>
  ({ method: 'GET', headers: { cookie }, raw: {} }) as unknown as Request;

async function signIn(at = one): Promise<string> {
  const { reply, cookie } = emptyReply();
  await at.sessions.begin({ subject: 'anna', providerSid: 'p1' }, carrying(''), reply);
  return cookie() ?? '';
}

interface Answer {
  /** Whether the session was taken. */
  readonly good: boolean;
  /** The cookie that the answer brings; empty: the cookie is cleared. */
  readonly cookie: string | undefined;
}

async function show(cookie: string, at: Gateway): Promise<Answer> {
  const { reply, cookie: brought } = emptyReply();
  const good = await at.sessions.of(carrying(cookie), reply).then(
    (session) => session?.subject === 'anna',
    (error: { code?: string }) => {
      expect(error.code).toBe('session-ended');
      return false;
    },
  );
  return { good, cookie: brought() };
}

/** What one gateway has been told, the others know. */
async function toldAll(): Promise<void> {
  await one.marks.set('told', String((told += 1)));
  await other.marks.set('told-too', String(told));
  await eventually(() => [one, other].every(({ marks }) => marks.get('told') === String(told)));
  await eventually(() => [one, other].every(({ marks }) => marks.get('told-too') === String(told)));
}
let told = 0;

/** The cookie that takes the place of this one, not yet shown. */
async function renewed(cookie: string, at: Gateway): Promise<string> {
  const answer = await show(cookie, at);
  expect(answer).toEqual({ good: true, cookie: expect.stringMatching(/^__Host-insats-session=.{100,}/) });
  await toldAll();
  return answer.cookie ?? '';
}

/** Shows a cookie to both gateways, one after the other; neither brings a new one. */
async function isGood(cookie: string): Promise<boolean> {
  const answers: boolean[] = [];
  for (const at of [one, other]) {
    answers.push((await show(cookie, at)).good);
    await toldAll();
  }
  expect(new Set(answers).size).toBe(1);
  return answers[0] ?? false;
}

describe('a cookie that was replaced', () => {
  test('is good for a while after the new one was shown, on every gateway', async () => {
    const old = await signIn();
    now += 60;
    const fresh = await renewed(old, one);
    now += 3;
    expect(await isGood(fresh)).toBe(true);
    now += 44;
    expect(await isGood(old)).toBe(true);
    expect(await isGood(fresh)).toBe(true);
    expect(logged).toEqual([]);
  });

  test.each([0, 1])(
    'tells of theft after that: the session ends for both, on every gateway (shown at gateway %i)',
    async (place) => {
      const stolen = await signIn();
      const another = await signIn();
      now += 60;
      const fresh = await renewed(stolen, one);
      expect(await isGood(fresh)).toBe(true);
      now += 45;
      const answer = await show(stolen, place === 0 ? one : other);
      expect(answer).toEqual({ good: false, cookie: '__Host-insats-session=' });
      await toldAll();
      expect(await isGood(fresh)).toBe(false);
      expect(await isGood(stolen)).toBe(false);
      expect(logged).toEqual([{ message: 'old session cookie shown, session ended', subject: 'anna' }]);
      expect((await show(another, one)).good).toBe(true);
    },
  );

  test('tells of theft at once when it is older than the one before, however short ago that was replaced', async () => {
    const stolen = await signIn();
    now += 60;
    const second = await renewed(stolen, one);
    expect(await isGood(second)).toBe(true);
    now += 60;
    const third = await renewed(second, other);
    expect(await isGood(third)).toBe(true);
    expect(await isGood(second)).toBe(true);
    expect((await show(stolen, other)).good).toBe(false);
    await toldAll();
    for (const cookie of [second, third]) expect(await isGood(cookie)).toBe(false);
  });

  test('tells of theft also when the thief was the one to renew it, and the person comes later', async () => {
    const cookie = await signIn();
    now += 60;
    const thiefs = await renewed(cookie, other);
    expect(await isGood(thiefs)).toBe(true);
    now += 45;
    expect((await show(cookie, one)).good).toBe(false);
    await toldAll();
    expect(await isGood(thiefs)).toBe(false);
  });

  test('tells of theft when two renewed it in turn, and both go on', async () => {
    const cookie = await signIn();
    now += 60;
    const thiefs = await renewed(cookie, one);
    now += 60;
    const persons = await renewed(cookie, other);
    expect(await isGood(thiefs)).toBe(true);
    expect(await isGood(persons)).toBe(true);
    now += 45;
    expect((await show(thiefs, one)).good).toBe(false);
    await toldAll();
    expect(await isGood(persons)).toBe(false);
  });

  test('is known to have been by a gateway that starts later', async () => {
    const old = await signIn();
    now += 60;
    const fresh = await renewed(old, one);
    expect(await isGood(fresh)).toBe(true);
    now += 30;
    const started = await gateway(0);
    expect((await show(fresh, started)).good).toBe(true);
    expect((await show(old, started)).good).toBe(true);
    now += 15;
    expect((await show(old, started)).good).toBe(false);
    expect((await show(fresh, started)).good).toBe(false);
  });
});

describe('an ordinary browser is not taken for a thief', () => {
  test('when many requests of the same moment come to both gateways: one of them is given the new cookie', async () => {
    let cookie = await signIn();
    for (let round = 0; round < 10; round += 1) {
      now += 60;
      const gateways = [one, other, one, other, one, other];
      const answers = await Promise.all(gateways.map((at) => show(cookie, at)));
      expect(answers.map(({ good }) => good)).toEqual(gateways.map(() => true));
      const brought = answers.flatMap((answer) => answer.cookie ?? []);
      expect(brought).toHaveLength(1);
      await toldAll();
      const fresh = brought[0] ?? '';
      // The next ones carry the new cookie or, sent before it came, the old one.
      const mixed = await Promise.all([
        show(fresh, one),
        show(cookie, other),
        show(fresh, other),
        show(cookie, one),
      ]);
      expect(mixed).toEqual(mixed.map(() => ({ good: true, cookie: undefined })));
      await toldAll();
      cookie = fresh;
    }
    expect(logged).toEqual([]);
  });

  test('when the answer with the new cookie is lost: the old one goes on, and is renewed again a minute later', async () => {
    const cookie = await signIn();
    now += 60;
    const lost = await renewed(cookie, one);
    now += 59;
    expect(await show(cookie, other)).toEqual({ good: true, cookie: undefined });
    now += 1;
    const alsoLost = await renewed(cookie, other);
    now += 1000;
    const arrived = await renewed(cookie, one);
    expect(await isGood(arrived)).toBe(true);
    expect(logged).toEqual([]);
    // What got lost is worth no more than what it was to replace.
    now += 45;
    for (const copy of [lost, alsoLost]) expect((await show(copy, one)).good).toBe(false);
  });

  test('when the answer to what was done last before a pause is lost: the pause counts from then', async () => {
    const cookie = await signIn();
    now += 1799;
    await renewed(cookie, one);
    now += 1799;
    expect((await show(cookie, other)).good).toBe(true);
    await toldAll();
    now += 1800;
    expect((await show(cookie, one)).good).toBe(false);
  });

  test('while NATS is away: it keeps its cookie until it can be renewed again', async () => {
    const cookie = await signIn();
    await nats.stop();
    try {
      now += 60;
      expect(await show(cookie, one)).toEqual({ good: true, cookie: undefined });
      expect(logged.map(({ message }) => message)).toEqual(['a session cookie could not be renewed']);
    } finally {
      await nats.restart();
    }
    await eventually(() => toldAll().then(() => true), 30_000);
    now += 60;
    const fresh = await renewed(cookie, one);
    expect(await isGood(fresh)).toBe(true);
  });

  test('when the keys are changed in between: the session goes on under the new one', async () => {
    const before = await gateway(0, [oldKey]);
    const cookie = await signIn(before);
    now += 60;
    const underOldKey = await renewed(cookie, before);
    now += 60;
    const underNewKey = await renewed(underOldKey, other);
    const after = await gateway(0, [newKey]);
    expect((await show(underNewKey, after)).good).toBe(true);
    expect((await show(underOldKey, after)).good).toBe(false);
    // Of what cannot be opened nobody knows whose it was.
    expect(logged).toEqual([]);
    expect(await isGood(underNewKey)).toBe(true);
  });
});

describe('every cookie of a session ends', () => {
  async function threeCookies(): Promise<string[]> {
    const first = await signIn();
    now += 60;
    const second = await renewed(first, one);
    expect(await isGood(second)).toBe(true);
    now += 60;
    // Not shown by anybody yet.
    return [first, second, await renewed(second, other)];
  }

  test.each<[string, (cookie: string) => Promise<void>]>([
    [
      'by signing out',
      async (cookie) => {
        const { reply } = emptyReply();
        const session = await one.sessions.of(carrying(cookie), reply);
        if (session) await one.sessions.end(session, reply);
      },
    ],
    ["by the provider's order for the session", () => one.ended.endOfProvider('p1')],
    ["by the provider's order for the person", () => one.ended.endAllOf('anna')],
    [
      'by signing in again',
      async (cookie) => one.sessions.begin({ subject: 'bo' }, carrying(cookie), emptyReply().reply),
    ],
  ])('%s', async (_how, end) => {
    const [first = '', second = '', third = ''] = await threeCookies();
    await end(second);
    await toldAll();
    for (const cookie of [third, second, first]) expect(await isGood(cookie)).toBe(false);
    // Nothing was stolen: an ended session's cookies are merely ended.
    expect(logged).toEqual([]);
  });
});
