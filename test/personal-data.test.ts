import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { verifyChain, type JournalEvent } from '#libs/audit';
import { api, eventually, startTestProduct, type Api, type ApiClient } from '#libs/testing';
import { mongo } from 'mongoose';
import { completeApplication, expectStatus, kronor, patient, publishedCall, type Body } from './support.ts';

// A busy machine is no fault of the product's.
jest.setTimeout(240_000);

let product: Awaited<ReturnType<typeof startTestProduct>>;
let clients: Api;
let database: mongo.MongoClient;
let admin: ApiClient;
let callId: string;
/** Rejected, withdrawn, granted and not answered, and a draft; all of Kalmar, with different contacts. */
const ids = { rejected: '', withdrawn: '', granted: '', draft: '' };

const head = { name: 'Björn Åkesson', email: 'bjorn.akesson@kalmar.example' };
const other = { name: 'Quentin Berg', email: 'quentin.berg@kalmar.example' };

beforeAll(async () => {
  product = await startTestProduct({ sharedDatabase: false });
  database = await new mongo.MongoClient(product.mongoUrl).connect();
  clients = patient(api(product));
  admin = clients.as('administrator');
  // What is decided and thinned here has its day, whatever day it is.
  expectStatus(await clients.anonymous.post('/dev/clock', { now: '2026-11-24T09:00:00Z' }), 200);
  callId = await publishedCall(clients.as('kansli-sydost'), { requiresSignOff: true });
  const own = clients.as('region-kalmar-system');
  for (const name of Object.keys(ids) as (keyof typeof ids)[]) {
    const contact = name === 'granted' ? other : head;
    // Somebody else first: what was there before a change is held in the journal alone.
    const body = completeApplication(callId, 'kalmar', { title: `En ${name}`, contact: { ...other } });
    const made = expectStatus(await own.post('/applications', body, { key: `privacy-${name}` }), 201);
    ids[name] = made.body.id;
    expectStatus(await own.patch(`/applications/${ids[name]}`, { contact }, { ifMatch: 1 }), 200);
    if (name === 'draft') continue;
    expectStatus(await clients.as('chef-kalmar').post(`/applications/${ids[name]}/sign-off`, {}), 200);
    expectStatus(await own.post(`/applications/${ids[name]}/submission`, {}), 200);
  }
  const assessment = { scores: [], recommendation: 'reject', comment: 'Otydligt.' };
  for (const assessor of ['bedomare-sydost-1', 'bedomare-sydost-2']) {
    const path = `/applications/${ids.rejected}/assessments`;
    expectStatus(await clients.as(assessor).post(path, assessment), 201);
  }
  const withdrawal = { reason: 'Vi gör det med egna medel.' };
  expectStatus(await own.post(`/applications/${ids.withdrawn}/withdrawal`, withdrawal), 200);
  const round = {
    decidedOn: '2026-11-24',
    decidedBy: 'Chefen för RCC',
    outcomes: [
      { applicationId: ids.rejected, outcome: 'rejected', reason: 'Nej.' },
      { applicationId: ids.granted, outcome: 'granted', amount: kronor('1000.00'), reason: 'Ja.' },
    ],
  };
  expectStatus(await clients.as('beslut-sydost').post(`/calls/${callId}/decisions`, round), 201);
  await eventually(async () => {
    const mails = await clients.as('kansli-sydost').get('/notifications?state=sent&limit=200');
    return mails.body.items.some((mail: Body) => mail.kind === 'decision' && mail.recipient === head.email);
  }, 120_000);
}, 480_000);

afterAll(async () => {
  await database?.close();
  await product?.stop();
}, 30_000);

/** Every part of somebody's personal data. */
async function personalData(client: ApiClient, path: string): Promise<Body> {
  const items: Body[] = [];
  let after = '';
  for (;;) {
    const answer = expectStatus(await client.get(`${path}${after}`), 200);
    items.push(...answer.body.items);
    if (answer.body.next === null) return { ...answer.body, items };
    after = `?after=${encodeURIComponent(answer.body.next)}`;
  }
}

