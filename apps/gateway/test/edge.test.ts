import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { api, eventually, startTestProduct, type Api } from '#libs/testing';

let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let signing: JWK;
const sessionKey = randomBytes(32).toString('base64url');
const clientSecret = `client-secret-${randomBytes(12).toString('hex')}`;

beforeAll(async () => {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  signing = { ...(await exportJWK(privateKey)), kid: 'edge' };
  product = await startTestProduct({
    sharedDatabase: false,
    env: {
      LOG_LEVEL: 'trace',
      TOKEN_SIGNING_KEY: JSON.stringify([signing]),
      SESSION_KEYS: sessionKey,
      OIDC_CLIENT_SECRET: clientSecret,
    },
  });
  clients = api(product);
}, 120_000);

afterAll(() => product?.stop(), 30_000);

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Any method at all: fetch refuses TRACE and hides what a preflight gets. */
function send(method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(product.url + path, { method, headers }, (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      );
    })
      .on('error', reject)
      .end();
  });
}

const places = [
  ['/insats/v1/calls', 'GET, HEAD, POST'],
  ['/insats/v1/calls/7', 'GET, HEAD, PATCH'],
  ['/insats/v1/me', 'GET, HEAD'],
  ['/insats/v1/openapi.json', 'GET, HEAD'],
  ['/health/live', 'GET, HEAD'],
  ['/oauth/token', 'POST'],
  ['/oauth/jwks', 'GET, HEAD'],
  ['/.well-known/oauth-authorization-server', 'GET, HEAD'],
] as const;

describe('a method', () => {
  test.each(places)('that %s has no use for is refused, with those that it has', async (path, allow) => {
    for (const method of ['OPTIONS', 'TRACE', 'PUT', 'DELETE', 'PROPFIND', 'QUERY']) {
      const answer = await send(method, path, { 'x-secret': 'echo-me' });
      expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, allow]);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      // What TRACE is for, and why it is refused (RFC 9110, 9.3.8).
      expect(answer.body).not.toContain('echo-me');
    }
  });

  test('does not tell whether there is anything at an address', async () => {
    for (const method of ['OPTIONS', 'TRACE', 'PUT', 'DELETE']) {
      expect([method, (await send(method, '/insats/v1/nothing')).status]).toEqual([method, 404]);
    }
  });

  test('HEAD answers as GET does, without a body and with the same checks', async () => {
    const open = await send('HEAD', '/insats/v1/api-info');
    expect([open.status, open.body]).toEqual([200, '']);
    expect((await send('HEAD', '/insats/v1/me')).status).toBe(401);
    const authorization = `Bearer ${await clients.as('revisor').token()}`;
    const mine = await send('HEAD', '/insats/v1/me', { authorization });
    expect([mine.status, mine.body]).toEqual([200, '']);
  });
});

describe('another web site', () => {
  test('gets no permission to read anything, whatever it asks', async () => {
    const authorization = `Bearer ${await clients.as('revisor').token()}`;
    for (const origin of ['https://evil.example', 'null', product.url]) {
      const answers = await Promise.all([
        ...places.map(([path]) =>
          send('OPTIONS', path, {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization',
          }),
        ),
        send('GET', '/insats/v1/me', { origin, authorization }),
        send('GET', '/insats/v1/api-info', { origin }),
        send('GET', '/oauth/jwks', { origin }),
        send('GET', '/insats/v1/me', { origin }),
      ]);
      for (const { headers } of answers) {
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
    }
  });

  test('can neither frame, nor script, nor be linked to from any page of ours', async () => {
    for (const path of ['/insats/v1/docs', '/insats/v1/me', '/auth/signed-out', '/nothing']) {
      const { headers } = await send('GET', path);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("base-uri 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': expect.stringContaining('max-age='),
        'cache-control': 'no-store',
      });
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['server']).toBeUndefined();
    }
  });
});

describe('a request', () => {
  const raw = async (lines: readonly string[]): Promise<string> => {
    const socket = connect(product.port, '127.0.0.1');
    socket.write([...lines, 'connection: close', '', ''].join('\r\n'));
    return text(socket);
  };

  test.each([
    ['without a host', []],
    ['with two hosts', ['host: a', 'Host: b']],
  ])('%s is refused as every other is, with a problem and our headers', async (_what, hosts) => {
    const answer = await raw(['GET /insats/v1/api-info HTTP/1.1', ...hosts]);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('content-type: application/problem+json');
    expect(answer).toContain("default-src 'none'");
    expect(answer).toContain('"code":"malformed-request"');
  });

  test('of the first version of HTTP needs no host', async () => {
    expect(await raw(['GET /insats/v1/api-info HTTP/1.0'])).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each(['x'.repeat(6000), `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`, '00-ff-ff', '{"$ne":1}'])(
    'with a trace like %.20s has one of ours, which is all that it is told by',
    async (traceparent) => {
      const { status, headers } = await send('GET', '/insats/v1/api-info', {
        traceparent,
        'x-request-id': traceparent,
      });
      expect(status).toBe(200);
      expect(headers['traceparent']).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]$/);
      expect(headers['x-request-id']).toBeUndefined();
    },
  );
});

