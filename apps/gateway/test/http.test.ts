import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { api, startTestProduct, type Api, type ApiAnswer, type ApiClient } from '#libs/testing';
import { previewOpenApi } from '../src/openapi/preview.ts';

let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let office: ApiClient;

beforeAll(async () => {
  product = await startTestProduct();
  clients = api(product);
  office = clients.as('kansli-sydost');
}, 120_000);

afterAll(() => product?.stop(), 30_000);

const call = {
  rcc: 'sydost',
  title: 'Stimulansmedel barncancer',
  opensOn: '2026-12-01',
  closesOn: '2027-01-31',
  frame: { amount: '1000000.00', currency: 'SEK' },
};

function expectProblem(answer: ApiAnswer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({
    type: `https://insats.example/problems/${code}`,
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/\S/),
    instance: expect.stringMatching(/^\//),
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|at .*\.[jt]s:|Mongo|ECONN/);
}

const places = (answer: ApiAnswer): string[] =>
  (answer.body.errors as { pointer: string; code: string }[])
    .map(({ pointer, code }) => `${pointer} ${code}`)
    .toSorted();

describe('who asks', () => {
  test('without a token is told so', async () => {
    const answer = await clients.anonymous.get('/me');
    expectProblem(answer, 401, 'not-authenticated');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test.each(['Bearer', 'Bearer x.y.z', 'Basic eA==', 'bearer '])(
    'with %p is not known',
    async (authorization) => {
      expectProblem(
        await clients.anonymous.get('/me', { headers: { authorization } }),
        401,
        'not-authenticated',
      );
    },
  );

  test('with a changed token is not known', async () => {
    const token = await office.token();
    const [header, payload = '', signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'revisor' })).toString('base64url');
    const authorization = `Bearer ${header}.${forged}.${signature}`;
    expectProblem(
      await clients.anonymous.get('/me', { headers: { authorization } }),
      401,
      'not-authenticated',
    );
  });

  test('is told before anything else of the request is judged', async () => {
    expectProblem(await clients.anonymous.post('/calls', '{"nonsense'), 401, 'not-authenticated');
  });

  test.each([
    ['region-ostergotland-system', 'regionSystem', { region: 'ostergotland' }],
    ['region-kalmar-system', 'regionSystem', { region: 'kalmar' }],
    ['region-jonkoping-system', 'regionSystem', { region: 'jonkoping' }],
    ['region-vasterbotten-system', 'regionSystem', { region: 'vasterbotten' }],
    ['chef-ostergotland', 'regionSigner', { region: 'ostergotland' }],
    ['chef-kalmar', 'regionSigner', { region: 'kalmar' }],
    ['kansli-sydost', 'rccOfficer', { rcc: 'sydost' }],
    ['kansli-norr', 'rccOfficer', { rcc: 'norr' }],
    ['bedomare-sydost-1', 'assessor', { rcc: 'sydost' }],
    ['bedomare-sydost-2', 'assessor', { rcc: 'sydost' }],
    ['bedomare-ostergotland', 'assessor', { rcc: 'sydost' }],
    ['beslut-sydost', 'decider', { rcc: 'sydost' }],
    ['beslut-norr', 'decider', { rcc: 'norr' }],
    ['ekonom-sydost', 'controller', { rcc: 'sydost' }],
    ['process-sydost', 'processLeader', { rcc: 'sydost' }],
    ['process-norr', 'processLeader', { rcc: 'norr' }],
    ['nationell', 'nationalOffice', {}],
    ['revisor', 'auditor', {}],
  ])('as %s is %s', async (client, role, unit) => {
    const answer = await clients.as(client).get('/me');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ id: client, roles: [{ role, ...unit }] });
  });
});

