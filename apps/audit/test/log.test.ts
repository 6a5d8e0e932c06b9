import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  isSignedRoot,
  linesOf,
  verifyConsistency,
  verifyExport,
  verifyInclusion,
  verifyRoot,
  type ExportReport,
  type SignedRoot,
} from '#libs/audit';
import { rootSigned, type InclusionProof } from '#libs/contracts';
import { connectTestBus, eventually, type TestBus } from '#libs/testing';
import { changedCall, startPlayground, type Playground } from './playground.ts';

let play: Playground;
let bus: TestBus;
beforeAll(async () => {
  play = await startPlayground();
  bus = await connectTestBus(play.product);
}, 180_000);
afterAll(async () => {
  await bus?.close();
  await play?.stop();
}, 60_000);

async function roots(): Promise<SignedRoot[]> {
  return (await play.auditor.get('/audit/roots?limit=200')).body.items;
}

async function newest(): Promise<SignedRoot> {
  const [root] = await roots();
  if (!root) throw new Error('no root');
  return root;
}

/** Two roots over the same leaves, the newest first. The access log has to come to rest for that. */
async function quietRoots(): Promise<SignedRoot[]> {
  return eventually(async () => {
    await play.advance('PT1H');
    const [last, before] = await roots();
    return last && before?.treeSize === last.treeSize ? [last, before] : undefined;
  }, 30_000);
}

const report = (text: string): Promise<ExportReport> => verifyExport(linesOf(bytesOf(text)));

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function exported(query = ''): Promise<string> {
  const answer = await play.auditor.get(`/audit/export${query}`);
  expect(answer.status).toBe(200);
  return answer.body;
}

