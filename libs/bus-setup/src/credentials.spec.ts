import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { callerNames, serviceNames } from '#libs/contracts';
import { readIdentity, type Identity } from '#libs/platform';
import { credentialsOf, makeCredentials, nkeyOf } from './credentials.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'insats-credentials-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const identityOf = (name: (typeof callerNames)[number]): Identity =>
  readIdentity(credentialsOf(folder, name));

/** Every file below a folder, with its content. */
function files(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    names.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

describe('credentials', () => {
  test('give each process a key of its own, whose public part everybody knows', () => {
    makeCredentials(folder);
    for (const name of callerNames) {
      const { key, keys, nkey } = identityOf(name);
      expect(Object.keys(keys).toSorted()).toEqual([...callerNames].toSorted());
      expect(keys[name]?.[0]?.kid).toBe(key.kid);
      const derived = createPublicKey(createPrivateKey({ key: { ...key }, format: 'jwk' }));
      expect(derived.export({ format: 'jwk' }).x).toBe(keys[name]?.[0]?.x);
      expect(nkey).toBe(nkeyOf(folder, name));
    }
    expect(new Set(callerNames.map((name) => identityOf(name).key.d)).size).toBe(callerNames.length);
    expect(new Set([...callerNames, 'admin' as const].map((name) => nkeyOf(folder, name))).size).toBe(
      callerNames.length + 1,
    );
  });

  test('keep what is secret from other users, and each process’s secrets in its own folder', () => {
    makeCredentials(folder, { mongo: 'mongo:27017/?replicaSet=insats' });
    const open = ['nats/users.conf', ...callerNames.map((name) => `${name}/internal-keys.json`)];
    for (const [name, content] of Object.entries(files())) {
      expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([
        name,
        open.includes(name) ? 0o044 : 0,
      ]);
      for (const other of callerNames) {
        const { d } = identityOf(other).key;
        if (name !== `${other}/internal-key.json`) expect(content).not.toContain(d);
      }
    }
  });

  test('stay as they are, and only what is missing is made', () => {
    makeCredentials(folder);
    const before = files();
    makeCredentials(folder);
    expect(files()).toEqual(before);
    rmSync(join(folder, 'plans', 'nats.seed'));
    makeCredentials(folder);
    const { 'plans/nats.seed': made, 'nats/users.conf': users, ...rest } = files();
    const { 'plans/nats.seed': old, 'nats/users.conf': known, ...others } = before;
    expect(rest).toEqual(others);
    expect(made).not.toBe(old);
    expect(users).not.toBe(known);
  });

  test('rotate so that processes that know the new keys and those that do not believe each other', () => {
    makeCredentials(folder);
    const before = Object.fromEntries(callerNames.map((name) => [name, identityOf(name)]));
    makeCredentials(folder, { rotate: true });
    for (const name of callerNames) {
      const [old, young] = [before[name], identityOf(name)];
      expect(young.key.kid).not.toBe(old?.key.kid);
      for (const other of callerNames) {
        const kids = (identity: Identity | undefined) => (identity?.keys[other] ?? []).map(({ kid }) => kid);
        expect(kids(old)).toContain(identityOf(other).key.kid);
        expect(kids(young)).toContain(before[other]?.key.kid);
        expect(kids(young)).toHaveLength(3);
      }
    }
    // Once more, and the first keys are forgotten.
    makeCredentials(folder, { rotate: true });
    expect(JSON.stringify(identityOf('plans').keys)).not.toContain(before['gateway']?.key.kid);
  });

  test.each([true, false])('finish a rotation that was cut off (rotating: %p)', (rotate) => {
    makeCredentials(folder);
    const next = readFileSync(join(folder, 'next', 'plans.json'), 'utf8');
    // The next key had been written, and not yet removed from where it waited.
    writeFileSync(join(folder, 'plans', 'internal-key.json'), next);
    makeCredentials(folder, { rotate });
    const { key, keys } = identityOf('plans');
    expect(key).toEqual(JSON.parse(next));
    expect(new Set(keys['plans']?.map(({ kid }) => kid)).size).toBe(keys['plans']?.length);
    expect(files()['next/plans.json']).not.toBe(next);
  });

  test('name one database user per service, for its own database', () => {
    makeCredentials(folder, { mongo: 'a:1,b:2/?replicaSet=r&tls=true' });
    const users = JSON.parse(files()['mongo/users.json'] ?? '') as Record<string, string>[];
    expect(users.map(({ database }) => database)).toEqual(serviceNames.map((name) => `insats_${name}`));
    const url = files()['plans/mongodb-url'] ?? '';
    expect(url).toMatch(
      /^mongodb:\/\/insats-plans:[\w-]{43}@a:1,b:2\/\?replicaSet=r&tls=true&authSource=insats_plans$/,
    );
    expect(url).toContain(users.find(({ user }) => user === 'insats-plans')?.['password']);
    expect(files()['gateway/mongodb-url']).toBeUndefined();
  });
});