async function idOf(subject: string): Promise<string> {
  const answer = expectStatus(await admin.get(`/people?subject=${subject}`), 200);
  return answer.body.items[0].id;
}

async function changePerson(id: string, change: Record<string, unknown>): Promise<void> {
  const { headers } = expectStatus(await admin.get(`/people/${id}`), 200);
  const ifMatch = Number(headers.get('etag')?.replaceAll('"', ''));
  expectStatus(await admin.patch(`/people/${id}`, change, { ifMatch }), 200);
}

const inDocuments = (items: Body[], type: string): Body[] =>
  items.filter(({ source }) => source.store === 'document' && source.type === type);

const collection = (service: string, name: string) => database.db(`insats_${service}`).collection(name);
const journalOf = (id: string, service = 'applications') =>
  collection(service, 'journal').find({ 'aggregate.id': id }).sort({ seq: 1 }).toArray();

/** The chain of a thing holds, from its first link to the end that its document names. */
async function expectWholeChain(id: string, service = 'applications', documents = 'applications') {
  await settled(service, documents);
  const entries = (await journalOf(id, service)).map(
    ({ _id, ...rest }) => ({ id: _id, ...rest }) as unknown as JournalEvent,
  );
  const document = await collection(service, documents).findOne({ _id: id as never });
  expect(verifyChain(entries, document?.['journalHead'])).toBeNull();
}

