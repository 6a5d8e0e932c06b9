import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { verifyChain, type JournalEvent } from '#libs/audit';
import { addDays, civilDayAt } from '#libs/calendar';
import { api, eventually, startTestProduct, type Api, type ApiClient } from '#libs/testing';
import { mongo } from 'mongoose';
import { completeApplication, expectStatus, patient, publishedCall, type Body } from './support.ts';

// A busy machine is no fault of the product's.
jest.setTimeout(240_000);

let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let database: mongo.MongoClient;
let admin: ApiClient;
let auditor: ApiClient;

/** The product's day when it starts, and the one on which everything here is looked at: the clock moves once. */
let today: string;
const movedBy = 10;
const day = (days: number): string => addDays(today, days);
/** What is thinned: made before the clock moves. */
const made = { person: '', role: '', client: '', draft: '', openDraft: '' };
const leaver = { subject: 'gick-utan-ord', name: 'Gick Utanord', email: 'gick@kalmar.example' };
const firstReason = 'Gick-i-pension';
const reasons = { key: 'Eva-Nyckelsson tappade den', client: 'Sven-Systemsson har slutat' };
const contact = { name: 'Ulla Utkast', email: 'ulla.utkast@kalmar.example' };
/** Whose readings the access log tells of. */
const reader = 'kansli-norr';

beforeAll(async () => {
  product = await startTestProduct({ sharedDatabase: false });
  database = await new mongo.MongoClient(product.mongoUrl).connect();
  clients = patient(api(product));
  admin = clients.as('administrator');
  auditor = clients.as('revisor');
  const now = new Date(expectStatus(await clients.anonymous.get('/dev/clock'), 200).body.now);
  today = civilDayAt(now);
  await makePerson();
  await makeClient();
  await makeDrafts();
  for (const path of ['/people', '/people/none', '/notifications']) await clients.as(reader).get(path);
  await eventually(async () => (await accessesOf(reader)).length >= 3);
  await advance(`P${movedBy}D`);
}, 480_000);

/** Somebody who leaves with a role whose end was decided, and decided anew by leaving. */
async function makePerson(): Promise<void> {
  const employers = [{ region: 'kalmar', from: '2020-01-01' }];
  made.person = expectStatus(await admin.post('/people', { ...leaver, employers }), 201).body.id;
  const held = { personId: made.person, role: 'regionSigner', region: 'kalmar', from: day(-90) };
  made.role = expectStatus(await admin.post('/role-assignments', held), 201).body.id;
  const ending = { reason: firstReason, on: '2099-06-30' };
  expectStatus(await admin.post(`/role-assignments/${made.role}/ending`, ending), 200);
  expectStatus(await admin.patch(`/people/${made.person}`, { to: day(1) }, { ifMatch: 1 }), 200);
}

async function makeClient(): Promise<void> {
  const system = { name: 'Avvecklat system', region: 'kalmar', scopes: ['grants.read'] };
  made.client = expectStatus(await admin.post('/api-clients', system), 201).body.id;
  const path = `/api-clients/${made.client}`;
  const jwk = { kid: 'k1', ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) };
  expectStatus(await admin.post(`${path}/keys`, { jwk }), 201);
  expectStatus(await admin.post(`${path}/keys/k1/ending`, { reason: reasons.key }), 200);
  expectStatus(await admin.post(`${path}/ending`, { reason: reasons.client }), 200);
}

async function makeDrafts(): Promise<void> {
  const own = clients.as('region-kalmar-system');
  const office = clients.as('kansli-sydost');
  const make = async (closesOn: string): Promise<string> => {
    const terms = { opensOn: day(-30), closesOn, requiresSignOff: true };
    const body = completeApplication(await publishedCall(office, terms), 'kalmar', { contact });
    return expectStatus(await own.post('/applications', body), 201).body.id;
  };
  made.draft = await make(day(3));
  made.openDraft = await make('2098-12-31');
  expectStatus(await clients.as('chef-kalmar').post(`/applications/${made.draft}/sign-off`, {}), 200);
}

afterAll(async () => {
  await database?.close();
  await product?.stop();
}, 30_000);

const collection = (service: string, name: string) => database.db(`insats_${service}`).collection(name);
const journalOf = (service: string, id: string) =>
  collection(service, 'journal').find({ 'aggregate.id': id }).sort({ seq: 1 }).toArray();

async function advance(period: string): Promise<void> {
  expectStatus(await clients.anonymous.post('/dev/clock', { advance: period }), 200);
}

