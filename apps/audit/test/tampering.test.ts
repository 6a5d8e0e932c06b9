import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { hashOf, linesOf, signRoot, verifyExport, type JournalEvent } from '#libs/audit';
import { chainBroken } from '#libs/contracts';
import { connectTestBus, eventually } from '#libs/testing';
import { changedCall, startPlayground, type Playground } from './playground.ts';

jest.setTimeout(180_000);

let play: Playground;
let id: string;
let before: { entries: Entry[]; call: { _id: string } | null };
beforeAll(async () => {
  play = await startPlayground();
  // What a test does to a chain would else be sealed in the midst of it, and stand in the log for ever.
  await play.allHeard();
}, 180_000);
afterAll(() => play?.stop(), 60_000);

beforeEach(async () => {
  id = await changedCall(play);
  await eventually(async () => (await journal().countDocuments({ 'aggregate.id': id })) === 2);
  await eventually(async () => (await calls().countDocuments({ _id: id, outbox: [] } as never)) === 1);
  const entries = await journal().find({ 'aggregate.id': id }).toArray();
  before = { entries, call: await calls().findOne({ _id: id }) };
});

/** As it was before somebody laid hands on it. */
async function restore(): Promise<void> {
  await journal().deleteMany({ 'aggregate.id': id });
  await journal().insertMany(before.entries as never);
  await calls().replaceOne({ _id: id }, before.call as never, { upsert: true });
}
afterEach(restore);

type Entry = Omit<JournalEvent, 'id'> & { _id: string };
const journal = () => play.database('applications').collection<Entry>('journal');
const calls = () => play.database('applications').collection<{ _id: string }>('calls');

async function applicationsFault() {
  const view = await play.verification();
  expect(view.whole).toBe(false);
  return view.services.find(({ service }) => service === 'applications')?.fault;
}

const at = (seq: number) => ({ service: 'applications', aggregate: { type: 'call', id }, seq });

test('a changed entry is named', async () => {
  await journal().updateOne({ 'aggregate.id': id, seq: 1 }, { $set: { 'data.rcc': 'norr' } });
  expect(await applicationsFault()).toMatchObject({ code: 'hash', ...at(1), sv: expect.any(String) });
  await journal().updateOne({ 'aggregate.id': id, seq: 1 }, { $set: { 'data.rcc': 'sydost' } });
  await journal().updateOne({ 'aggregate.id': id, seq: 2 }, { $set: { 'private.data.after.title': 'X' } });
  expect(await applicationsFault()).toMatchObject({ code: 'private', ...at(2) });
});

test('an amount changed in the document past the service is named', async () => {
  const view = await play.verification();
  expect(view).toMatchObject({ whole: true });
  const counted = view.services.find(({ service }) => service === 'applications');
  expect(counted?.documents).toBeGreaterThan(0);
  expect(counted?.uncovered).toBe(0);
  await calls().updateOne({ _id: id }, { $set: { frame: 90_000_000 } } as never);
  expect(await applicationsFault()).toMatchObject({
    code: 'document',
    ...at(2),
    sv: expect.stringContaining(`call ${id}`),
  });
  // Nor does it help to take away what it was sealed with, or to add what is not its own.
  await restore();
  await calls().updateOne({ _id: id }, { $unset: { 'journalHead.salt': true } } as never);
  expect(await applicationsFault()).toMatchObject({ code: 'document', ...at(2) });
  await restore();
  await calls().updateOne({ _id: id }, { $set: { extra: true } } as never);
  expect(await applicationsFault()).toMatchObject({ code: 'document', ...at(2) });
  await restore();
  expect(await play.verification()).toMatchObject({ whole: true });
});

test('a document changed past the service is named also after the service has changed it since', async () => {
  await calls().updateOne({ _id: id }, { $set: { title: 'Förbi' } } as never);
  const changed = await play.office.patch(`/calls/${id}`, { purpose: 'Annat' }, { ifMatch: 2 });
  expect(changed.status).toBe(200);
  // Until it is relayed, the change is in no journal.
  await eventually(async () => (await journal().countDocuments({ 'aggregate.id': id })) === 3);
  expect(await applicationsFault()).toMatchObject({ code: 'document-before', ...at(3) });
  const exported: string = (await play.auditor.get('/audit/export')).body;
  const { fault } = await verifyExport(linesOf(bytesOf(exported)));
  expect(fault).toMatchObject({ code: 'document-before', place: at(3) });
});

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

test('a thing robbed of the end of its chain is named, and does not keep the log from growing', async () => {
  await calls().updateOne({ _id: id }, { $unset: { journalHead: true } } as never);
  expect(await applicationsFault()).toMatchObject({ code: 'too-long', ...at(1) });
  const newest = async () => (await play.auditor.get('/audit/roots?limit=1')).body.items[0]?.treeSize ?? 0;
  const sizeBefore = await newest();
  await changedCall(play);
  await play.advance('PT1H');
  expect(await newest()).toBeGreaterThan(sizeBefore);
});

test('a cut-off end is named, and so is a chain that is gone or without its thing', async () => {
  const last = await journal().findOneAndDelete({ 'aggregate.id': id, seq: 2 });
  expect(await applicationsFault()).toMatchObject({ code: 'cut-off', ...at(2) });
  const first = await journal().findOneAndDelete({ 'aggregate.id': id, seq: 1 });
  expect(await applicationsFault()).toMatchObject({ code: 'cut-off', ...at(1) });
  await journal().insertMany([first, last] as never);
  const call = await calls().findOneAndDelete({ _id: id });
  expect(await applicationsFault()).toMatchObject({ code: 'head-missing', ...at(2) });
  await calls().insertOne(call as never);
  expect(await play.verification()).toMatchObject({ whole: true });
});