describe('what is held about somebody', () => {
  test('is told with its source: directory, applications, mails and acts', async () => {
    const path = `/people/${await idOf('chef-kalmar')}/personal-data`;
    const { items, person, soughtFor } = await personalData(clients.as('revisor'), path);
    expect(person).toMatchObject({ subject: 'chef-kalmar', ...head });
    expect(soughtFor.emails).toEqual([head.email]);

    expect(inDocuments(items, 'person').map(({ fields }) => fields[0].value.name)).toEqual([head.name]);
    const roles = inDocuments(items, 'role-assignment').map(({ fields }) => fields[0].value.role);
    expect(roles).toEqual(['regionSigner']);

    const applications = new Map(
      inDocuments(items, 'application').map((item) => [item.source.id, item.fields]),
    );
    expect([...applications.keys()].toSorted()).toEqual(Object.values(ids).toSorted());
    expect(applications.get(ids.rejected)).toEqual([
      { path: 'contact', value: head },
      { path: 'signedOff', value: expect.objectContaining({ by: 'chef-kalmar' }) },
    ]);
    expect(applications.get(ids.draft)).toEqual([{ path: 'contact', value: head }]);
    expect(applications.get(ids.granted)?.map((field: Body) => field.path)).toEqual(['signedOff']);

    const mails = inDocuments(items, 'mail').map(({ fields }) => fields[0].value);
    expect(mails.length).toBeGreaterThan(1);
    expect(new Set(mails.map(({ recipient }) => recipient))).toEqual(new Set([head.email]));

    const acts = items.filter(({ entry }: Body) => entry?.actor?.id === 'chef-kalmar');
    expect(acts.map(({ entry }: Body) => entry.type)).toEqual(Array(3).fill('application.signed-off'));
    const named = items.filter(({ entry, fields }: Body) => entry !== null && fields.length > 0);
    expect(named).toContainEqual(
      expect.objectContaining({
        source: { service: 'applications', store: 'journal', type: 'application', id: ids.draft },
        fields: [{ path: 'after.contact', value: head }],
      }),
    );
    // Nothing about anybody else.
    const text = JSON.stringify(items);
    for (const name of [other.name, other.email, 'bedomare-sydost-1', 'region-kalmar-system'])
      expect(text).not.toContain(name);
  });

  test('is told to an assessor: the own assessment, not that of the colleague', async () => {
    const { items } = await personalData(clients.as('bedomare-sydost-1'), '/me/personal-data');
    const [application] = inDocuments(items, 'application');
    expect(application.fields).toHaveLength(1);
    expect(application.fields[0].value).toMatchObject({
      assessor: 'bedomare-sydost-1',
      comment: 'Otydligt.',
    });
    expect(JSON.stringify(items)).not.toContain('bedomare-sydost-2');
    expect(JSON.stringify(items)).not.toContain(head.name);
  });

  test('is told to a system about itself', async () => {
    const { items, person } = await personalData(clients.as('region-kalmar-system'), '/me/personal-data');
    expect(person.subject).toBe('region-kalmar-system');
    const submitted = inDocuments(items, 'application').flatMap(({ fields }) => fields);
    expect(submitted).toEqual(Array(3).fill({ path: 'submittedBy', value: 'region-kalmar-system' }));
    expect(JSON.stringify(items)).not.toContain(head.email);
  });

  test('is told to an office without what the office may not know: drafts', async () => {
    const path = `/people/${await idOf('chef-kalmar')}/personal-data`;
    const { items } = await personalData(clients.as('kansli-sydost'), path);
    const about = new Set(items.map(({ source }: Body) => source.id));
    expect(about).toContain(ids.rejected);
    expect(about).not.toContain(ids.draft);
  });

  test.each(['kansli-norr', 'region-kalmar-system', 'beslut-sydost', 'chef-kalmar', 'nationell'])(
    'is not told to %s: who may not know of the person learns not even that',
    async (client) => {
      const path = `/people/${await idOf('chef-kalmar')}/personal-data`;
      const [there, nowhere] = await Promise.all([
        clients.as(client).get(path),
        clients.as(client).get('/people/none/personal-data'),
      ]);
      expect([there.status, nowhere.status]).toEqual([404, 404]);
      expect(there.body.detail).toBe(nowhere.body.detail);
    },
  );

  describe.each([
    ['who is active', {}],
    ['who has left', { employers: [{ region: 'kalmar', from: '2020-01-01' }], to: '2026-11-30' }],
  ])('by an address that is also that of another %s', (who, more) => {
    // Written otherwise, and with a sign that means something in a pattern.
    const email = 'b.orn+akesson@kalmar.example';
    const contact = { name: 'Barnkliniken', email };
    let application: string;
    let subject: string;

    beforeAll(async () => {
      subject = `delar-adress-${who.length}`;
      const own = clients.as('region-kalmar-system');
      const body = completeApplication(callId, 'kalmar', { title: 'Delad adress', contact });
      application = expectStatus(await own.post('/applications', body, { key: subject }), 201).body.id;
      const chief = await idOf('chef-kalmar');
      await changePerson(chief, { email: email.toUpperCase() });
    });

    afterAll(async () => changePerson(await idOf('chef-kalmar'), { email: head.email }));

    test('nothing is told as long as it is shared, and all that is found by the subject', async () => {
      const alone = await personalData(clients.as('chef-kalmar'), '/me/personal-data');
      expect(inDocuments(alone.items, 'application').map(({ source }) => source.id)).toContain(application);
      const made = { subject, name: 'Någon Annan', email, ...more };
      const sharer = expectStatus(await admin.post('/people', made), 201).body.id;
      for (const [client, path] of [
        ['chef-kalmar', '/me/personal-data'],
        ['revisor', `/people/${await idOf('chef-kalmar')}/personal-data`],
        ['revisor', `/people/${sharer}/personal-data`],
      ] as const) {
        const { items, soughtFor } = await personalData(clients.as(client), path);
        expect(soughtFor.emails).toEqual([]);
        expect(JSON.stringify(items)).not.toContain(contact.name);
        expect(inDocuments(items, 'person')).toHaveLength(1);
      }
      const { items } = await personalData(clients.as('chef-kalmar'), '/me/personal-data');
      expect(items.filter(({ entry }: Body) => entry?.type === 'application.signed-off')).toHaveLength(3);
      // Back, and with an address of their own.
      await changePerson(sharer, { email: 'bXorn+akesson@kalmar.example', to: null });
      const again = await personalData(clients.as('chef-kalmar'), '/me/personal-data');
      expect(inDocuments(again.items, 'application').map(({ source }) => source.id)).toContain(application);
    });
  });

  test('is not looked for from a place that no answer named', async () => {
    const answer = await clients.as('revisor').get('/me/personal-data?after=nowhere~1');
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/query/after' }] } });
  });
});

