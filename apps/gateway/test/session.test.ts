import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, UnsecuredJWT, SignJWT, type CryptoKey } from 'jose';
import { credentialsOf } from '#libs/bus-setup';
import { checkout } from '#libs/embedded';
import { eventually, freePort, startTestProduct } from '#libs/testing';
import { CookieSeal } from '../src/session/cookie-seal.ts';
import { beginSession, type Session } from '../src/session/session.ts';
import { Browser } from './browser.ts';
import { startTestProvider, webClient, type TestProvider } from './identity-provider.ts';

const api = '/insats/v1';
const sessionCookie = '__Host-insats-session';
const signInCookie = '__Host-insats-sign-in';
const [newKey, oldKey, retiredKey] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const hour = 3600;
const loa3 = 'http://id.sambi.se/loa/loa3';

let product: Awaited<ReturnType<typeof startTestProduct>>;
let provider: TestProvider;
let home: string;
/** Where browsers go; another replica behind the same address; one that wants level 3; one without sign-in. */
let gateway: string;
let replica: string;
let strict: string;
let closed: string;
/** Signs the strict gateway's own tokens, which systems have. */
let systemsKey: CryptoKey;
const started: ChildProcess[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'insats-gateway-'));
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = await Promise.all(Array.from({ length: 5 }, () => freePort()));
  [gateway, replica, strict, closed] = [a, b, c, d].map((port) => `http://127.0.0.1:${port}`) as [
    string,
    string,
    string,
    string,
  ];
  product = await startTestProduct();
  provider = await startTestProvider({ port: e, gateways: [gateway, strict] });
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  systemsKey = pair.privateKey;
  const signIn = {
    OIDC_CLIENT_ID: webClient.id,
    OIDC_CLIENT_SECRET: webClient.secret,
    SESSION_KEYS: [newKey, oldKey].map((key) => key.toString('base64url')).join(' '),
  };
  await Promise.all([
    startGateway(a, { ...signIn, INSATS_PUBLIC_URL: gateway }),
    startGateway(b, { ...signIn, INSATS_PUBLIC_URL: gateway }),
    startGateway(c, {
      ...signIn,
      INSATS_PUBLIC_URL: strict,
      OIDC_CLAIMS: 'inera',
      OIDC_REQUIRED_ACR: loa3,
      TOKEN_SIGNING_KEY: JSON.stringify({ ...(await exportJWK(pair.privateKey)), kid: 'own' }),
    }),
    startGateway(d, {}),
  ]);
}, 180_000);

beforeEach(() => {
  Object.assign(provider.script, {
    accountId: 'kansli-sydost',
    acr: undefined,
    claims: {},
    tamper: undefined,
  });
  provider.tokenRequests.length = 0;
});