const accessesOf = async (actor: string): Promise<Body[]> =>
  expectStatus(await auditor.get(`/audit/accesses?actor=${actor}&limit=200`), 200).body.items;

async function ruleFor(documentType: string, event: string, period: string): Promise<string> {
  const rule = {
    title: `Gallring av ${documentType}`,
    documentType,
    after: { event, period },
    decisionReference: 'Dnr 2026/200',
  };
  return expectStatus(await admin.post('/thinning-rules', rule), 201).body.id;
}

/** Everything that a dry run tells. */
async function previewOf(ruleId: string): Promise<Body[]> {
  const things: Body[] = [];
  let after: string | undefined;
  do {
    const { body } = expectStatus(await admin.post(`/thinning-rules/${ruleId}/dry-runs`, { after }), 200);
    things.push(...body.things);
    after = body.next ?? undefined;
  } while (after !== undefined);
  return things;
}

/** Carries a rule out, and waits for the protocol: what an auditor reads of it. */
async function thinBy(ruleId: string): Promise<{ run: Body; things: Body[] }> {
  const { id } = expectStatus(await admin.post(`/thinning-rules/${ruleId}/runs`, {}), 201).body;
  const run = await eventually(async () => {
    const { body } = expectStatus(await auditor.get(`/thinning-runs/${id}`), 200);
    return body.state === 'running' ? undefined : body;
  }, 60_000);
  const things = expectStatus(await auditor.get(`/thinning-runs/${id}/things?limit=200`), 200).body.items;
  return { run, things };
}

/** The chain of a thing holds to the end that its document names, and nothing of the words is left in either. */
async function expectThinned(
  [service, documents]: readonly [string, string],
  id: string,
  words: readonly string[],
): Promise<JournalEvent[]> {
  const { document, chain } = await eventually(async () => {
    const found = await collection(service, documents).findOne({ _id: id as never });
    const entries = await journalOf(service, id);
    const events = entries.map(({ _id, ...rest }) => ({ id: _id, ...rest }) as unknown as JournalEvent);
    return found?.['outbox'].length === 0 && { document: found, chain: events };
  });
  expect(verifyChain(chain, document['journalHead'])).toBeNull();
  const text = JSON.stringify([document, chain.map((event) => event.private)]);
  for (const word of words) expect(text).not.toContain(word);
  return chain;
}

/** What somebody who reads the audit gets to see of a thing: its history, and the export of its kind. */
async function auditOf(resource: string, id: string): Promise<string> {
  const history = expectStatus(await auditor.get(`/audit?resource=${resource}&id=${id}&limit=200`), 200).body;
  expect(history.items.at(-1).type).toMatch(/thinned$/);
  const file = await auditor.get(`/audit/export?resource=${resource}`);
  expect(file.status).toBe(200);
  return `${JSON.stringify(history)}${JSON.stringify(file.body)}`;
}

/** A complete verification of every chain and of the log, begun from now on. */
async function expectEverythingWhole(): Promise<void> {
  const begun = new Date().toISOString();
  const verified = await eventually(async () => {
    const { status, body } = await auditor.get('/audit/verification');
    return status === 200 && body.complete && body.startedAt >= begun ? body : undefined;
  }, 120_000);
  expect(verified).toMatchObject({ whole: true, alarmCount: 0 });
}

test('the roles of somebody who has left are thinned as the person is, though nobody ended them', async () => {
  await eventually(async () => (await admin.get(`/role-assignments/${made.role}`)).body.ending.on === day(1));
  const ruleId = await ruleFor('role-assignment', 'ended', 'P1W');
  const before = await previewOf(ruleId);
  expect(before).toMatchObject([
    { id: made.role, happenedOn: day(1), fields: ['subject', 'ending.by', 'ending.reason'] },
  ]);
  const { things } = await thinBy(ruleId);
  expect(things).toEqual(before);
  const words = [leaver.subject, firstReason, 'Personen har slutat', '"by":"service:directory"'];
  const chain = await expectThinned(['directory', 'role-assignments'], made.role, words);
  expect(chain.map(({ type }) => type)).toEqual(['role.given', 'role.ended', 'role.ended', 'role.thinned']);
  expect(await auditOf('role-assignment', made.role)).not.toMatch(/gick-utan-ord|Gick-i-pension/);
  const kept = expectStatus(await admin.get(`/role-assignments/${made.role}`), 200).body;
  expect(kept).toMatchObject({ personId: made.person, role: 'regionSigner', state: 'ended' });
});