describe('a body', () => {
  test('of the wrong kind is refused', async () => {
    for (const type of ['text/plain', 'application/xml', 'application/json; charset=iso-8859-1']) {
      const answer = await office.post('/calls', JSON.stringify(call), { headers: { 'content-type': type } });
      expectProblem(answer, 415, 'unsupported-media-type');
    }
  });

  test('over one mebibyte is refused, however it comes', async () => {
    const limit = 1024 * 1024;
    const sized = (size: number): string => `{"title":"${'x'.repeat(size - 12)}"}`;
    expect(sized(limit)).toHaveLength(limit);
    expectProblem(await office.post('/calls', sized(limit)), 422, 'invalid-input');
    expectProblem(await office.post('/calls', sized(limit + 1)), 413, 'body-too-large');
    expectProblem(await office.post('/calls', sized(8 * limit)), 413, 'body-too-large');
    expectProblem(await office.post('/calls', sized(20 * limit)), 413, 'body-too-large');
    const chunked = await fetch(`${product.url}/insats/v1/calls`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await office.token()}`, 'content-type': 'application/json' },
      body: new Blob([sized(3 * limit)]).stream(),
      duplex: 'half',
    });
    expect(chunked.status).toBe(413);
  });

  test('nested more than twenty levels is refused, and half a million harm nobody', async () => {
    for (const levels of [21, 400_000]) {
      const answer = await office.post('/calls', '['.repeat(levels) + ']'.repeat(levels));
      expectProblem(answer, 422, 'too-deep');
    }
  });

  test.each(['{"title":', 'undefined', "{'a':1}", '{"a":1}{'])(
    'that is not JSON is refused: %p',
    async (body) => {
      expectProblem(await office.post('/calls', body), 400, 'malformed-json');
    },
  );

  test('has all its faults named at once, with where they are', async () => {
    const answer = await office.post('/calls', {
      ...call,
      rcc: 'smaland',
      closesOn: '2027-02-30',
      frame: { amount: '12,50', currency: 'EUR' },
      criteria: [{ id: 'nytta', title: ' ', scale: { min: 5, max: 1 } }],
      colour: 'red',
    });
    expectProblem(answer, 422, 'invalid-input');
    expect(places(answer)).toEqual([
      '/closesOn invalid-day',
      '/colour unknown-field',
      '/criteria/0/scale/min range-reversed',
      '/criteria/0/title blank',
      '/frame/amount invalid-amount',
      '/frame/currency invalid-currency',
      '/rcc not-allowed-value',
    ]);
  });

  test.each(['-1.00', '1e3', '1.001', '01.00', ' 1.00', '1.', '', '1 000.00'])(
    'with the amount %p is refused',
    async (amount) => {
      const answer = await office.post('/calls', { ...call, frame: { amount, currency: 'SEK' } });
      expectProblem(answer, 422, 'invalid-input');
      expect(places(answer)).toEqual(['/frame/amount invalid-amount']);
    },
  );

  test('with an amount as a number is refused', async () => {
    const answer = await office.post('/calls', { ...call, frame: { amount: 1000, currency: 'SEK' } });
    expect(places(answer)).toEqual(['/frame/amount wrong-type']);
  });

  test('with query operators is refused where they stand', async () => {
    const answer = await office.post('/calls', { ...call, rcc: { $ne: 'syd' }, title: { $gt: '' } });
    expectProblem(answer, 422, 'invalid-input');
    expect(places(answer)).toEqual(['/rcc not-allowed-value', '/title wrong-type']);
  });

  test('with keys of a prototype is refused and changes nobody', async () => {
    const body = JSON.stringify(call).replace('{', '{"__proto__":{"rcc":"norr"},"constructor":{},');
    const answer = await office.post('/calls', body);
    expectProblem(answer, 422, 'invalid-input');
    expect(places(answer)).toEqual(['/__proto__ unknown-field', '/constructor unknown-field']);
    const plan = {
      rcc: 'sydost',
      title: 'Plan',
      period: { from: '2026-01-01', to: '2026-12-31' },
      source: { goals: [], meta: { kept: 1 } },
    };
    const hidden = JSON.stringify(plan).replace('"kept":1', '"__proto__":{"polluted":true}');
    const refused = await clients.as('process-sydost').post('/plan-imports', hidden);
    expectProblem(refused, 422, 'invalid-input');
    expect(places(refused)).toEqual(['/source/meta/__proto__ unknown-field']);
  });

  test('on a reading has no meaning and is refused', async () => {
    const token = await office.token();
    const text = await rawRequest(
      `GET /insats/v1/me HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: 7\r\nconnection: close\r\n\r\n{"a":1}`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 422 /);
  });
});

describe('a query', () => {
  test.each([
    ['a[$gt]=1', '/query/a[$gt] unknown-parameter'],
    ['rcc[$ne]=syd', '/query/rcc[$ne] unknown-parameter'],
    ['__proto__=1', '/query/__proto__ unknown-parameter'],
    ['q=x', '/query/q unknown-parameter'],
    ['limit=0', '/query/limit invalid-format'],
    ['limit=201', '/query/limit too-large'],
    ['page=0', '/query/page invalid-format'],
    ['limit=1&limit=2', '/query/limit duplicate'],
    ['sort=%7B%22$ne%22:1%7D', '/query/sort not-allowed-value'],
  ])('%s is refused', async (query, fault) => {
    const answer = await office.get(`/organisations?${query}`);
    expectProblem(answer, 422, 'invalid-input');
    expect(places(answer)).toEqual([fault]);
  });

  test('pages without repeating or leaving out', async () => {
    const ids: string[] = [];
    for (let page = 1; page <= 4; page += 1) {
      const { body } = await office.get(`/organisations?kind=region&limit=6&page=${page}`);
      expect(body.page).toEqual({ number: page, limit: 6, total: 21 });
      ids.push(...(body.items as { id: string }[]).map(({ id }) => id));
    }
    expect(new Set(ids).size).toBe(21);
    expect((await office.get('/organisations?kind=region&page=9')).body.items).toEqual([]);
  });

  test('sorts as Swedes do', async () => {
    const { body } = await office.get('/organisations?kind=region&sort=-name&limit=200');
    const names = (body.items as { name: string }[]).map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual([
      'Västra Götalandsregionen',
      'Region Östergötland',
      'Region Örebro län',
    ]);
  });
});

describe('a change', () => {
  test('carries through with ETag, Location and key, once', async () => {
    const key = `key-${Date.now()}`;
    const created = await office.post('/calls', call, { key });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`/insats/v1/calls/${created.body.id}`);
    expect(created.headers.get('etag')).toBe('"1"');
    expect(created.headers.get('cache-control')).toBe('no-store');

    const reordered = Object.fromEntries(Object.entries(call).toReversed());
    const repeated = await office.post('/calls', reordered, { key });
    expect(repeated.status).toBe(201);
    expect(repeated.body.id).toBe(created.body.id);
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');

    expectProblem(
      await office.post('/calls', { ...call, title: 'Annat' }, { key }),
      422,
      'idempotency-key-reused',
    );

    const path = `/calls/${created.body.id}`;
    expectProblem(await office.patch(path, { title: 'Ny' }), 428, 'precondition-required');
    expectProblem(await office.patch(path, { title: 'Ny' }, { ifMatch: 'W/"1"' }), 422, 'invalid-input');
    for (const ifMatch of ['"99"', '"0"', '"other"']) {
      const stale = await office.patch(path, { title: 'Ny' }, { ifMatch });
      expectProblem(stale, 412, 'precondition-failed');
      expect(stale.headers.get('etag')).toBe('"1"');
    }
    const changed = await office.patch(path, { title: 'Ny' }, { ifMatch: 1 });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).toBe('"2"');
    const read = await office.get(path);
    expect(read.body.title).toBe('Ny');
    expect(read.headers.get('etag')).toBe('"2"');
  });

  test.each(['', 'a b', 'å'.repeat(3), 'x'.repeat(256)])('with the key %p is refused', async (key) => {
    const token = await office.token();
    const answer = await rawRequest(
      `POST /insats/v1/calls HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\nidempotency-key: ${key}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 422 /);
    expect(answer).toContain('/header/idempotency-key');
  });

  test('of what the caller may not know of is not found', async () => {
    const created = await office.post('/calls', call);
    const stranger = clients.as('kansli-norr');
    expectProblem(await stranger.get(`/calls/${created.body.id}`), 404, 'not-found');
    expectProblem(
      await stranger.patch(`/calls/${created.body.id}`, {}, { ifMatch: '"0"' }),
      404,
      'not-found',
    );
  });

  test('that the role may not make is refused', async () => {
    expectProblem(await clients.as('revisor').post('/calls', call), 403, 'forbidden');
  });
});