const rule = {
  title: 'Ansökningar som fått avslag',
  documentType: 'application',
  after: { event: 'ended', period: 'P1M' },
  decisionReference: 'Dnr 2026/117',
};
const ruleFor = async (more: Record<string, unknown> = {}): Promise<string> =>
  expectStatus(await admin.post('/thinning-rules', { ...rule, ...more }), 201).body.id;

/** Carries a rule out, and waits for the protocol. */
async function thinBy(ruleId: string, key?: string): Promise<Body> {
  const started = expectStatus(await admin.post(`/thinning-rules/${ruleId}/runs`, {}, { key }), 201);
  return eventually(async () => {
    const { body } = expectStatus(await admin.get(`/thinning-runs/${started.body.id}`), 200);
    return body.state === 'running' ? undefined : body;
  });
}

const thingsOf = async (runId: string): Promise<Body[]> =>
  expectStatus(await admin.get(`/thinning-runs/${runId}/things?limit=200`), 200).body.items;

/** What the databases hold, when nothing is on its way any more. */
async function everythingStored(): Promise<Record<string, unknown[]>> {
  const stored: Record<string, unknown[]> = {};
  for (const [service, names] of [
    ['applications', ['applications', 'calls', 'journal']],
    ['notifications', ['mails', 'deadlines', 'journal']],
    ['directory', ['people', 'thinning-runs', 'thinning-rules', 'journal']],
  ] as const) {
    for (const name of names) {
      await settled(service, name);
      stored[`${service}/${name}`] = await collection(service, name).find().sort({ _id: 1 }).toArray();
    }
  }
  return stored;
}

/** Resolves when every event of a service's documents has reached the journal and left the outbox. */
async function settled(service: string, name: string): Promise<void> {
  await eventually(
    async () => (await collection(service, name).countDocuments({ outboxSince: { $exists: true } })) === 0,
  );
}