describe('the log', () => {
  let call: string;
  let older: SignedRoot;

  beforeAll(async () => {
    await eventually(async () => (await roots()).length > 0);
    older = await newest();
    call = await changedCall(play);
    await play.advance('PT2H');
  });

  test('gets a signed root when an hour has ended, published on the bus', async () => {
    const heard = bus.listen(rootSigned);
    const before = await newest();
    await changedCall(play);
    await play.advance('PT1H');
    const root = await newest();
    expect(root.treeSize).toBeGreaterThan(before.treeSize);
    expect(root.previous).toBe(before.rootHash);
    expect(isSignedRoot(root)).toBe(true);
    const { body } = await play.clients.anonymous.get('/audit/keys');
    expect(body.code).toBe('not-authenticated');
    const { keys } = (await play.clients.as('region-kalmar-system').get('/audit/keys')).body;
    const jwk = keys.find(({ kid }: { kid: string }) => kid === root.keyId);
    expect(jwk).not.toHaveProperty('d');
    expect(verifyRoot(root, createPublicKey({ key: jwk, format: 'jwk' }))).toBe(true);
    const event = await eventually(() => heard.find(({ data }) => data['treeSize'] === root.treeSize));
    expect(event.data).toEqual({ ...root, previous: root.previous });
    expect((await play.auditor.get(`/audit/roots/${root.treeSize}`)).body).toEqual(root);
    expect((await play.auditor.get('/audit/roots/999999')).status).toBe(404);
  });

  test('stays as it is within the hour', async () => {
    await play.advance('PT2H');
    const before = await newest();
    await changedCall(play);
    await play.advance('PT0S');
    expect(await newest()).toEqual(before);
  });

  test('has a root for every hour in which nothing has happened too, over the same leaves', async () => {
    const quiet = await quietRoots();
    const [last, first] = [quiet[0], quiet[1]] as [SignedRoot, SignedRoot];
    expect(last.at > first.at).toBe(true);
    expect(last.number).toBe((first.number ?? 0) + 1);
    expect(last.previous).toBe(first.rootHash);
    const path = `/audit/consistency-proofs?from=${first.treeSize}&to=${last.treeSize}`;
    const { proof, from, to } = (await play.auditor.get(path)).body;
    expect([from.rootHash, to.rootHash]).toEqual([first.rootHash, last.rootHash]);
    expect(
      verifyConsistency({
        olderSize: first.treeSize,
        olderRoot: first.rootHash,
        size: last.treeSize,
        root: last.rootHash,
        proof,
      }),
    ).toBe(true);
    // The first of them tells since when.
    expect((await play.auditor.get(`/audit/roots/${last.treeSize}`)).body.at <= first.at).toBe(true);
    expect(await play.verification()).toMatchObject({ whole: true, log: { fault: null } });
  });

  test('proves that a link is in it, and that it only grows', async () => {
    const root = await newest();
    const proof = (
      await play.auditor.get(`/audit/inclusion-proofs?service=applications&aggregate=${call}&seq=1`)
    ).body as InclusionProof;
    expect(proof).toMatchObject({ leaf: { service: 'applications', aggregateId: call, seq: 2 }, root });
    const claim = {
      index: proof.index,
      size: root.treeSize,
      leaf: proof.leafHash,
      proof: proof.proof,
      root: root.rootHash,
    };
    expect(verifyInclusion(claim)).toBe(true);
    expect(verifyInclusion({ ...claim, index: claim.index + 1 })).toBe(false);
    const grown = (
      await play.auditor.get(`/audit/consistency-proofs?from=${older.treeSize}&to=${root.treeSize}`)
    ).body;
    expect(grown.from.rootHash).toBe(older.rootHash);
    expect(
      verifyConsistency({
        olderSize: older.treeSize,
        olderRoot: older.rootHash,
        size: root.treeSize,
        root: root.rootHash,
        proof: grown.proof,
      }),
    ).toBe(true);
  });

  test('has no proof of what it has not, nor backwards', async () => {
    const { treeSize } = await newest();
    const get = (path: string) => play.auditor.get(`/audit/${path}`);
    expect((await get(`inclusion-proofs?service=applications&aggregate=${call}&seq=99`)).status).toBe(404);
    expect((await get(`inclusion-proofs?service=plans&aggregate=${call}&seq=1`)).status).toBe(404);
    expect((await get(`consistency-proofs?from=1&to=${treeSize + 1}`)).status).toBe(404);
    expect((await get('consistency-proofs?from=2&to=1')).body).toMatchObject({
      code: 'invalid-input',
      errors: [{ pointer: '/query/to' }],
    });
  });

  test('shows proofs of links to those who verify', async () => {
    const path = `/audit/inclusion-proofs?service=applications&aggregate=${call}&seq=1`;
    expect((await play.office.get(path)).status).toBe(403);
    expect((await play.clients.as('nationell').get(path)).status).toBe(200);
  });
});

