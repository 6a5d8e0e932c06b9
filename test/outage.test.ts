import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { api, eventually, startTestProduct, type Api, type ApiAnswer, type ApiClient } from '#libs/testing';
import {
  completeApplication,
  everything,
  expectStatus,
  insist,
  kronor,
  mailsOf,
  publishedCall,
  type Body,
} from './support.ts';

/*
 * What callers meet while a part is away, and that nothing they were told is lost by it. The bound of three
 * seconds is what the product promises, not a guess at how fast this machine is.
 */
const promisedMs = 3000;

// A busy machine is no fault of the product's.
jest.setTimeout(240_000);

let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let office: ApiClient;
let callId: string;

/** What a region was told, and relies on. */
const acknowledged: { id: string; reference: string; submittedAt: string; email: string }[] = [];

beforeAll(async () => {
  product = await startTestProduct({ sharedDatabase: false });
  clients = api(product);
  office = clients.as('kansli-sydost');
  callId = await publishedCall(office);
  // Tokens are fetched beforehand: they are not what is tried here.
  await Promise.all(['region-kalmar-system', 'process-sydost'].map((id) => clients.as(id).token()));
  await begin();
}, 180_000);

afterAll(() => product?.stop(), 30_000);

const kalmar = () => clients.as('region-kalmar-system');

interface Begun {
  readonly id: string;
  readonly email: string;
  submit(): Promise<ApiAnswer>;
}

let begun = 0;

/** A draft that only has to be submitted, under a key. */
async function begin(): Promise<Begun> {
  begun += 1;
  const email = `avbrott-${begun}@kalmar.example`;
  const body = completeApplication(callId, 'kalmar', {
    contact: { name: 'Kontakt', email },
    budget: [{ line: 'other', year: 2027, amount: kronor('100.00') }],
  });
  const key = `outage-${begun}`;
  const created = expectStatus(await insist(() => kalmar().post('/applications', body, { key })), 201);
  const { id } = created.body;
  return {
    id,
    email,
    submit: () => kalmar().post(`/applications/${id}/submission`, {}, { key: `${key}-in` }),
  };
}

/** Notes what a submission was answered, if it was a yes. */
function note({ id, email }: Begun, answer: ApiAnswer): void {
  if (answer.status !== 200) return;
  const { reference, submittedAt } = answer.body;
  acknowledged.push({ id, email, reference, submittedAt });
}

const idOf = (name: string): number => {
  const pid = product.processes.get(name)?.pid;
  if (pid === undefined) throw new Error(`${name} does not run`);
  return pid;
};

const restarts = () =>
  Object.fromEntries([...product.processes.values()].map((each) => [each.name, each.restarts]));