describe('a thinning rule', () => {
  test.each([
    ['no decision', { decisionReference: undefined }, '/decisionReference'],
    ['a blank decision', { decisionReference: ' ' }, '/decisionReference'],
    ['free text as a decision', { decisionReference: 'Se mejl <eva@x.example>!' }, '/decisionReference'],
    ['a period of hours', { after: { event: 'ended', period: 'PT5H' } }, '/after/period'],
    ['no period', { after: { event: 'ended', period: 'P0D' } }, '/after/period'],
    [
      'an event that does not happen to such documents',
      { after: { event: 'settled', period: 'P1Y' } },
      '/after/event',
    ],
    ['a document that is not thinned', { documentType: 'call' }, '/documentType'],
  ])('with %s is refused', async (_what, more, pointer) => {
    const answer = await admin.post('/thinning-rules', { ...rule, ...more });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: Body) => error.pointer)).toContain(pointer);
  });

  test('is read, renamed and ended; when it has ended nothing is thinned by it', async () => {
    const id = await ruleFor();
    const read = expectStatus(await admin.get(`/thinning-rules/${id}`), 200);
    expect(read.body).toMatchObject({ ...rule, state: 'active', allowed: ['edit', 'dry-runs', 'runs'] });
    expect((await admin.patch(`/thinning-rules/${id}`, { to: '2026-11-01' })).status).toBe(428);
    const ended = await admin.patch(`/thinning-rules/${id}`, { to: '2026-11-01' }, { ifMatch: 1 });
    expect(ended).toMatchObject({ status: 200, body: { state: 'ended', allowed: ['edit'] } });
    for (const command of ['dry-runs', 'runs']) {
      const answer = await admin.post(`/thinning-rules/${id}/${command}`, {});
      expect(answer).toMatchObject({ status: 409, body: { code: 'state-conflict', allowed: ['edit'] } });
    }
    const redecided = await admin.patch(`/thinning-rules/${id}`, { decisionReference: 'B' }, { ifMatch: 2 });
    expect(redecided.status).toBe(422);
    expect((await admin.get('/thinning-rules')).body.items.map((item: Body) => item.id)).toContain(id);
  });

  test('is read by an auditor, who does nothing with it', async () => {
    const id = await ruleFor();
    const as = clients.as('revisor');
    expect(expectStatus(await as.get(`/thinning-rules/${id}`), 200).body).toMatchObject({ id, allowed: [] });
    expect((await as.get('/thinning-rules')).body.items.map((item: Body) => item.id)).toContain(id);
    expect([(await as.get('/thinning-runs')).status, (await as.get('/thinning-runs/none')).status]).toEqual([
      200, 404,
    ]);
    const answers = await Promise.all([
      as.post('/thinning-rules', rule),
      as.patch(`/thinning-rules/${id}`, { to: '2026-01-01' }, { ifMatch: 1 }),
      as.post(`/thinning-rules/${id}/dry-runs`, {}),
      as.post(`/thinning-rules/${id}/runs`, {}),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array(4).fill(403));
  });

  test.each(['kansli-sydost', 'nationell', 'chef-kalmar', 'region-kalmar-system'])(
    'is none of the business of %s',
    async (client) => {
      const as = clients.as(client);
      const id = await ruleFor();
      const answers = await Promise.all([
        as.get('/thinning-rules'),
        as.get(`/thinning-rules/${id}`),
        as.post('/thinning-rules', rule),
        as.patch(`/thinning-rules/${id}`, { to: '2026-01-01' }, { ifMatch: 1 }),
        as.post(`/thinning-rules/${id}/dry-runs`, {}),
        as.post(`/thinning-rules/${id}/runs`, {}),
        as.get('/thinning-runs'),
        as.get('/thinning-runs/none'),
      ]);
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(403));
    },
  );
});

describe('before its day', () => {
  test('nothing is thinned', async () => {
    const id = await ruleFor();
    const before = await everythingStored();
    const dry = expectStatus(await admin.post(`/thinning-rules/${id}/dry-runs`, {}), 200);
    expect(dry.body).toMatchObject({ things: [], next: null });
    const run = await thinBy(id);
    expect(run).toMatchObject({ state: 'finished', counts: { thinned: 0, journalEntries: 0, waiting: 0 } });
    const after = await everythingStored();
    for (const name of Object.keys(before).filter((each) => !each.startsWith('directory/')))
      expect(after[name]).toEqual(before[name]);
  });

  test('what is due by its day waits while it can be appealed against or is being dealt with', async () => {
    expectStatus(await clients.anonymous.post('/dev/clock', { now: '2026-12-05T09:00:00Z' }), 200);
    const id = await ruleFor({ after: { event: 'decided', period: 'P1D' } });
    const { body } = expectStatus(await admin.post(`/thinning-rules/${id}/dry-runs`, {}), 200);
    const reasons = new Map(body.things.map((thing: Body) => [thing.id, [thing.outcome, thing.reason]]));
    expect(reasons.get(ids.rejected)).toEqual(['waiting', 'appealable']);
    expect(reasons.get(ids.granted)).toEqual(['waiting', 'under-way']);
    expect(reasons.size).toBe(2);
  });
});

