import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createLogger, newSpan } from '#libs/platform';
import { entryOf, setEntry } from '../http/entry.ts';
import { type Reply, type Request } from '../http/fastify.ts';
import { cookieLimit, CookieJar } from './cookies.ts';
import { CookieSeal } from './cookie-seal.ts';
import { EndedSessions } from './ended-sessions.ts';
import { beginSession } from './session.ts';
import { Sessions } from './sessions.ts';
import { SharedGenerations } from './shared-generations.ts';

/** A reply as far as cookies go. */
function emptyReply(): { reply: Reply; cookies: () => string[] } {
  const headers = new Map<string, unknown>();
  const reply = {
    getHeader: (name: string) => headers.get(name),
    removeHeader: (name: string) => headers.delete(name),
    header: (name: string, value: unknown) => headers.set(name, value),
  } as unknown as Reply;
  return { reply, cookies: () => (headers.get('set-cookie') ?? []) as string[] };
}

function requestWith(cookie = ''): Request {
  return { method: 'GET', headers: { cookie } } as unknown as Request;
}

const rules = { idle: 1800, absolute: 36_000, origin: 'https://insats.example', requiredLevels: [] };
const logger = createLogger('test', 'silent');

/** Sessions with a clock of their own; `tell` stands for what becomes of telling the other gateways. */
function clocked(tell: () => Promise<boolean> = async () => true): {
  sessions: Sessions;
  clock: { now: number };
} {
  const clock = { now: 1_800_000_000 };
  const now = (): number => clock.now;
  const held = new Map<string, string>();
  const marks = {
    get: (key: string) => held.get(key),
    set: async (key: string, value: string) => void held.set(key, value),
    replace: async (key: string, value: string) => {
      const isTold = await tell();
      if (isTold) held.set(key, value);
      return isTold;
    },
  };
  const seal = new CookieSeal([randomBytes(32)]);
  const generations = new SharedGenerations(marks);
  const parts = { seal, ended: new EndedSessions(marks, now), generations, logger, now };
  return { sessions: new Sessions(rules, new CookieJar(true), parts), clock };
}

async function begun(sessions: Sessions, idToken?: string): Promise<string> {
  const { reply, cookies } = emptyReply();
  await sessions.begin({ subject: 'anna', ...(idToken !== undefined && { idToken }) }, requestWith(), reply);
  return cookies()[0]?.split(';')[0] ?? '';
}

test('a session that is used lasts until the absolute limit, and one that is not until the idle limit', async () => {
  const { sessions, clock } = clocked();
  let cookie = await begun(sessions);
  const unused = await begun(sessions);
  const start = clock.now;
  for (clock.now += 1700; clock.now < start + 36_000; clock.now += 1700) {
    const { reply, cookies } = emptyReply();
    expect(await sessions.of(requestWith(cookie), reply)).toMatchObject({
      subject: 'anna',
      createdAt: start,
    });
    cookie = cookies()[0]?.split(';')[0] ?? '';
  }
  clock.now = start + 36_000;
  await expect(sessions.of(requestWith(cookie), emptyReply().reply)).rejects.toThrow('session-ended');
  clock.now = start + 1800;
  await expect(sessions.of(requestWith(unused), emptyReply().reply)).rejects.toThrow('session-ended');
});

test('an ended session stays ended when an older copy of its cookie comes', async () => {
  const { sessions, clock } = clocked();
  const copy = await begun(sessions);
  clock.now += 120;
  const { reply, cookies } = emptyReply();
  const session = await sessions.of(requestWith(copy), reply);
  const renewed = cookies()[0]?.split(';')[0] ?? '';
  if (session) await sessions.end(session, emptyReply().reply);
  for (const cookie of [copy, renewed]) {
    await expect(sessions.of(requestWith(cookie), emptyReply().reply)).rejects.toThrow('session-ended');
  }
});