test('whoever does not finish a request is cut off', async () => {
  const socket = connect(product.port, '127.0.0.1');
  socket.write('GET /insats/v1/me HTTP/1.1\r\nhost: x\r\nx-slow: ');
  const closed = new Promise<string>((resolve) => {
    let received = '';
    socket.on('data', (chunk) => (received += String(chunk)));
    socket.on('close', () => resolve(received));
  });
  expect(await closed).toMatch(/^(HTTP\/1\.1 (400|408) |$)/);
}, 60_000);

describe('the log', () => {
  test('holds no secret, whatever goes wrong', async () => {
    const secrets = new Map<string, string>([
      ['the signing key', String(signing.d)],
      ['the session key', sessionKey],
      ['the client secret', clientSecret],
    ]);
    const token = await clients.as('kansli-sydost').token();
    secrets.set('an access token', token);
    secrets.set('the signature of an access token', String(token.split('.')[2]));
    const proof = await new SignJWT({ iss: 'x', sub: 'x', aud: product.url, jti: 'j' })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'k' })
      .setExpirationTime('1m')
      .sign((await generateKeyPair('EdDSA')).privateKey);
    secrets.set('a client assertion', proof);
    const marks = ['password', 'cookie', 'query', 'body', 'token', 'path'].map((what) => {
      const mark = `${what}-${randomBytes(12).toString('hex')}`;
      secrets.set(`a secret in a ${what}`, mark);
      return mark;
    });
    const [password, cookie, query, body, bad] = marks as [string, string, string, string, string];
    const headers = { authorization: `Bearer ${token}` };
    const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) });
    const attempts = async (): Promise<void> => {
      await Promise.all(
        [
          fetch(`${product.url}/insats/v1/me`, { headers: { authorization: `Bearer ${bad}.${bad}.${bad}` } }),
          fetch(`${product.url}/insats/v1/me`, { headers: { authorization: `Basic ${btoa(password)}` } }),
          fetch(`${product.url}/insats/v1/me`, { headers: { cookie: `insats-session=${cookie}` } }),
          fetch(`${product.url}/insats/v1/calls?secret=${query}`, { headers }),
          fetch(`${product.url}/insats/v1/calls`, {
            method: 'POST',
            headers: { ...headers, 'content-type': 'application/json' },
            body: `{"title":"${body}`,
          }),
          fetch(`${product.url}/insats/v1/calls`, {
            method: 'POST',
            headers: { ...headers, 'content-type': 'application/json' },
            body: JSON.stringify({ title: body, [body]: body }),
          }),
          fetch(`${product.url}/oauth/token`, form({ grant_type: 'password', password, username: body })),
          fetch(
            `${product.url}/oauth/token`,
            form({
              grant_type: 'client_credentials',
              client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
              client_assertion: proof,
            }),
          ),
          fetch(
            `${product.url}/dev/oidc/token`,
            form({ grant_type: 'client_credentials', client_id: 'revisor', client_secret: password }),
          ),
          fetch(`${product.url}/auth/login?returnTo=${query}`, { redirect: 'manual' }),
          fetch(`${product.url}/auth/callback?code=${query}&state=${query}`, { redirect: 'manual' }),
          fetch(`${product.url}/auth/backchannel-logout`, form({ logout_token: `${bad}.${bad}.${bad}` })),
        ].map((asked) => asked.then((response) => response.arrayBuffer())),
      );
    };
    await attempts();
    // Errors of the machinery say more than refusals do.
    await product.processes.get('directory')?.kill('SIGKILL');
    await attempts();
    await product.processes.get('nats')?.kill('SIGKILL');
    await attempts();
    await product.waitUntilReady();
    await product.processes.get('gateway')?.kill('SIGTERM');
    await eventually(async () => (await fetch(`${product.url}/health/live`)).ok);

    const folder = join(product.home, 'logs');
    const files = readdirSync(folder);
    const logs = new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
    // The search finds what is there.
    expect(logs.get('gateway.log')).toContain('"route":"/oauth/token"');
    const found = [...logs].flatMap(([file, lines]) =>
      [...secrets].filter(([, secret]) => lines.includes(secret)).map(([what]) => `${what} in ${file}`),
    );
    expect(found).toEqual([]);
  }, 120_000);
});