describe('when its day has come', () => {
  let ruleId: string;
  let run: Body;
  let historyBefore: Body[];
  const readers = ['region-kalmar-system', 'kansli-sydost', 'revisor', 'chef-kalmar'];

  beforeAll(async () => {
    expectStatus(await clients.anonymous.post('/dev/clock', { now: '2027-01-15T09:00:00Z' }), 200);
    ruleId = await ruleFor();
  }, 480_000);

  test('a dry run tells what would be thinned, and stores nothing', async () => {
    const before = await everythingStored();
    const { body } = expectStatus(await admin.post(`/thinning-rules/${ruleId}/dry-runs`, {}), 200);
    expect(body.counts).toMatchObject({ thinned: 2, waiting: 0 });
    const rejected = body.things.find((thing: Body) => thing.id === ids.rejected);
    expect(rejected).toMatchObject({
      type: 'application',
      outcome: 'thinned',
      happenedOn: '2026-11-24',
      dueOn: '2026-12-24',
      fields: ['contact.name', 'contact.email', 'signedOff.by', 'submittedBy', 'assessments.*.assessor'],
    });
    expect(rejected.journalEntries).toBeGreaterThan(2);
    expect(await everythingStored()).toEqual(before);
  });

  test('a run takes the personal fields, and leaves reference, amounts, days and decision', async () => {
    const path = `/applications/${ids.rejected}`;
    const before = expectStatus(await clients.as('revisor').get(path), 200).body;
    historyBefore = (await clients.as('revisor').get(`${path}/history?limit=200`)).body.items;
    run = await thinBy(ruleId, 'one');
    expect(run).toMatchObject({
      state: 'finished',
      ruleId,
      decisionReference: rule.decisionReference,
      by: { id: 'administrator', role: 'administrator' },
      counts: { thinned: 2, waiting: 0 },
      more: false,
    });
    const after = expectStatus(await clients.as('revisor').get(path), 200).body;
    expect(after).toEqual({
      ...before,
      contact: { name: 'gallrad', email: 'gallrad@gallrad.invalid' },
      signedOff: { ...before.signedOff, by: 'gallrad' },
      updatedAt: after.updatedAt,
    });
    expect(after.decision.decidedBy).toBe('Chefen för RCC');
  });

  test('the protocol names what was thinned, by which decision, and never a value', async () => {
    const things = await thingsOf(run.id);
    expect(things.map(({ id }) => id).toSorted()).toEqual([ids.rejected, ids.withdrawn].toSorted());
    const text = JSON.stringify([run, things]);
    for (const value of [head.name, head.email, other.name, 'bedomare-sydost-1', 'chef-kalmar'])
      expect(text).not.toContain(value);
    expect((await admin.get(`/thinning-runs?ruleId=${ruleId}`)).body.items).toEqual([run]);
    await settled('directory', 'thinning-runs');
    const journal = await journalOf(run.id, 'directory');
    expect(journal.map(({ type }) => type)).toEqual([
      'thinning.run-started',
      'thinning.run-advanced',
      'thinning.run-finished',
    ]);
  });

  test('no trace is left in document, journal or outbox; the chains hold, and say so themselves', async () => {
    for (const id of [ids.rejected, ids.withdrawn]) {
      const journal = await eventually(async () => {
        const entries = await journalOf(id);
        return entries.at(-1)?.['type'] === 'application.thinned' && entries;
      });
      const document = await collection('applications', 'applications').findOne({ _id: id as never });
      const text = JSON.stringify([document, journal.map((entry) => entry['private'])]);
      for (const value of [
        head.name,
        head.email,
        other.name,
        other.email,
        'bedomare-sydost-1',
        'chef-kalmar',
      ])
        expect(text).not.toContain(value);
      expect(document?.['keys'].map((key: Body) => key.fingerprint)).toContain('thinned');
      expect(journal.at(-1)?.['data']).toMatchObject({ runId: run.id, decisionReference: 'Dnr 2026/117' });
      await expectWholeChain(id);
    }
    // What is not about people is left: the decision's reason was not.
    const history = (await clients.as('revisor').get(`/applications/${ids.rejected}/history?limit=200`)).body;
    expect(history.items.slice(0, historyBefore.length).map(({ hash }: Body) => hash)).toEqual(
      historyBefore.map(({ hash }) => hash),
    );
  });

  test('everything is readable still, for everybody who could read it', async () => {
    for (const client of readers) {
      const as = clients.as(client);
      for (const path of [
        `/applications/${ids.rejected}`,
        `/applications/${ids.rejected}/history`,
        `/applications/${ids.withdrawn}`,
        `/applications/${ids.rejected}/submission-check`,
        '/applications?limit=200',
        '/deadlines?limit=200',
      ])
        expect([client, path, (await as.get(path)).status]).toEqual([client, path, 200]);
    }
    const office = clients.as('kansli-sydost');
    const assessments = expectStatus(await office.get(`/applications/${ids.rejected}/assessments`), 200).body;
    expect(assessments.items.map(({ assessor }: Body) => assessor)).toEqual(['gallrad', 'gallrad']);
    expect((await office.get(`/calls/${callId}/ranking`)).status).toBe(200);
    expect((await office.get(`/calls/${callId}/frame`)).status).toBe(200);
  });

  test('what was not due, or not of the kind, is as it was', async () => {
    const own = clients.as('region-kalmar-system');
    expect((await own.get(`/applications/${ids.granted}`)).body.contact).toEqual(other);
    expect((await own.get(`/applications/${ids.draft}`)).body.contact).toEqual(head);
    await expectWholeChain(ids.granted);
  });

  test('the same run asked for again is the same run; another one finds nothing left', async () => {
    const before = await collection('applications', 'applications').find().sort({ _id: 1 }).toArray();
    const again = await admin.post(`/thinning-rules/${ruleId}/runs`, {}, { key: 'one' });
    expect(again).toMatchObject({ status: 201, body: { id: run.id, counts: { thinned: 2 } } });
    expect(await thinBy(ruleId)).toMatchObject({ counts: { thinned: 0, waiting: 0 } });
    const after = await collection('applications', 'applications').find().sort({ _id: 1 }).toArray();
    expect(after).toEqual(before);
  });

  test('mails lose their addresses; the ledger is readable', async () => {
    const id = await ruleFor({ documentType: 'mail', after: { event: 'settled', period: 'P1W' } });
    const done = await thinBy(id);
    expect(done.counts.thinned).toBeGreaterThan(3);
    const { items } = expectStatus(await clients.as('revisor').get('/notifications?limit=200'), 200).body;
    const early = items.filter(({ createdAt }: Body) => createdAt < '2026-12-05');
    expect(new Set(early.map(({ recipient }: Body) => recipient))).toEqual(new Set(['gallrad']));
    const deadlines = (await clients.as('revisor').get('/deadlines?limit=200')).body.items;
    for (const deadline of deadlines)
      expect((await clients.as('revisor').get(`/deadlines/${deadline.id}/reminders`)).status).toBe(200);
    expect(await thinBy(id)).toMatchObject({ counts: { thinned: 0 } });
  });

  test('a person who has left loses name, address and identity, and nobody is that person any more', async () => {
    const made = { subject: 'slutat', name: 'Sluta Snart', email: 'sluta@kalmar.example' };
    const employers = [{ region: 'kalmar', from: '2020-01-01' }];
    const person = expectStatus(await admin.post('/people', { ...made, employers }), 201).body;
    expectStatus(await admin.patch(`/people/${person.id}`, { to: '2027-01-14' }, { ifMatch: 1 }), 200);
    const id = await ruleFor({ documentType: 'person', after: { event: 'ended', period: 'P1D' } });
    expect(await thinBy(id)).toMatchObject({ counts: { thinned: 1 } });
    const after = expectStatus(await admin.get(`/people/${person.id}`), 200).body;
    expect(after).toMatchObject({ subject: `gallrad-${person.id}`, name: 'gallrad', email: null });
    expect((await admin.get('/people?limit=200')).status).toBe(200);
    const journal = await journalOf(person.id, 'directory');
    expect(JSON.stringify(journal)).not.toMatch(/Sluta Snart|sluta@|"slutat"/);
    await expectWholeChain(person.id, 'directory', 'people');
    // The work of others goes on.
    expect((await clients.as('chef-kalmar').get('/me')).body.name).toBe(head.name);
  });
});