test('an ID token too large for a cookie is left out, and the session works without it', async () => {
  const { sessions } = clocked();
  for (const [size, isKept] of [
    [1500, true],
    [4000, false],
  ] as const) {
    const cookie = await begun(sessions, 'x'.repeat(size));
    expect(cookie.length).toBeLessThanOrEqual(cookieLimit);
    const session = await sessions.of(requestWith(cookie), emptyReply().reply);
    expect([session?.subject, session?.idToken !== undefined]).toEqual(['anna', isKept]);
  }
});

test('nothing of the person can be read in the cookie', async () => {
  const { sessions } = clocked();
  const parts = (await begun(sessions)).split('=')[1]?.split('.') ?? [];
  const readable = parts.map((part) => Buffer.from(part, 'base64url').toString('latin1')).join();
  expect(readable).toContain('A256GCM');
  expect(readable).not.toContain('anna');
});

test('who is refused for its level or as a forgery, or for a stolen cookie, is known to the access log', async () => {
  const { sessions, clock } = clocked();
  const cookie = await begun(sessions);
  const refusedFor = async (code: string): Promise<string | undefined> => {
    const request = { method: 'POST', headers: { cookie }, raw: {} } as unknown as Request;
    setEntry(request, { trace: newSpan(), answerBy: 0 });
    await expect(sessions.authenticate(request, emptyReply().reply)).rejects.toThrow(code);
    return entryOf(request)?.subject;
  };
  expect(await refusedFor('csrf-refused')).toBe('anna');
  clock.now += 60;
  const { reply, cookies } = emptyReply();
  await sessions.of(requestWith(cookie), reply);
  await sessions.of(requestWith(cookies()[0]?.split(';')[0]), emptyReply().reply);
  clock.now += 60;
  expect(await refusedFor('session-ended')).toBe('anna');
});

test('a sign-in that cannot end the earlier session tells that a part is down', async () => {
  const marks = { get: () => undefined, set: () => Promise.reject(new Error('no bus')) };
  const now = (): number => 1_800_000_000;
  const sessions = new Sessions(rules, new CookieJar(true), {
    seal: new CookieSeal([randomBytes(32)]),
    ended: new EndedSessions(marks, now),
    generations: new SharedGenerations({ ...marks, replace: () => Promise.reject(new Error('no bus')) }),
    logger,
    now,
  });
  const cookie = await begun(sessions);
  await expect(
    sessions.begin({ subject: 'bo' }, requestWith(cookie), emptyReply().reply),
  ).rejects.toMatchObject({ code: 'unavailable' });
});

test('a cookie whose renewal cannot be told, or was taken by another request, is kept and goes on', async () => {
  for (const tell of [() => Promise.reject(new Error('no bus')), () => Promise.resolve(false)]) {
    const { sessions, clock } = clocked(tell);
    const cookie = await begun(sessions);
    for (clock.now += 60; clock.now < 1_800_001_800; clock.now += 60) {
      const { reply, cookies } = emptyReply();
      expect(await sessions.of(requestWith(cookie), reply)).toMatchObject({ subject: 'anna' });
      expect(cookies()).toEqual([]);
    }
    await expect(sessions.of(requestWith(cookie), emptyReply().reply)).rejects.toThrow('session-ended');
  }
});

test('a cookie without a number, which could not be told from a copy, is none', async () => {
  const now = 1_800_000_000;
  const seal = new CookieSeal([randomBytes(32)]);
  const marks = { get: () => undefined, set: async () => undefined, replace: async () => true };
  const sessions = new Sessions(rules, new CookieJar(true), {
    seal,
    ended: new EndedSessions(marks, () => now),
    generations: new SharedGenerations(marks),
    logger,
    now: () => now,
  });
  const { generation, ...unnumbered } = beginSession({ subject: 'anna' }, now);
  const of = async (content: object): Promise<unknown> =>
    sessions.of(
      requestWith(`__Host-insats-session=${await seal.seal('session', content)}`),
      emptyReply().reply,
    );
  expect(await of({ ...unnumbered, generation })).toMatchObject({ subject: 'anna' });
  await expect(of(unnumbered)).rejects.toThrow('session-ended');
});
