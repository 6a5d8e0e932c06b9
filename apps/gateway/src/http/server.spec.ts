import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { createLogger } from '#libs/platform';
import { Admission } from './admission.ts';
import { entryOf } from './entry.ts';
import { type Request } from './fastify.ts';
import { createHttpServer } from './server.ts';

function server(trustedProxies: readonly string[] = []) {
  const { adapter } = createHttpServer({
    headers: {},
    admission: new Admission({ authenticator: {} as never, requiredLevels: [] }),
    trustedProxies,
    logger: createLogger('test', 'silent'),
  });
  return adapter.getInstance();
}

/** Where a request seems to come from, sent by `remoteAddress` with what it says of itself. */
async function seenAddress(
  trustedProxies: readonly string[],
  remoteAddress: string,
  forwarded: string,
): Promise<string> {
  const fastify = server(trustedProxies);
  fastify.get('/seen', (request: Request) => request.ip);
  const answer = await fastify.inject({
    url: '/seen',
    remoteAddress,
    headers: { 'x-forwarded-for': forwarded },
  });
  await fastify.close();
  return answer.body;
}

test('nobody is believed who says where a request comes from', async () => {
  expect(await seenAddress([], '192.0.2.1', '198.51.100.7')).toBe('192.0.2.1');
});

test('a proxy that is named is believed, and nobody else', async () => {
  const proxies = ['10.0.0.0/8'];
  expect(await seenAddress(proxies, '10.1.2.3', '198.51.100.7')).toBe('198.51.100.7');
  expect(await seenAddress(proxies, '192.0.2.1', '198.51.100.7')).toBe('192.0.2.1');
});

test('what a caller wrote into the header before the proxy did is passed over', async () => {
  const forwarded = '203.0.113.9, 198.51.100.7, 10.9.9.9';
  expect(await seenAddress(['10.0.0.0/8'], '10.1.2.3', forwarded)).toBe('198.51.100.7');
});

test('the next one of a tenant goes on when an answer is ready, however long its caller takes to read it', async () => {
  const fastify = server();
  const seen: string[] = [];
  fastify.get('/long', (request: Request) => {
    const entry = entryOf(request);
    if (entry) entry.endTurn = () => seen.push('turn ended');
    return new Readable({
      read() {
        seen.push('read');
        this.push('all of it');
        this.push(null);
      },
    });
  });
  const answer = await fastify.inject({ url: '/long' });
  await fastify.close();
  expect(answer.body).toBe('all of it');
  expect(seen.slice(0, 2)).toEqual(['turn ended', 'read']);
});