afterAll(async () => {
  for (const child of started) {
    if (child.exitCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await provider?.stop();
  await product?.stop();
  rmSync(home, { recursive: true, force: true });
}, 30_000);

async function startGateway(port: number, settings: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, [join(checkout, 'dist/apps/gateway/src/main.js')], {
    env: {
      PATH: process.env['PATH'],
      INSATS_HOME: home,
      INSATS_MODE: 'production',
      INSATS_PORT: String(port),
      NATS_URL: product.natsUrl,
      ...credentialsOf(product.credentials, 'gateway'),
      OIDC_ISSUER: provider.issuer,
      OIDC_JWKS_URL: `${provider.issuer}/jwks`,
      RATE_LIMITS: 'off',
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  started.push(child);
  await eventually(async () => (await fetch(`http://127.0.0.1:${port}/health/live`)).ok, 60_000);
}

const isCallback = (url: URL): boolean => url.pathname === '/auth/callback';

/** Goes to the provider and back as far as the callback, which is not called. */
async function untilCallback(
  browser: Browser,
  change: (authorization: URL) => void = () => undefined,
  at = gateway,
): Promise<URL> {
  const begun = await browser.send(`${at}/auth/login?returnTo=/insats/v1/docs`);
  expect(begun.status).toBe(303);
  const authorization = new URL(begun.headers.get('location') ?? '');
  change(authorization);
  const { url } = await browser.follow(authorization.href, isCallback);
  return url;
}

async function signedIn(accountId = 'kansli-sydost', at = gateway): Promise<Browser> {
  provider.script.accountId = accountId;
  const browser = new Browser();
  const back = await browser.send((await untilCallback(browser, undefined, at)).href);
  expect({ status: back.status, location: back.headers.get('location') }).toEqual({
    status: 303,
    location: '/insats/v1/docs',
  });
  return browser;
}

async function csrfOf(browser: Browser): Promise<string> {
  const response = await browser.send(`${gateway}/auth/session`);
  return ((await response.json()) as { csrfToken: string }).csrfToken;
}

async function problem(response: Response): Promise<{ status: number; code: unknown }> {
  const { code } = (await response.json()) as { code: unknown };
  return { status: response.status, code };
}

const ended = { status: 401, code: 'session-ended' };
const failed = { status: 400, code: 'sign-in-failed' };
const forged = { status: 403, code: 'csrf-refused' };

/** Asks who one is, by a cookie header that need not be the browser's. */
function me(cookie: string, at = gateway, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${at}${api}/me`, { headers: { cookie, ...headers } });
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** A session cookie as the gateway itself would make it, in the state that the test is about. */
async function sealed(
  change: Partial<Session>,
  keys: Uint8Array[] = [newKey],
  purpose = 'session',
): Promise<string> {
  const session = { ...beginSession({ subject: 'kansli-sydost' }, seconds()), ...change };
  return `${sessionCookie}=${await new CookieSeal(keys).seal(purpose, session)}`;
}

describe('signing in', () => {
  test('leads to the provider with state, nonce and an S256 challenge, and nothing that is secret', async () => {
    const browser = new Browser();
    const begun = await browser.send(`${gateway}/auth/login`);
    const { searchParams, origin } = new URL(begun.headers.get('location') ?? '');
    expect(origin).toBe(provider.issuer);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: webClient.id,
      redirect_uri: `${gateway}/auth/callback`,
      response_type: 'code',
      scope: 'openid profile',
      state: expect.stringMatching(/^.{40,}$/),
      nonce: expect.stringMatching(/^.{40,}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(browser.latest).toEqual([
      expect.stringMatching(
        /^__Host-insats-sign-in=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=600$/,
      ),
    ]);
  });

  test('ends in a session by which the API knows the person', async () => {
    const browser = new Browser();
    const back = await browser.send((await untilCallback(browser)).href);
    expect(back.headers.get('location')).toBe('/insats/v1/docs');
    expect(browser.latest).toEqual([
      expect.stringMatching(/^__Host-insats-sign-in=; .*Max-Age=0$/),
      expect.stringMatching(/^__Host-insats-session=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure$/),
    ]);
    const [request] = provider.tokenRequests;
    expect(request?.get('redirect_uri')).toBe(`${gateway}/auth/callback`);
    expect(request?.get('code_verifier')).toMatch(/^[\w-]{43,}$/);

    const answer = await me(browser.header(gateway));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ id: 'kansli-sydost' });

    const session = await browser.send(`${gateway}/auth/session`);
    const view = (await session.json()) as Record<string, string>;
    expect(view).toEqual({
      subject: 'kansli-sydost',
      name: 'Person kansli-sydost',
      csrfToken: expect.stringMatching(/^[\w-]{43}$/),
      idleExpiresAt: expect.any(String),
      absoluteExpiresAt: expect.any(String),
    });
    const [idle, absolute] = [view['idleExpiresAt'], view['absoluteExpiresAt']].map((time) =>
      Date.parse(time ?? ''),
    );
    expect((absolute ?? 0) - (idle ?? 0)).toBe((10 * hour - hour / 2) * 1000);
  });

  test.each<[string, (url: URL) => void]>([
    [
      'another nonce, as in a token made for another sign-in',
      ({ searchParams }) => searchParams.set('nonce', 'x'.repeat(43)),
    ],
    [
      "a challenge that is not this browser's",
      ({ searchParams }) => searchParams.set('code_challenge', 'x'.repeat(43)),
    ],
  ])('with %s is refused', async (_what, change) => {
    const browser = new Browser();
    const callback = await untilCallback(browser, change);
    expect(await problem(await browser.send(callback.href))).toEqual(failed);
    expect(browser.cookie(gateway, sessionCookie)).toBeUndefined();
  });

  test.each<[string, (url: URL) => void]>([
    ['another state', ({ searchParams }) => searchParams.set('state', 'x'.repeat(43))],
    ['no state', ({ searchParams }) => searchParams.delete('state')],
    ['an invented code', ({ searchParams }) => searchParams.set('code', 'x'.repeat(43))],
    ['no code', ({ searchParams }) => searchParams.delete('code')],
    ['two states', ({ searchParams }) => searchParams.append('state', 'y')],
    [
      "another provider's name (RFC 9207)",
      ({ searchParams }) => searchParams.set('iss', 'https://other.example'),
    ],
    ["no provider's name, though this one gives it", ({ searchParams }) => searchParams.delete('iss')],
    [
      'an error from the provider',
      ({ searchParams }) => {
        searchParams.delete('code');
        searchParams.set('error', 'access_denied');
      },
    ],
  ])('is refused at the callback with %s', async (_what, change) => {
    const browser = new Browser();
    const callback = await untilCallback(browser);
    change(callback);
    expect(await problem(await browser.send(callback.href))).toEqual(failed);
    expect(browser.cookie(gateway, sessionCookie)).toBeUndefined();
    expect(browser.cookie(gateway, signInCookie)).toBeUndefined();
  });

  test('a redirect to elsewhere is refused by the provider, which knows ours to the letter', async () => {
    const browser = new Browser();
    for (const elsewhere of [
      'https://evil.example/auth/callback',
      `${gateway}/auth/callback/`,
      `${gateway}/auth/callback?x=1`,
    ]) {
      const begun = await browser.send(`${gateway}/auth/login`);
      const authorization = new URL(begun.headers.get('location') ?? '');
      authorization.searchParams.set('redirect_uri', elsewhere);
      const answer = await browser.send(authorization.href);
      expect([elsewhere, answer.status, answer.headers.get('location')]).toEqual([elsewhere, 400, null]);
    }
  });

  test.each<[string, (token: string) => string]>([
    ['with altered claims', (token) => withClaims(token, { sub: 'revisor' })],
    ['with its signature cut off', (token) => `${token.split('.').slice(0, 2).join('.')}.`],
    ['without a signature by its own account', (token) => new UnsecuredJWT(claimsOf(token)).encode()],
  ])('an ID token %s is refused', async (_what, tamper) => {
    provider.script.tamper = tamper;
    const browser = new Browser();
    const callback = await untilCallback(browser);
    expect(await problem(await browser.send(callback.href))).toEqual(failed);
    expect(browser.cookie(gateway, sessionCookie)).toBeUndefined();
  });

  test('a code is good once, even for the browser that it was made for', async () => {
    const browser = new Browser();
    const callback = await untilCallback(browser);
    const attempt = browser.cookie(gateway, signInCookie) ?? '';
    expect((await browser.send(callback.href)).status).toBe(303);
    const again = new Browser();
    again.setCookie(gateway, signInCookie, attempt);
    expect(await problem(await again.send(callback.href))).toEqual(failed);
  });

  test('begun in one browser is not finished in another', async () => {
    const callback = await untilCallback(new Browser());
    expect(await problem(await new Browser().send(callback.href))).toEqual(failed);
  });

  test("a session's cookie is no sign-in's, nor the other way round", async () => {
    const browser = new Browser();
    const callback = await untilCallback(browser);
    const attempt = browser.cookie(gateway, signInCookie) ?? '';
    expect(await problem(await me(`${sessionCookie}=${attempt}`))).toEqual(ended);
    browser.setCookie(gateway, signInCookie, (await sealed({})).slice(sessionCookie.length + 1));
    expect(await problem(await browser.send(callback.href))).toEqual(failed);
  });

  test('gives a new session each time and ends the one before (no fixation)', async () => {
    const browser = await signedIn();
    const before = browser.header(gateway);
    expect((await me(before)).status).toBe(200);
    provider.script.accountId = 'revisor';
    await browser.send((await untilCallback(browser)).href);
    expect(browser.header(gateway)).not.toBe(before);
    expect(await problem(await me(before))).toEqual(ended);
    expect((await me(browser.header(gateway))).status).toBe(200);
  });

  test('a person whom the directory does not know may sign in, and may do nothing', async () => {
    const browser = await signedIn('okand-person');
    expect(await problem(await me(browser.header(gateway)))).toEqual({ status: 403, code: 'forbidden' });
  });

  test.each([
    '//evil.example/x',
    'https://evil.example/',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    'insats/v1',
    '/..//evil.example',
    '',
  ])('does not return to %j', async (returnTo) => {
    const answer = await fetch(`${gateway}/auth/login?${new URLSearchParams({ returnTo }).toString()}`, {
      redirect: 'manual',
    });
    expect(await problem(answer)).toEqual({ status: 422, code: 'invalid-input' });
  });

  test('tells a person in a browser what went wrong on a page, in their language', async () => {
    const answer = await fetch(`${gateway}/auth/callback?code=x`, {
      headers: { accept: 'text/html,*/*', 'accept-language': 'en' },
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await answer.text()).toMatch(
      /<html lang="en">[\s\S]*could not be completed[\s\S]*href="\/auth\/login"/,
    );
  });

  test('is not there at all where no client is configured', async () => {
    for (const path of ['login', 'callback', 'session', 'signed-out']) {
      expect(await problem(await fetch(`${closed}/auth/${path}`))).toEqual({
        status: 404,
        code: 'not-found',
      });
    }
    expect(await problem(await me(await sealed({}), closed))).toEqual({
      status: 401,
      code: 'not-authenticated',
    });
  });
});

describe('assurance levels', () => {
  test('a level below the required one is refused, and the required one is asked for', async () => {
    const browser = new Browser();
    Object.assign(provider.script, {
      acr: 'http://id.sambi.se/loa/loa2',
      claims: { employeeHsaId: 'kansli-sydost' },
    });
    let asked: URLSearchParams | undefined;
    const callback = await untilCallback(browser, ({ searchParams }) => (asked = searchParams), strict);
    expect(asked?.get('acr_values')).toBe(loa3);
    expect(JSON.parse(asked?.get('claims') ?? '')).toMatchObject({
      id_token: { employeeHsaId: { essential: true }, organizationHsaId: null },
    });
    expect(await problem(await browser.send(callback.href))).toEqual({ status: 403, code: 'level-too-low' });
    expect(browser.cookie(strict, sessionCookie)).toBeUndefined();
  });

  test('at the required level the person is known by the employment, with the organisation', async () => {
    Object.assign(provider.script, {
      acr: loa3,
      claims: { employeeHsaId: 'kansli-sydost', organizationHsaId: 'SE2321000016-0001' },
    });
    const browser = await signedIn('a-random-id-of-the-provider', strict);
    const view = await browser.send(`${strict}/auth/session`);
    expect(await view.json()).toMatchObject({
      subject: 'kansli-sydost',
      level: loa3,
      organisation: 'SE2321000016-0001',
    });
    expect((await me(browser.header(strict), strict)).status).toBe(200);
  });

  test('a session from before the level was required is refused as well', async () => {
    expect(await problem(await me(await sealed({}), strict))).toEqual({ status: 403, code: 'level-too-low' });
  });
});

describe('where a level is required, an access token', () => {
  const tokenOf = (sub: string, claims: Record<string, unknown> = {}): Promise<string> =>
    provider.sign({ sub, aud: 'insats', ...claims }, { typ: 'at+jwt' });
  const whoIs = async (token: string, at = strict): Promise<[number, unknown]> => {
    const answer = await fetch(`${at}${api}/me`, { headers: { authorization: `Bearer ${token}` } });
    const { id, code } = (await answer.json()) as { id?: string; code?: string };
    return [answer.status, id ?? code];
  };

  test('of a person at that level is good, again and again', async () => {
    const token = await tokenOf('kansli-sydost', { acr: loa3 });
    expect(await whoIs(token)).toEqual([200, 'kansli-sydost']);
    expect(await whoIs(token)).toEqual([200, 'kansli-sydost']);
  });

  test.each<[string, Record<string, unknown>]>([
    ['says nothing of it', {}],
    ['says another', { acr: 'http://id.sambi.se/loa/loa2' }],
    ['says it among others', { acr: [loa3] }],
    ['says it in another claim', { amr: [loa3], acr_values: loa3 }],
  ])('of a person that %s is refused, again and again, and nowhere else', async (_what, claims) => {
    const token = await tokenOf('kansli-sydost', claims);
    expect(await whoIs(token)).toEqual([403, 'level-too-low']);
    expect(await whoIs(token)).toEqual([403, 'level-too-low']);
    expect(await whoIs(token, gateway)).toEqual([200, 'kansli-sydost']);
  });

  test('of a system is good without one: it proves itself by its key', async () => {
    expect(await whoIs(await tokenOf('region-kalmar-system'))).toEqual([200, 'region-kalmar-system']);
    const made = await fetch(`${gateway}${api}/api-clients`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await tokenOf('kansli-sydost')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ name: 'Ansökningssystemet', region: 'kalmar', scopes: ['grants.read'] }),
    });
    expect(made.status).toBe(201);
    const { clientId, subject } = (await made.json()) as { clientId: string; subject: string };
    const token = await new SignJWT({ client_id: clientId, scope: 'grants.read' })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'own' })
      .setIssuer(strict)
      .setAudience('insats')
      .setSubject(subject)
      .setJti('own-1')
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(systemsKey);
    expect(await whoIs(token)).toEqual([200, subject]);
  });
});

describe('a session', () => {
  test('counts on every gateway', async () => {
    const browser = await signedIn();
    expect((await me(browser.header(gateway), replica)).status).toBe(200);
  });

  test('that was altered is none, and its cookie is cleared', async () => {
    const cookie = (await signedIn()).header(gateway);
    for (const at of [cookie.length - 30, cookie.indexOf('=') + 3]) {
      const altered = cookie.slice(0, at) + (cookie[at] === 'A' ? 'B' : 'A') + cookie.slice(at + 1);
      const answer = await me(altered);
      expect(answer.headers.getSetCookie()).toEqual([
        expect.stringMatching(/^__Host-insats-session=; .*Max-Age=0$/),
      ]);
      expect(await problem(answer)).toEqual(ended);
    }
  });

  test('twice in one request is none: one of them is not ours', async () => {
    const answer = await me(`${await sealed({})}; ${await sealed({})}`);
    expect(await problem(answer)).toEqual({ status: 401, code: 'not-authenticated' });
  });

  test('under an older key that is still listed is good, and under a retired one is not', async () => {
    expect((await me(await sealed({}, [oldKey]))).status).toBe(200);
    expect(await problem(await me(await sealed({}, [retiredKey])))).toEqual(ended);
  });

  test('is issued anew after a minute, under the newest key and another number, and is still the same session', async () => {
    const begun = {
      createdAt: seconds() - 600,
      seenAt: seconds() - 90,
      sid: 'one-and-the-same',
      generation: 7,
      csrf: 'the-same-for-open-pages',
    };
    const answer = await me(await sealed(begun, [oldKey]));
    const [line = ''] = answer.headers.getSetCookie();
    const value =
      /^__Host-insats-session=([^;]+); Path=\/; HttpOnly; SameSite=Lax; Secure$/.exec(line)?.[1] ?? '';
    const renewed = (await new CookieSeal([newKey]).open('session', value)) as Session;
    const { sid, createdAt, csrf } = begun;
    expect(renewed).toMatchObject({ sid, createdAt, csrf, generation: 8, subject: 'kansli-sydost' });
    expect(renewed.seenAt).toBeGreaterThanOrEqual(seconds() - 5);
    expect((await me(await sealed({ seenAt: seconds() - 30 }))).headers.getSetCookie()).toEqual([]);
  });

  test('of which an old cookie is shown again ends, also for the newest, on every gateway', async () => {
    const sid = 'one-that-was-copied';
    const answer = await me(await sealed({ sid, generation: 7, seenAt: seconds() - 90 }));
    const newest = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect((await me(newest, replica)).status).toBe(200);
    expect((await me(newest)).status).toBe(200);
    const copy = await sealed({ sid, generation: 5 });
    // The other gateway hears of the renewal a moment later.
    const refused = await eventually(async () => {
      const shown = await me(copy, replica);
      return shown.status === 401 && shown;
    }, 5000);
    expect(refused.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-insats-session=; .*Max-Age=0$/),
    ]);
    expect(await problem(refused)).toEqual(ended);
    expect(await problem(await me(newest, replica))).toEqual(ended);
    await eventually(async () => (await me(newest)).status === 401, 1000);
  });

  test('ends after half an hour without a request, and after ten hours in any case', async () => {
    const now = seconds();
    expect((await me(await sealed({ seenAt: now - hour / 2 + 60 }))).status).toBe(200);
    expect(await problem(await me(await sealed({ seenAt: now - hour / 2 })))).toEqual(ended);
    expect((await me(await sealed({ createdAt: now - 10 * hour + 60 }))).status).toBe(200);
    expect(await problem(await me(await sealed({ createdAt: now - 10 * hour })))).toEqual(ended);
  });
});

describe('signing out', () => {
  test('ends copies of the cookie on every gateway within a second, and leads to the provider', async () => {
    const browser = await signedIn();
    const copy = browser.header(gateway);
    const token = await csrfOf(browser);
    expect((await me(copy, replica)).status).toBe(200);
    const answer = await browser.send(`${gateway}/auth/logout`, {
      method: 'POST',
      headers: { 'x-csrf-token': token },
    });
    expect(answer.status).toBe(200);
    expect(browser.cookie(gateway, sessionCookie)).toBeUndefined();
    expect(await problem(await me(copy))).toEqual(ended);
    await eventually(async () => (await me(copy, replica)).status === 401, 1000);

    const { location } = (await answer.json()) as { location: string };
    const { searchParams } = new URL(location);
    expect(location).toMatch(new RegExp(`^${provider.issuer}/session/end\\?`));
    expect(searchParams.get('post_logout_redirect_uri')).toBe(`${gateway}/auth/signed-out`);
    expect(claimsOf(searchParams.get('id_token_hint') ?? '')).toMatchObject({ sub: 'kansli-sydost' });
    expect((await browser.send(location)).status).toBe(200);
  });

  test('by a form, with the token in a field, is a redirect', async () => {
    const browser = await signedIn();
    const send = (csrf_token: string): Promise<Response> =>
      browser.send(`${gateway}/auth/logout`, {
        method: 'POST',
        headers: { origin: gateway, 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams({ csrf_token }),
      });
    const token = await csrfOf(browser);
    expect(await problem(await send('x'.repeat(43)))).toEqual(forged);
    const answer = await send(token);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toMatch(new RegExp(`^${provider.issuer}/session/end\\?`));
  });

  test('cannot be done to somebody by another site', async () => {
    const browser = await signedIn();
    expect(await problem(await browser.send(`${gateway}/auth/logout`, { method: 'POST' }))).toEqual(forged);
    expect((await me(browser.header(gateway))).status).toBe(200);
  });

  test('twice does no harm', async () => {
    const answer = await new Browser().send(`${gateway}/auth/logout`, { method: 'POST' });
    expect(answer.status).toBe(200);
    const again = await new Browser().send(`${gateway}/auth/session`);
    expect(await problem(again)).toEqual(ended);
    const page = await fetch(`${gateway}/auth/signed-out`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Du är utloggad')]);
  });
});

describe('an order of the provider to sign out', () => {
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const order = (token: string): Promise<Response> =>
    fetch(`${gateway}/auth/backchannel-logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: token }),
    });
  let used = 0;
  const valid = (): Record<string, unknown> => ({
    aud: webClient.id,
    sub: 'revisor',
    jti: `order-${(used += 1)}`,
    events: event,
  });

  test('comes when the person signs out there, and ends the session on every gateway', async () => {
    const browser = await signedIn('revisor');
    const other = await signedIn('revisor');
    const copy = browser.header(gateway);
    const { response } = await browser.follow(`${provider.issuer}/session/end`);
    const form = (await response?.text()) ?? '';
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(form)?.[1] ?? '';
    await browser.send(`${provider.issuer}/session/end/confirm`, {
      method: 'POST',
      body: new URLSearchParams({ xsrf, logout: 'yes' }),
    });
    await eventually(async () => (await me(copy)).status === 401, 5000);
    await eventually(async () => (await me(copy, replica)).status === 401, 1000);
    expect((await me(other.header(gateway))).status).toBe(200);
  });

  test('may name a person: then all that person has ends, and nothing of anybody else', async () => {
    const theirs = [await signedIn('revisor'), await signedIn('revisor')];
    const another = await signedIn('nationell');
    const answer = await order(await provider.sign(valid(), { typ: 'logout+jwt' }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    for (const browser of theirs) {
      expect(await problem(await me(browser.header(gateway)))).toEqual(ended);
      await eventually(async () => (await me(browser.header(gateway), replica)).status === 401, 1000);
    }
    expect((await me(another.header(gateway))).status).toBe(200);
    // Sessions count whole seconds.
    await eventually(
      async () => (await me((await signedIn('revisor')).header(gateway))).status === 200,
      5000,
    );
  });

  test.each<[string, () => Promise<string> | string]>([
    ['of another audience', () => provider.sign({ ...valid(), aud: 'somebody-else' })],
    ['of another issuer', () => provider.sign({ ...valid(), iss: 'https://other.example' })],
    ['that has expired', () => provider.sign({ ...valid(), exp: seconds() - 120 })],
    ['without the event', () => provider.sign({ ...valid(), events: {} })],
    [
      'with the event as a word',
      () => provider.sign({ ...valid(), events: { [Object.keys(event)[0] ?? '']: 'x' } }),
    ],
    ['with a nonce, as an ID token has', () => provider.sign({ ...valid(), nonce: 'n' })],
    ['that names nobody', () => provider.sign({ ...valid(), sub: undefined })],
    ['without an id of its own', () => provider.sign({ ...valid(), jti: undefined })],
    ["of an access token's type", () => provider.sign(valid(), { typ: 'at+jwt' })],
    [
      'without a signature',
      () =>
        new UnsecuredJWT({ iss: provider.issuer, ...valid() }).setIssuedAt().setExpirationTime('2m').encode(),
    ],
    [
      'signed with something that everybody knows',
      () =>
        new SignJWT({ iss: provider.issuer, ...valid() })
          .setProtectedHeader({ alg: 'HS256', kid: 'provider-1' })
          .setIssuedAt()
          .setExpirationTime('2m')
          .sign(Buffer.from('provider-1'.repeat(4))),
    ],
    ['that is no token', () => 'nonsense'],
  ])('%s is refused', async (_what, make) => {
    const browser = await signedIn('revisor');
    const answer = await order(await make());
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
    expect((await me(browser.header(gateway))).status).toBe(200);
  });

  test('is carried out once: repeated, it does not end what came after', async () => {
    const token = await provider.sign({ ...valid(), sub: 'ekonom-sydost' });
    expect((await order(token)).status).toBe(200);
    await eventually(
      async () => (await me((await signedIn('ekonom-sydost')).header(gateway))).status === 200,
      5000,
    );
    const later = await signedIn('ekonom-sydost');
    expect((await order(token)).status).toBe(400);
    expect((await me(later.header(gateway))).status).toBe(200);
  });
});

describe('a request that changes something, by cookie', () => {
  const call = {
    rcc: 'sydost',
    title: 'Stimulansmedel barncancer',
    opensOn: '2026-12-01',
    closesOn: '2027-01-31',
    frame: { amount: '1000000.00', currency: 'SEK' },
  };
  const create = (browser: Browser, headers: Record<string, string>): Promise<Response> =>
    browser.send(`${gateway}${api}/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(call),
    });

  test("is carried out with the session's token, from the site itself", async () => {
    const browser = await signedIn();
    const token = await csrfOf(browser);
    expect((await create(browser, { 'x-csrf-token': token })).status).toBe(201);
    const headers = { 'x-csrf-token': token, origin: gateway, 'sec-fetch-site': 'same-origin' };
    expect((await create(browser, headers)).status).toBe(201);
  });

  test('is refused without the token, with another one, and from elsewhere even with it', async () => {
    const [browser, other] = [await signedIn(), await signedIn()];
    const [token, foreign] = [await csrfOf(browser), await csrfOf(other)];
    for (const headers of [
      {},
      { 'x-csrf-token': '' },
      { 'x-csrf-token': foreign },
      { 'x-csrf-token': `${token}x` },
      { 'x-csrf-token': token, origin: 'https://evil.example' },
      { 'x-csrf-token': token, origin: 'null' },
      { 'x-csrf-token': token, origin: replica },
      { 'x-csrf-token': token, 'sec-fetch-site': 'cross-site' },
      { 'x-csrf-token': token, 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[]) {
      expect([headers, await problem(await create(browser, headers))]).toEqual([headers, forged]);
    }
  });

  test.each(['PATCH', 'DELETE', 'PUT'])('%s is no way around it', async (method) => {
    const browser = await signedIn();
    const answer = await browser.send(`${gateway}${api}/calls/0190f3a0-0000-7000-8000-000000000000`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    // What no route takes is refused before anybody is asked who they are.
    expect([forged, { status: 405, code: 'method-not-allowed' }]).toContainEqual(await problem(answer));
  });

  test('by a token needs none of it, and the token alone says who it is', async () => {
    const browser = await signedIn('revisor');
    const token = await provider.sign({ sub: 'kansli-sydost', aud: 'insats' }, { typ: 'at+jwt' });
    const authorization = `Bearer ${token}`;
    expect((await create(new Browser(), { authorization })).status).toBe(201);
    // The auditor, whom the cookie names, may not create a call.
    expect((await create(browser, { authorization })).status).toBe(201);
    const who = await me(browser.header(gateway), gateway, { authorization });
    expect(await who.json()).toMatchObject({ id: 'kansli-sydost' });
    for (const bad of ['Bearer x.y.z', 'Basic eA==', '']) {
      const answer = await me(browser.header(gateway), gateway, { authorization: bad });
      expect(await problem(answer)).toEqual({ status: 401, code: 'not-authenticated' });
    }
  });
});

describe('in the demonstration', () => {
  test('one chooses who one is on a page, and signs out again', async () => {
    const browser = new Browser();
    const { response } = await browser.follow(`${product.url}/auth/login?returnTo=/insats/v1/me`);
    expect(response?.headers.get('content-security-policy')).toContain("form-action 'self'");
    const html = (await response?.text()) ?? '';
    expect(html).toContain('<html lang="sv">');
    expect(html).not.toContain('-system"');
    const fields = [...html.matchAll(/name="(\w+)" value="([^"]*)"/g)]
      .map(([, name = '', value = '']) => [name, value])
      .filter(([name]) => name !== 'person');
    const chosen = await browser.send(`${product.url}/dev/oidc/authorize`, {
      method: 'POST',
      body: new URLSearchParams([...(fields as [string, string][]), ['person', 'nationell']]),
    });
    const end = await browser.follow(chosen.headers.get('location') ?? '');
    expect(end.url.pathname).toBe('/insats/v1/me');
    expect(await end.response?.json()).toMatchObject({ id: 'nationell' });

    const session = await browser.send(`${product.url}/auth/session`);
    const { csrfToken } = (await session.json()) as { csrfToken: string };
    const out = await browser.send(`${product.url}/auth/logout`, {
      method: 'POST',
      body: new URLSearchParams({ csrf_token: csrfToken }),
    });
    const after = await browser.follow(out.headers.get('location') ?? '');
    expect(after.url.href).toBe(`${product.url}/auth/signed-out`);
    expect(after.response?.status).toBe(200);
  });

  test('whoever calls the machine by another name is led to the one that cookies are set under', async () => {
    const { port } = new URL(product.url);
    const answer = await fetch(`http://localhost:${port}/auth/login?returnTo=/x`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toBe(`${product.url}/auth/login?returnTo=%2Fx`);
  });

  test('the provider is strict about everything but who one is', async () => {
    const right = {
      client_id: 'insats-web',
      redirect_uri: `${product.url}/auth/callback`,
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    };
    const ask = (change: Record<string, string>): Promise<Response> =>
      fetch(`${product.url}/dev/oidc/authorize?${new URLSearchParams({ ...right, ...change }).toString()}`);
    expect((await ask({})).status).toBe(200);
    for (const change of [
      { client_id: 'other' },
      { redirect_uri: 'https://evil.example/auth/callback' },
      { redirect_uri: `${product.url}/auth/callback/` },
      { response_type: 'token' },
      { scope: 'profile' },
      { code_challenge_method: 'plain' },
      { code_challenge: '' },
    ] as Record<string, string>[]) {
      expect([change, (await ask(change)).status]).toEqual([change, 400]);
    }
  });
});

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<
    string,
    unknown
  >;
}

function withClaims(token: string, claims: Record<string, unknown>): string {
  const [header, , signature] = token.split('.');
  const payload = Buffer.from(JSON.stringify({ ...claimsOf(token), ...claims })).toString('base64url');
  return `${header}.${payload}.${signature}`;
}