test('the reasons for which an API client and its keys were ended are thinned with it', async () => {
  const ruleId = await ruleFor('api-client', 'ended', 'P1W');
  const before = await previewOf(ruleId);
  const fields = ['ending.by', 'ending.reason'];
  expect(before).toMatchObject([{ id: made.client, happenedOn: today, fields, journalEntries: 2 }]);
  expect((await thinBy(ruleId)).things).toEqual(before);
  await expectThinned(['directory', 'api-clients'], made.client, Object.values(reasons));
  const { body } = expectStatus(await auditor.get(`/api-clients/${made.client}`), 200);
  expect(body.ending).toMatchObject({ reason: 'gallrad', by: 'gallrad' });
  expect(await auditOf('api-client', made.client)).not.toMatch(/Nyckelsson|Systemsson/);
});

describe('a draft that was never submitted', () => {
  test('is not reached while its call is open, or before the period has gone by since', async () => {
    expect((await previewOf(await ruleFor('application', 'call-closed', 'P7D'))).map(({ id }) => id)).toEqual(
      [made.draft],
    );
    expect(await previewOf(await ruleFor('application', 'call-closed', 'P8D'))).toEqual([]);
  });

  test('is thinned when the call has closed, and the chain holds', async () => {
    const ruleId = await ruleFor('application', 'call-closed', 'P1W');
    const before = await previewOf(ruleId);
    const fields = ['contact.name', 'contact.email', 'signedOff.by'];
    expect(before).toMatchObject([
      { id: made.draft, outcome: 'thinned', happenedOn: day(3), dueOn: day(10), fields },
    ]);
    const { run, things } = await thinBy(ruleId);
    expect(things).toEqual(before);
    expect(run.counts).toMatchObject({ thinned: 1, waiting: 0 });
    const words = [contact.name, contact.email, 'chef-kalmar'];
    const chain = await expectThinned(['applications', 'applications'], made.draft, words);
    expect(chain.at(-1)).toMatchObject({ type: 'application.thinned', data: { runId: run.id } });
    const history = await auditor.get(`/audit?resource=application&id=${made.draft}&limit=200`);
    expect(JSON.stringify(history.body)).not.toContain(contact.email);
    const seen = expectStatus(await auditor.get(`/applications/${made.draft}`), 200).body;
    expect(seen).toMatchObject({ state: 'draft', contact: { name: 'gallrad' } });
    expect((await auditor.get(`/applications/${made.openDraft}`)).body.contact).toEqual(contact);
    expect((await thinBy(ruleId)).things).toEqual([]);
  });
});

describe('the access log', () => {
  test('waits where its day has not come', async () => {
    const ruleId = await ruleFor('access', 'recorded', 'P50Y');
    expect(await previewOf(ruleId)).toEqual([]);
    expect((await thinBy(ruleId)).run.counts).toMatchObject({ thinned: 0 });
    for (const after of ['nowhere', '2026-02-30', '9999-12-31']) {
      const answer = await admin.post(`/thinning-rules/${ruleId}/dry-runs`, { after });
      expect([after, answer.status, answer.body.errors?.[0].pointer]).toEqual([after, 422, '/after']);
    }
  });

  test('is thinned day by day, and what proves it stays', async () => {
    const batches = collection('audit', 'access-batches');
    const idsOfReader = await eventually(async () => {
      const found = await collection('audit', 'journal')
        .find({ type: 'audit.accesses-kept', 'private.data.records.actor': reader })
        .toArray();
      return found.length > 0 && found.map(({ aggregate }) => aggregate.id as string);
    });
    expect((await everythingAbout(reader)).map(({ source }) => source.type)).toContain('access-batch');

    const ruleId = await ruleFor('access', 'recorded', 'P1D');
    const dry = await previewOf(ruleId);
    // The log goes by the machine's clock, which no test moves: today, and perhaps the day that has begun meanwhile.
    expect(dry.length).toBeGreaterThan(0);
    for (const thing of dry) {
      expect(thing).toMatchObject({ type: 'access', outcome: 'thinned', fields: ['records'] });
      expect([thing.happenedOn, thing.dueOn]).toEqual([thing.id, addDays(thing.id, 1)]);
    }
    expect((await accessesOf(reader)).length).toBeGreaterThanOrEqual(3);
    expect(await batches.countDocuments({ thinnedBy: { $exists: true } })).toBe(0);

    const { run, things } = await thinBy(ruleId);
    expect(things.map(({ id }) => id)).toEqual(expect.arrayContaining(dry.map(({ id }) => id)));
    const thinned = await batches.find({ thinnedBy: run.id }).toArray();
    expect(thinned).toHaveLength(run.counts.journalEntries);
    expect(thinned.map(({ _id }) => String(_id))).toEqual(expect.arrayContaining(idsOfReader));
    expect(await accessesOf(reader)).toEqual([]);
    const left = await collection('audit', 'accesses').find({}).toArray();
    const gone = new Set(thinned.map(({ _id }) => String(_id)));
    expect(left.filter(({ _id }) => gone.has(String(_id).split('.')[0] ?? ''))).toEqual([]);
    for (const id of idsOfReader) {
      const chain = await expectThinned(['audit', 'access-batches'], id, [reader]);
      expect(chain.map(({ type }) => type)).toEqual(['audit.accesses-kept', 'audit.accesses-thinned']);
      expect(chain[1]?.data).toMatchObject({ runId: run.id, decisionReference: 'Dnr 2026/200' });
      const { records, from, to } = chain[0]?.data ?? {};
      expect(await batches.findOne({ _id: id as never })).toMatchObject({ records, from, to });
    }
    // That somebody looked for what is held about the reader is a reading too, and may be kept only after the run.
    const stillHeld = (await everythingAbout(reader)).map(({ source }) => source.id);
    for (const id of idsOfReader) expect(stillHeld).not.toContain(id);
    // Whoever reads goes on being written down.
    await eventually(async () => (await accessesOf('revisor')).length > 0);
  });
});