/** Stops a process where it stands: it holds its connections and answers nothing, which is the worst outage. */
async function whileFrozen(name: string, work: () => Promise<void>): Promise<void> {
  const pid = idOf(name);
  process.kill(pid, 'SIGSTOP');
  try {
    await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

async function timed(ask: () => Promise<ApiAnswer>): Promise<ApiAnswer & { took: number }> {
  const started = performance.now();
  const answer = await ask();
  return { ...answer, took: performance.now() - started };
}

function expectToBeUnavailable(what: string, answer: ApiAnswer & { took: number }): void {
  expect({ what, status: answer.status, code: answer.body.code }).toEqual({
    what,
    status: 503,
    code: 'unavailable',
  });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  expect(answer.took).toBeLessThan(promisedMs);
}

type Asked = readonly [client: string, path: string];

const ofApplications: Asked[] = [
  ['kansli-sydost', '/calls'],
  ['kansli-sydost', '/applications'],
  ['region-kalmar-system', '/applications'],
];
const ofNotifications: Asked[] = [
  ['kansli-sydost', '/deadlines'],
  ['region-kalmar-system', '/notifications'],
];
const ofOthers: Asked[] = [
  ['process-sydost', '/plans'],
  ['process-sydost', '/measures'],
];

const get = ([client, path]: Asked) => timed(() => clients.as(client).get(path));

/** Who has no need of the part goes on. A machine that is busy starting others may ask for a second try. */
async function expectToWork(asked: readonly Asked[]): Promise<void> {
  for (const [client, path] of asked) {
    const { status } = await insist(() => clients.as(client).get(path), 20_000);
    expect([client, path, status]).toEqual([client, path, 200]);
  }
}

async function expectToBeDown(asked: readonly Asked[]): Promise<void> {
  for (const [index, answer] of (await Promise.all(asked.map(get))).entries())
    expectToBeUnavailable(asked[index]?.[1] ?? '', answer);
}

async function expectToLive(): Promise<void> {
  expect((await clients.anonymous.get('/health/live')).status).toBe(200);
  expect((await clients.anonymous.get('/api-info')).status).toBe(200);
  const ready = await timed(() => clients.anonymous.get('/health/ready'));
  expect(ready.status).toBe(503);
  expect(ready.took).toBeLessThan(promisedMs);
}

describe('while a part does not answer', () => {
  test('applications: what it owns is told to be away, the rest goes on, and it takes up where it was', async () => {
    const draft = await begin();
    await whileFrozen('applications', async () => {
      await expectToWork([...ofOthers, ...ofNotifications]);
      const [submission] = await Promise.all([timed(draft.submit), expectToBeDown(ofApplications)]);
      expectToBeUnavailable('submission', submission);
      await expectToLive();
    });
    const answer = expectStatus(await insist(draft.submit), 200);
    note(draft, answer);
    await product.waitUntilReady();
  });

  test('notifications: regions hand in as ever, and their receipts come afterwards', async () => {
    const draft = await begin();
    await whileFrozen('notifications', async () => {
      await expectToWork([...ofOthers, ...ofApplications]);
      note(draft, expectStatus(await draft.submit(), 200));
      await expectToBeDown(ofNotifications);
      await expectToLive();
      expect((await mailsOf(clients)).filter(({ to }) => to === draft.email)).toEqual([]);
    });
    await eventually(async () => (await mailsOf(clients)).some(({ to }) => to === draft.email), 40_000);
    await product.waitUntilReady();
  });

  test.each(['directory', 'mongo', 'nats'])(
    '%s: everybody is told in time, and all goes on by itself',
    async (name) => {
      // An external database is not ours to stop.
      if (!product.processes.has(name)) return;
      const draft = await begin();
      await whileFrozen(name, async () => {
        // Who a caller is may still be known from a second ago.
        await delay(1100);
        const [submission] = await Promise.all([
          timed(draft.submit),
          expectToBeDown([...ofApplications, ...ofNotifications, ...ofOthers]),
        ]);
        expectToBeUnavailable('submission', submission);
        await expectToLive();
      });
      note(draft, expectStatus(await insist(draft.submit), 200));
      await product.waitUntilReady();
      await expectToWork([...ofApplications, ...ofNotifications, ...ofOthers]);
    },
    60_000,
  );
});

/**
 * Hands in one application after the other until the product is ready again. Every answer must come in
 * time and be a yes or "try again".
 */
async function handInUntil(ended: () => boolean): Promise<void> {
  while (!ended()) {
    const draft = await begin();
    for (;;) {
      // While the gateway itself is away there is no answer at all.
      const answer = await timed(draft.submit).catch(() => undefined);
      if (answer?.status === 200) {
        note(draft, answer);
        break;
      }
      if (answer) expectToBeUnavailable('submission', answer);
      await delay(20);
    }
  }
}

async function expectToSurvive(victims: readonly string[]): Promise<void> {
  const before = restarts();
  const known = victims.filter((name) => product.processes.has(name));
  let recovered = false;
  const handingIn = handInUntil(() => recovered);
  try {
    await Promise.all(known.map(async (name) => product.processes.get(name)?.kill('SIGKILL')));
    await eventually(() => known.every((name) => (restarts()[name] ?? 0) > (before[name] ?? 0)));
    await product.waitUntilReady(60_000);
  } finally {
    recovered = true;
    await handingIn;
  }
  // The death of one takes no other with it.
  const expected = Object.fromEntries(
    Object.entries(before).map(([name, count]) => [name, known.includes(name) ? count + 1 : count]),
  );
  expect(restarts()).toEqual(expected);
  await expectToWork([...ofApplications, ...ofNotifications, ...ofOthers]);
}

describe('when a process is killed without warning', () => {
  test.each(['applications', 'notifications', 'directory', 'gateway', 'mongo', 'nats'])(
    '%s: it comes back, nobody else goes, and who hands in meanwhile gets an answer',
    (name) => expectToSurvive([name]),
    90_000,
  );

  test('all of them at once: the product comes back by itself', async () => {
    await expectToSurvive(['mongo', 'nats', 'directory', 'applications', 'notifications']);
  });
});

describe('after all that', () => {
  test('every acknowledged submission is there as it was acknowledged, once, and nothing else', async () => {
    expect(acknowledged.length).toBeGreaterThan(10);
    const stored = await everything(kalmar(), `/applications?callId=${callId}&state=submitted`);
    const told = ({ id, reference, submittedAt }: Body) => `${id} ${reference} ${submittedAt}`;
    expect(stored.map(told).toSorted()).toEqual(acknowledged.map(told).toSorted());
    const numbers = stored.map(({ reference }) => Number(reference.split('-').at(-1)));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
    for (const { id } of acknowledged) {
      const types = (await everything(kalmar(), `/applications/${id}/history`)).map(({ type }) => type);
      for (const type of ['application.created', 'application.submitted', 'application.registered'])
        expect([type, types.filter((each) => each === type).length]).toEqual([type, 1]);
    }
  });

  test('each of them got its receipt, and a second copy only as the same mail', async () => {
    await eventually(async () => {
      const arrived = new Set((await mailsOf(clients)).map(({ to }) => to));
      return acknowledged.every(({ email }) => arrived.has(email));
    });
    const mails = await mailsOf(clients);
    for (const { email, reference } of acknowledged) {
      const own = mails.filter(({ to }) => to === email);
      expect(new Set(own.map(({ headers }) => headers['message-id'])).size).toBe(1);
      for (const { text } of own) expect(text).toContain(reference);
    }
  });
});