test('a chain rewritten from its first link, and whole in itself, is found by the log', async () => {
  await play.advance('PT1H');
  const entries = await journal().find({ 'aggregate.id': id }).sort({ seq: 1 }).toArray();
  let prevHash: string | null = null;
  for (const { _id, hash: _old, private: _part, ...rest } of entries) {
    const link = { id: _id, ...rest, prevHash, data: { ...rest.data, forged: true } };
    prevHash = hashOf(link as never);
    await journal().updateOne({ _id }, {
      $set: { 'data.forged': true, prevHash: link.prevHash, hash: prevHash },
    } as never);
  }
  await calls().updateOne({ _id: id }, { $set: { 'journalHead.hash': prevHash } } as never);
  const view = await play.verification();
  expect(view.services.every(({ fault }) => fault === null)).toBe(true);
  expect(view.log.fault).toMatchObject({ code: 'leaf-hash', ...at(2) });
});

test('a log whose leaves or roots were changed is found', async () => {
  await play.advance('PT1H');
  const leaves = play.database('audit').collection<{ _id: number }>('leaves');
  const roots = play.database('audit').collection('roots');
  const leaf = await leaves.findOne({ _id: 3 });
  await leaves.updateOne({ _id: 3 }, { $set: { at: '2020-01-01T00:00:00.000Z' } } as never);
  expect((await play.verification()).log.fault).toMatchObject({ code: 'root-hash' });
  await leaves.replaceOne({ _id: 3 }, leaf as never);
  expect((await play.verification()).log.fault).toBeNull();

  const root = await roots.findOne({}, { sort: { place: -1 } });
  await roots.updateOne({ _id: root?._id as never }, { $set: { at: '2020-01-01T00:00:00.000Z' } });
  const view = await play.verification();
  await roots.replaceOne({ _id: root?._id as never }, root as never);
  expect(view.log.fault).toMatchObject({ code: 'root-signature', treeSize: root?.['treeSize'] });
  expect(view.newestRoot?.fits).toBe(false);

  // A root of an hour in which nothing grew leaves no gap in the hashes: its number does.
  const [earlier] = await roots
    .find({ place: (root?.['place'] as number) - 1 })
    .limit(1)
    .toArray();
  await roots.deleteOne({ _id: earlier?._id as never });
  const robbed = await play.verification();
  await roots.insertOne(earlier as never);
  expect(robbed.log.fault).toMatchObject({ code: 'root-previous', treeSize: root?.['treeSize'] });
  expect((await play.verification()).log.fault).toBeNull();
});

test('a log signed anew with a key that was put into the database with it is found', async () => {
  await play.advance('PT1H');
  const audit = play.database('audit');
  const root = await audit.collection('roots').findOne({}, { sort: { place: -1 } });
  if (!root) throw new Error('no root');
  const { _id, signature: _signature, keyId } = root;
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { number, treeSize, rootHash, at: signedAt, previous } = root;
  const statement = { number, treeSize, rootHash, at: signedAt, previous, keyId };
  const forged = signRoot(statement as never, privateKey);
  const { kty, crv, x } = publicKey.export({ format: 'jwk' });
  const keys = audit.collection<{ _id: string }>('keys');
  await keys.insertOne({ _id: keyId, kty, crv, x } as never);
  await audit.collection('roots').updateOne({ _id }, { $set: { signature: forged.signature } });
  const view = await play.verification();
  await audit.collection('roots').replaceOne({ _id }, root);
  await keys.drop();
  expect(view.log.fault).toMatchObject({ code: 'root-signature', treeSize });
  expect(view.newestRoot?.fits).toBe(false);
  expect((await play.verification()).log.fault).toBeNull();
});

// The last one: an alarm stays.
test('a chain cut off together with its document is found by the log, and raises an alarm when it grows', async () => {
  const bus = await connectTestBus(play.product);
  try {
    const heard = bus.listen(chainBroken);
    const once = await play.office.patch(`/calls/${id}`, { title: 'Tredje' }, { ifMatch: 2 });
    expect(once.status).toBe(200);
    await play.advance('PT1H');
    await eventually(async () => (await calls().countDocuments({ _id: id, outbox: [] } as never)) === 1);
    // Put back from a copy, chain and document alike.
    await restore();
    const view = await play.verification();
    expect(view.services.every(({ fault }) => fault === null)).toBe(true);
    expect(view.log.fault).toMatchObject({ code: 'leaf-link', ...at(3) });
    expect(view.whole).toBe(false);

    // The same place is taken by another link, as if nothing had been there.
    const changed = await play.office.patch(`/calls/${id}`, { title: 'Annan' }, { ifMatch: 2 });
    expect(changed.status).toBe(200);
    await play.advance('PT1H');
    const alarm = await eventually(() => heard[0]);
    expect(alarm.data).toMatchObject({
      service: 'applications',
      aggregateType: 'call',
      aggregateId: id,
      seq: 3,
    });
    await play.advance('PT1H');
    expect(await play.verification()).toMatchObject({
      alarmCount: 1,
      alarms: [{ service: 'applications', aggregate: { type: 'call', id }, seq: 3 }],
      log: { fault: { code: 'leaf-hash', ...at(3) } },
    });
  } finally {
    await bus.close();
  }
});
