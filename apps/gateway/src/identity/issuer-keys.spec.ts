import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { errors, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters } from 'jose';
import { PublishedKeys, type RefreshTimes } from './issuer-keys.ts';

let jwks: JWK[];
let server: Server;
let published: unknown;
let status: number;
let fetches: number;

beforeAll(async () => {
  jwks = await Promise.all(
    ['old', 'new'].map(async (kid) => {
      const { publicKey } = await generateKeyPair('EdDSA', { extractable: true });
      return { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA' };
    }),
  );
});

beforeEach(async () => {
  [published, status, fetches] = [{ keys: [jwks[0]] }, 200, 0];
  server = createServer((request, response) => {
    fetches += 1;
    response.writeHead(status, { location: `${request.url}/elsewhere` }).end(JSON.stringify(published));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

function keysWith(times: Partial<RefreshTimes> = {}): PublishedKeys {
  const { port } = server.address() as AddressInfo;
  return new PublishedKeys(new URL(`http://127.0.0.1:${port}/keys`), times);
}

const find = async (keys: PublishedKeys, kid: string): Promise<string> => {
  try {
    await keys.find({ alg: 'EdDSA', kid } as JWTHeaderParameters, { payload: '', signature: '' });
    return 'found';
  } catch (error) {
    return error instanceof errors.JWKSNoMatchingKey ? 'unknown' : 'cannot be had';
  }
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('published keys', () => {
  test('are fetched once for all who ask at the same time, and then not again', async () => {
    const keys = keysWith();
    const found = await Promise.all(Array.from({ length: 20 }, () => find(keys, 'old')));
    expect(new Set(found)).toEqual(new Set(['found']));
    expect(await find(keys, 'old')).toBe('found');
    expect(fetches).toBe(1);
  });

  test('are fetched again for a key that is not among them', async () => {
    const keys = keysWith({ cooldown: 0 });
    expect(await find(keys, 'old')).toBe('found');
    published = { keys: jwks };
    expect(await find(keys, 'new')).toBe('found');
    expect(await find(keys, 'old')).toBe('found');
    expect(fetches).toBe(2);
  });

  test('are not fetched for every bad token', async () => {
    const keys = keysWith({ cooldown: 60_000 });
    expect(await find(keys, 'old')).toBe('found');
    for (let count = 0; count < 50; count += 1) expect(await find(keys, `guess-${count}`)).toBe('unknown');
    expect(fetches).toBe(1);
  });

  test('that have ended are refused after the next fetch, and what they verified is verified again', async () => {
    const keys = keysWith({ refreshAfter: 50, cooldown: 0 });
    published = { keys: jwks };
    expect(await find(keys, 'old')).toBe('found');
    const before = keys.generation();
    expect(keys.generation()).toBe(before);
    published = { keys: [jwks[1]] };
    await pause(60);
    // Only asks for the refresh: whoever verifies does not wait for it.
    for (let tries = 0; keys.generation() === before && tries < 100; tries += 1) await pause(20);
    expect(keys.generation()).not.toBe(before);
    expect(await find(keys, 'old')).toBe('unknown');
    expect(await find(keys, 'new')).toBe('found');
  });

  test('stay in use while their issuer is down, for a while', async () => {
    const keys = keysWith({ refreshAfter: 10, keepFor: 400, cooldown: 0 });
    expect(await find(keys, 'old')).toBe('found');
    const generation = keys.generation();
    status = 500;
    await pause(50);
    expect(keys.generation()).toBe(generation);
    expect(await find(keys, 'old')).toBe('found');
    expect(await find(keys, 'new')).toBe('cannot be had');
    await pause(400);
    expect(keys.generation()).toBe(-1);
    expect(await find(keys, 'old')).toBe('cannot be had');
    status = 200;
    expect(await find(keys, 'old')).toBe('found');
  });

  test('are not fetched from elsewhere', async () => {
    status = 302;
    expect(await find(keysWith(), 'old')).toBe('cannot be had');
    expect(fetches).toBe(1);
  });

  test.each([
    ['no key set', { other: 1 }],
    ['a set that is too large', { keys: [], padding: 'x'.repeat(300 * 1024) }],
  ])('are not to be had from an address that answers %s', async (_what, answer) => {
    published = answer;
    expect(await find(keysWith(), 'old')).toBe('cannot be had');
  });

  test('that are secrets are passed over', async () => {
    published = { keys: [jwks[0], { kty: 'oct', k: 'c2VjcmV0', kid: 'shared', alg: 'HS256' }] };
    const keys = keysWith({ cooldown: 60_000 });
    expect(await find(keys, 'old')).toBe('found');
    expect(await find(keys, 'shared')).toBe('unknown');
  });
});
