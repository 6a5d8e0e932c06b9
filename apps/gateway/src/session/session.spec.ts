import { expect, test } from '@jest/globals';
import { absoluteExpiry, beginSession, idleExpiry, isOver } from './session.ts';

const limits = { idle: 1800, absolute: 36_000 };
const start = 1_800_000_000;
const session = beginSession({ subject: 'anna' }, start);

test('a session is over after the idle limit, to the second', () => {
  expect(isOver(session, limits, start + 1799)).toBe(false);
  expect(isOver(session, limits, start + 1800)).toBe(true);
});

test('activity moves the idle limit on, but never the absolute one', () => {
  const active = { ...session, seenAt: start + 35_000 };
  expect(isOver(active, limits, start + 35_999)).toBe(false);
  expect(isOver(active, limits, start + 36_000)).toBe(true);
  expect(idleExpiry(active, limits)).toBe(absoluteExpiry(active, limits));
});

test('no two sessions share an id or a token, not even of one person in one second', () => {
  const sessions = Array.from({ length: 100 }, () => beginSession({ subject: 'anna' }, start));
  const secrets = sessions.flatMap(({ sid, csrf }) => [sid, csrf]);
  expect(new Set(secrets).size).toBe(200);
  expect(secrets.every((secret) => Buffer.from(secret, 'base64url').length === 32)).toBe(true);
});