/** All that is held about somebody, as an auditor gets it. */
async function everythingAbout(subject: string): Promise<Body[]> {
  const { items: found } = expectStatus(await admin.get(`/people?subject=${subject}`), 200).body;
  const items: Body[] = [];
  let after = '';
  for (;;) {
    const { body } = expectStatus(await auditor.get(`/people/${found[0].id}/personal-data${after}`), 200);
    items.push(...body.items);
    if (body.next === null) return items;
    after = `?after=${encodeURIComponent(body.next)}`;
  }
}

describe('who made a rule, changed it and carried it out', () => {
  test('is read by auditor and administrator, thing by thing, and by nobody else', async () => {
    const ruleId = await ruleFor('mail', 'settled', 'P9Y');
    const change = { note: 'Efter samråd med arkivet', to: '2098-12-31' };
    expectStatus(await admin.patch(`/thinning-rules/${ruleId}`, change, { ifMatch: 1 }), 200);
    const { run } = await thinBy(ruleId);
    for (const client of [auditor, admin]) {
      const ofRule = await client.get(`/audit?resource=thinning-rule&id=${ruleId}`);
      expect(ofRule.body.items).toMatchObject([
        { type: 'thinning.rule-recorded', actor: { id: 'administrator', role: 'administrator' } },
        {
          type: 'thinning.rule-changed',
          actor: { id: 'administrator' },
          changes: expect.arrayContaining([
            { path: '/to', from: null, to: '2098-12-31' },
            { path: '/note', from: '', to: change.note },
          ]),
        },
      ]);
      const ofRun = await client.get(`/audit?resource=thinning-run&id=${run.id}`);
      expect(ofRun.body.items.map(({ type }: Body) => type)).toEqual(
        expect.arrayContaining(['thinning.run-started', 'thinning.run-finished']),
      );
    }
    for (const other of ['kansli-sydost', 'nationell', 'chef-kalmar', 'beslut-sydost'])
      for (const [resource, id] of [
        ['thinning-rule', ruleId],
        ['thinning-run', run.id],
      ]) {
        const { status } = await clients.as(other).get(`/audit?resource=${resource}&id=${id}`);
        expect([other, resource, status]).toEqual([other, resource, 404]);
      }

    const exported = await auditor.get('/audit/export?resource=thinning-rule');
    expect(JSON.stringify(exported.body)).toContain(ruleId);
  });

  test('is in the log over all chains, and every chain and the log are whole after all that was thinned', async () => {
    const ruleId = await ruleFor('mail', 'settled', 'P8Y');
    await advance('PT2H');
    const path = `/audit/inclusion-proofs?service=directory&aggregate=${ruleId}&seq=1`;
    const proof = await eventually(async () => {
      const answer = await auditor.get(path);
      return answer.status === 200 && answer.body;
    }, 60_000);
    expect(proof.leaf).toMatchObject({ aggregateType: 'thinning-rule', aggregateId: ruleId });
    await expectEverythingWhole();
  });
});