describe('an export', () => {
  test('holds everything and is whole', async () => {
    await changedCall(play);
    await play.advance('PT1H');
    const text = await exported();
    const { fault, counts, selection } = await report(text);
    expect([fault, selection]).toEqual([null, undefined]);
    expect(counts.roots).toBe((await roots()).length);
    expect(counts.leaves).toBe((await newest()).treeSize);
    expect(counts.chains).toBeGreaterThan(50);
  });

  test('of which one word was changed is found, and where', async () => {
    const id = await changedCall(play, 'Ursprunglig');
    await play.advance('PT1H');
    const text = await exported();
    const { fault } = await report(
      text.replace('"after":{"title":"Ursprunglig"}', '"after":{"title":"Annan"}'),
    );
    expect(fault).toMatchObject({
      code: 'private',
      place: { service: 'applications', aggregate: { type: 'call', id }, seq: 2 },
    });
    const lines = text.split('\n');
    const last = lines.findIndex((line) => line.includes(id) && line.includes('"seq":2,"prevHash"'));
    const shorter = lines.toSpliced(last, 1).join('\n');
    expect((await report(shorter)).fault).toMatchObject({ code: 'cut-off', place: { aggregate: { id } } });
  });

  test('goes on while the product is used, and is whole all the same', async () => {
    const use = { goesOn: true };
    const used = (async () => {
      while (use.goesOn) await changedCall(play);
    })();
    try {
      for (let round = 0; round < 5; round += 1) expect((await report(await exported())).fault).toBeNull();
    } finally {
      use.goesOn = false;
      await used;
    }
  });

  test('of an office holds its own RCC alone', async () => {
    const answer = await play.clients.as('kansli-norr').get('/audit/export');
    expect(answer.status).toBe(200);
    expect(await report(answer.body)).toMatchObject({ fault: null, selection: expect.any(String) });
    const text: string = answer.body;
    const events = text.split('\n').filter((line) => line.startsWith('{"kind":"event"'));
    expect(events.length).toBeGreaterThan(5);
    expect(text).not.toContain('"service":"applications"');
    expect(text).not.toContain('"rcc":"sydost"},"revision"');
  });

  test('can be of one kind, or of one RCC', async () => {
    const calls = await exported('?resource=call&rcc=sydost');
    const types = new Set([...calls.matchAll(/"aggregate":\{"type":"([^"]+)"/g)].map(([, type]) => type));
    expect([...types]).toEqual(['call']);
    // Whoever is given the file is told that it is not everything.
    expect(await report(calls)).toMatchObject({ fault: null, selection: 'rcc=sydost, resource=call' });
    expect((await exported('?resource=call&rcc=norr')).trim().split('\n')).toHaveLength(1);
  });

  test.each(['region-kalmar-system', 'beslut-sydost', 'nationell', 'process-norr'])(
    'is not for %s',
    async (client) => {
      expect(await play.clients.as(client).get('/audit/export')).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
    },
  );

  test('of a chain longer than a page is whole', async () => {
    const id = await changedCall(play);
    // More links, and more text, than are sent at once.
    for (let revision = 2; revision < 30; revision += 1) {
      const changed = await play.office.patch(
        `/calls/${id}`,
        { purpose: 'å'.repeat(3000) + revision },
        { ifMatch: revision },
      );
      if (changed.status !== 200) throw new Error(JSON.stringify(changed.body));
    }
    expect((await report(await exported())).fault).toBeNull();
  });
});

test('a verification finds everything whole, and the newest root fits', async () => {
  await play.advance('PT1H');
  const { treeSize } = await newest();
  const view = await play.verification();
  expect(view).toMatchObject({ complete: true, whole: true, alarmCount: 0 });
  expect(view.services.map(({ fault, complete }) => [fault, complete])).toEqual(
    view.services.map(() => [null, true]),
  );
  expect(view.services.find(({ service }) => service === 'applications')?.events).toBeGreaterThan(10);
  expect(view.log).toMatchObject({ complete: true, fault: null });
  expect(view.newestRoot).toMatchObject({ fits: true });
  expect(view.newestRoot?.treeSize).toBeGreaterThanOrEqual(treeSize);
  expect((await play.office.get('/audit/verification')).status).toBe(403);
});

test('who asks long after a verification has ended gets a new one, and is told what that one found', async () => {
  const verifications = play.database('audit').collection<{ _id: string }>('verifications');
  const seen = await play.verification();
  const { startedAt, finishedAt } = seen;
  // As if it had ended without anybody having seen it.
  await verifications.updateOne({ _id: 'latest' }, { $set: { shown: false } } as never);
  const again = (await play.auditor.get('/audit/verification')).body;
  expect(again).toMatchObject({ startedAt, finishedAt, complete: true });
  const longAgo = { startedAt: '2026-01-01T08:00:00.000Z', finishedAt: '2026-01-01T08:00:01.000Z' };
  await verifications.updateOne({ _id: 'latest' }, { $set: { ...longAgo, shown: false } } as never);
  const late = (await play.auditor.get('/audit/verification')).body;
  expect(late.startedAt > (finishedAt as string)).toBe(true);
  expect(late.previous).toEqual({ ...longAgo, whole: true });
});
