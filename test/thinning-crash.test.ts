import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import { isBlanked, verifyChain, type JournalEvent } from '#libs/audit';
import { serviceActor, thinningOf } from '#libs/contracts';
import { api, connectTestBus, eventually, startTestProduct } from '#libs/testing';
import { mongo } from 'mongoose';
import { completeApplication, expectStatus, patient, publishedCall, type Body } from './support.ts';

// A busy machine is no fault of the product's.
jest.setTimeout(480_000);

const home = mkdtempSync(join(tmpdir(), 'insats-thinning-'));
type Product = Awaited<ReturnType<typeof startTestProduct>>;
let product: Product | undefined;

afterAll(async () => {
  await product?.stop();
  rmSync(home, { recursive: true, force: true });
}, 60_000);

/** A document and its journal, as the database has them. */
async function stored(running: Product, id: string) {
  const client = await new mongo.MongoClient(running.mongoUrl).connect();
  try {
    const database = client.db('insats_applications');
    const document = await database.collection('applications').findOne({ _id: id as never });
    const entries = await database
      .collection('journal')
      .find({ 'aggregate.id': id })
      .sort({ seq: 1 })
      .toArray();
    const chain = entries.map(({ _id, ...rest }) => ({ id: _id, ...rest }) as unknown as JournalEvent);
    return { document, chain };
  } finally {
    await client.close();
  }
}

test('a thinning that is cut off between journal and document is finished after a restart, and the protocol is whole', async () => {
  product = await startTestProduct({ home, env: { INSATS_FAIL_POINTS: 'thinning.before-document=1' } });
  let clients = patient(api(product));
  const own = clients.as('region-kalmar-system');
  const callId = await publishedCall(clients.as('kansli-sydost'));
  const ids: string[] = [];
  for (const key of ['a', 'b', 'c']) {
    const contact = { name: `Person ${key}`, email: `${key}@kalmar.example` };
    const body = completeApplication(callId, 'kalmar', { contact });
    const { id } = expectStatus(await own.post('/applications', body, { key }), 201).body;
    expectStatus(await own.post(`/applications/${id}/withdrawal`, { reason: 'Ingen tid.' }), 200);
    ids.push(id);
  }
  expectStatus(await clients.anonymous.post('/dev/clock', { advance: 'P8D' }), 200);
  const rule = {
    title: 'Återkallade',
    documentType: 'application',
    after: { event: 'ended' as const, period: 'P1W' },
    decisionReference: 'Dnr 7',
  };
  let admin = clients.as('administrator');
  const { id: ruleId } = expectStatus(await admin.post('/thinning-rules', rule), 201).body;
  const started = expectStatus(await admin.post(`/thinning-rules/${ruleId}/runs`, {}, { key: 'run' }), 201);
  const runId = started.body.id;
  expect(started.body).toMatchObject({ state: 'running', counts: { thinned: 0 } });

  // The first is cut off in the middle, time and again: the journal has gone, the document has not.
  const first = ids.toSorted()[0]!;
  const half = await eventually(async () => {
    const now = await stored(product!, first);
    return now.chain.some(isBlanked) && now;
  }, 60_000);
  expect(half.document?.['contact'].name).toMatch(/^Person/);
  expect(half.chain.map(({ type }) => type)).not.toContain('application.thinned');
  expect(verifyChain(half.chain, half.document?.['journalHead'])).toBeNull();
  await eventually(() => (product!.processes.get('applications')?.restarts ?? 0) > 0, 60_000);
  await product.stop();

  product = await startTestProduct({ home });
  clients = patient(api(product));
  admin = clients.as('administrator');
  const run = await eventually(async () => {
    const answer = await admin.get(`/thinning-runs/${runId}`);
    return answer.status === 200 && answer.body.state === 'finished' && answer.body;
  }, 60_000);
  expect(run.counts).toMatchObject({ thinned: 3, waiting: 0 });
  const things = expectStatus(await admin.get(`/thinning-runs/${runId}/things`), 200).body.items;
  expect(things.map(({ id }: Body) => id).toSorted()).toEqual(ids.toSorted());
  for (const id of ids) {
    const { document, chain } = await eventually(async () => {
      const now = await stored(product!, id);
      return now.document?.['outbox'].length === 0 && now;
    });
    expect(JSON.stringify([document, chain])).not.toMatch(/Person [abc]|@kalmar/);
    expect(chain.filter(({ type }) => type === 'application.thinned')).toHaveLength(1);
    expect(verifyChain(chain, document?.['journalHead'])).toBeNull();
  }

  // Had the directory been cut off before it could write a part down, it would ask for it again.
  const bus = await connectTestBus(product, 'directory');
  try {
    const part = {
      documentType: 'application' as const,
      after: rule.after,
      on: run.on,
      from: null,
      limit: 25,
      run: { id: runId, ruleId, decisionReference: rule.decisionReference, by: run.by },
    };
    const actor = serviceActor('directory');
    const again = await bus.client.ask(thinningOf('applications'), part, { actor });
    expect(again.things).toEqual(things);
  } finally {
    await bus.close();
  }
});
