import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { api } from './api-client.ts';

// Tells what was asked, and hands out tokens as the demo identity provider does.
let tokensGiven = 0;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString('utf8');
    const { method, url, headers } = request;
    response.setHeader('content-type', 'application/json; charset=utf-8');
    if (url !== '/dev/oidc/token') {
      response.writeHead(207).end(JSON.stringify({ method, url, headers, body }));
      return;
    }
    tokensGiven += 1;
    const form = new URLSearchParams(body);
    if (form.get('client_secret') !== 'kansli-norr-secret') response.writeHead(401).end('{}');
    else response.end(JSON.stringify({ access_token: `token-${form.get('client_id')}`, expires_in: 3600 }));
  });
});
const target = { url: '' };

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  target.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

test('a request carries the identity, the revision, the key and JSON', async () => {
  const client = api(target).as('kansli-norr');
  const { status, body } = await client.post('/calls', { title: 'å' }, { ifMatch: 3, key: 'k1' });
  expect(status).toBe(207);
  expect(body).toMatchObject({ method: 'POST', url: '/insats/v1/calls', body: '{"title":"å"}' });
  expect(body.headers).toMatchObject({
    authorization: 'Bearer token-kansli-norr',
    'content-type': 'application/json',
    'if-match': '"3"',
    'idempotency-key': 'k1',
  });
});

test('one token serves many requests, also parallel ones', async () => {
  const client = api(target).as('kansli-norr');
  const before = tokensGiven;
  await Promise.all([1, 2, 3, 4].map(() => client.get('/me')));
  await client.get('/me');
  expect(tokensGiven).toBe(before + 1);
});

test('an etag and a text body are sent as they are, and paths outside the API are taken as such', async () => {
  const { body } = await api(target).anonymous.send('PUT', '/dev/clock', '{broken', { ifMatch: '"7"' });
  expect(body).toMatchObject({ method: 'PUT', url: '/dev/clock', body: '{broken' });
  expect(body.headers['if-match']).toBe('"7"');
  expect(body.headers).not.toHaveProperty('authorization');
});

test('a client that gets no token says so', async () => {
  await expect(api(target).as('obekant').get('/me')).rejects.toThrow('no token for obekant: 401');
});