describe('an address', () => {
  test('that is none is not found', async () => {
    for (const path of ['/nothing', '/calls/', '/calls/%zz', '/calls/%00', '/Calls']) {
      const answer = await office.get(path);
      expect([404, 422]).toContain(answer.status);
      expect(answer.headers.get('content-type')).toMatch(/problem\+json/);
    }
    expectProblem(await office.post('/nothing', { a: 1 }), 404, 'not-found');
  });

  test('says which methods it takes when it gets another', async () => {
    for (const method of ['DELETE', 'PUT', 'OPTIONS']) {
      const answer = await office.send(method, '/calls', method === 'PUT' ? {} : undefined);
      expectProblem(answer, 405, 'method-not-allowed');
      expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
    }
    expectProblem(await office.send('PATCH', '/me', {}), 405, 'method-not-allowed');
  });

  test('with a faulty identifier says where', async () => {
    const answer = await office.get('/calls/$where');
    expectProblem(answer, 422, 'invalid-input');
    expect(places(answer)).toEqual(['/path/id invalid-format']);
    expect((await office.get(`/calls/${'x'.repeat(200)}`)).status).toBe(422);
  });

  test('that is not even HTTP is answered too', async () => {
    const answer = await rawRequest('NONSENSE\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"malformed-request"');
  });

  test('has the headers that protect a browser all the same', async () => {
    const undecodable = await office.get('/calls/%zz');
    expect(undecodable.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    expect(undecodable.headers.get('cache-control')).toBe('no-store');
    const answer = await rawRequest('NONSENSE\r\n\r\n');
    expect(answer).toMatch(/^content-security-policy: .*default-src 'none'/m);
    expect(answer).toMatch(/^strict-transport-security: /m);
  });
});

describe('an answer', () => {
  test('may be asked for without its body', async () => {
    const head = async (headers: Record<string, string>) =>
      fetch(`${product.url}/insats/v1/me`, { method: 'HEAD', headers });
    const answer = await head({ authorization: `Bearer ${await office.token()}` });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await answer.text()).toBe('');
    expect((await head({})).status).toBe(401);
  });

  test('has its errors in the language asked for', async () => {
    const swedish = await clients.anonymous.get('/me');
    expect(swedish.body.title).toBe('Du är inte inloggad');
    expect(swedish.headers.get('content-language')).toBe('sv');
    const english = await clients.anonymous.get('/me', {
      headers: { 'accept-language': 'en-GB,en;q=0.9,sv;q=0.1' },
    });
    expect(english.body.title).toBe('You are not authenticated');
    expect(english.headers.get('content-language')).toBe('en');
    const fault = await office.post('/calls', {}, { headers: { 'accept-language': 'en' } });
    expect(fault.body.errors[0].detail).toBe('The field is missing.');
  });

  test('goes on with the trace of the caller', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const answer = await office.get('/calls/none', {
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    });
    expect(answer.body.traceId).toBe(traceId);
    expect(answer.headers.get('traceparent')).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    const other = await office.get('/calls/none', { headers: { traceparent: 'nonsense' } });
    expect(other.body.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  test('lets a browser do nothing with it but show it', async () => {
    const { headers } = await office.get('/me');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('server')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('the API about itself', () => {
  test('tells name, version, release, documentation and status', async () => {
    const { status, body } = await clients.anonymous.get('/api-info');
    expect(status).toBe(200);
    expect(body).toEqual({
      apiName: 'insats',
      apiVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      apiReleased: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      apiDocumentation: '/insats/v1/docs',
      apiStatus: 'active',
    });
  });

  test('describes itself in OpenAPI 3.1 and on a page', async () => {
    const { status, body } = await clients.anonymous.get('/openapi.json');
    expect(status).toBe(200);
    expect(body.openapi).toBe('3.1.0');
    // What runs and what the committed document is made of are the same controllers.
    expect(body).toEqual(JSON.parse(JSON.stringify(await previewOpenApi())));
    const page = await clients.anonymous.get('/docs');
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.body).toContain('<html lang="sv">');
  });

  test('is live and ready, with the state of each part', async () => {
    expect((await clients.anonymous.get('/health/live')).body).toEqual({ status: 'up' });
    const { status, body } = await clients.anonymous.get('/health/ready');
    expect(status).toBe(200);
    expect(body.status).toBe('up');
    expect(body.parts).toMatchObject({
      gateway: { bus: 'up' },
      directory: { database: 'up', bus: 'up' },
      applications: { database: 'up', bus: 'up' },
    });
  });
});

describe('the demo identity provider', () => {
  const ask = async (form: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await fetch(`${product.url}/dev/oidc/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(form),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };
  const good = { grant_type: 'client_credentials', client_id: 'revisor', client_secret: 'revisor-secret' };

  test('gives a token for an hour', async () => {
    const { status, headers, body } = await ask(good);
    expect(status).toBe(200);
    expect(body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600 });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('takes the secret in the header too', async () => {
    const authorization = `Basic ${Buffer.from('revisor:revisor-secret').toString('base64')}`;
    expect((await ask({ grant_type: 'client_credentials' }, { authorization })).status).toBe(200);
  });

  test.each([
    [{}, 400, 'invalid_request'],
    [{ ...good, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [{ ...good, client_secret: 'wrong' }, 401, 'invalid_client'],
    [{ ...good, client_id: 'nobody', client_secret: 'nobody-secret' }, 401, 'invalid_client'],
    [{ ...good, client_id: 'constructor', client_secret: 'constructor-secret' }, 401, 'invalid_client'],
  ])('refuses %p with %i %s', async (form, status, error) => {
    expect(await ask(form as Record<string, string>)).toMatchObject({ status, body: { error } });
  });

  test('takes no JSON', async () => {
    const answer = await clients.anonymous.post('/dev/oidc/token', good);
    expectProblem(answer, 415, 'unsupported-media-type');
  });
});

describe('the demo clock', () => {
  test('is moved for the whole product, and back', async () => {
    const moved = await clients.anonymous.post('/dev/clock', { advance: 'P3D' });
    expect(moved.status).toBe(200);
    const ahead = Date.parse(moved.body.now) - Date.now();
    expect(Math.abs(ahead - 3 * 86_400_000)).toBeLessThan(2 * 3_600_000);
    expect((await clients.anonymous.get('/dev/clock')).body.offset).toBe(moved.body.offset);
    const created = await office.post('/calls', call);
    expect(Date.parse(created.body.createdAt) - Date.now()).toBeGreaterThan(2 * 86_400_000);
    const back = await clients.anonymous.post('/dev/clock', { reset: true });
    expect(back.body.offset).toBe(0);
    expect(Date.parse((await office.post('/calls', call)).body.createdAt) - Date.now()).toBeLessThan(
      86_400_000,
    );
  });

  test.each([{}, { advance: 'soon' }, { now: '2027-01-01' }, { advance: 'P1D', reset: true }])(
    'takes no %p',
    async (command) => {
      expectProblem(await clients.anonymous.post('/dev/clock', command), 422, 'invalid-input');
    },
  );
});

test('the caught mails are shown', async () => {
  const messages = await clients.anonymous.get('/dev/mail/messages');
  expect(messages.status).toBe(200);
  expect(messages.body.items).toEqual(expect.any(Array));
  const page = await clients.anonymous.get('/dev/mail?page=1');
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
});

function rawRequest(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(product.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}
