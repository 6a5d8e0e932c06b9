import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { CompactRange, logLeafHash, signRoot, type LogLeaf, type SignedRoot } from '#libs/audit';
import { LogCheck } from './log-check.service.ts';
import { newRun, type LogPart } from './verification-run.ts';

// What is too large, or depends on the moment, to be brought about with real servers. All else: apps/audit/test.

function newKey(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const x = String(publicKey.export({ format: 'jwk' }).x);
  return { privateKey, jwk: { kty: 'OKP', crv: 'Ed25519', x, kid, use: 'sig', alg: 'EdDSA' } as const };
}
const [present, former, stranger] = [newKey('2026'), newKey('2025'), newKey('1999')];

const leaves = Array.from({ length: 1200 }, (_each, index): LogLeaf => ({
  service: 'plans',
  aggregateType: 'plan',
  aggregateId: `plan-${index}`,
  seq: 1,
  hash: index.toString(16).padStart(64, '0'),
  at: '2026-11-01T00:00:00.000Z',
}));

function rootsOver(sizes: readonly number[], key = present): SignedRoot[] {
  const range = new CompactRange();
  let previous: string | undefined;
  return sizes.map((treeSize, index) => {
    while (range.size < treeSize) range.append(logLeafHash(leaves[range.size] as LogLeaf));
    const rootHash = range.root();
    const at = new Date(Date.UTC(2026, 0, 1, index)).toISOString();
    const link = previous === undefined ? {} : { previous };
    previous = rootHash;
    const statement = { number: index + 1, treeSize, rootHash, at, ...link, keyId: key.jwk.kid };
    return signRoot(statement, key.privateKey);
  });
}

interface Log {
  readonly roots: readonly SignedRoot[];
  readonly leaves: readonly LogLeaf[];
  /** Leaves that come in once the leaves have been read to their end. */
  readonly later?: readonly LogLeaf[];
}

/** The whole log, step by step, and how many steps it took. */
async function checked(log: Log): Promise<LogPart & { steps: number; fits: boolean | null }> {
  let inLog = log.leaves;
  const check = new LogCheck(
    {
      ask: async (_of: unknown, { links }: { links: { id: string }[] }) => ({ hashes: links.map(hashFor) }),
    } as never,
    {
      from: async (index: number, limit: number) => {
        const found = inLog.slice(index, index + limit);
        if (found.length < limit) inLog = [...log.leaves, ...(log.later ?? [])];
        return found.map((leaf, offset) => ({ index: index + offset, leaf }));
      },
      size: async () => inLog.length,
    } as never,
    { behind: async (count: number, limit: number) => log.roots.slice(count, count + limit) } as never,
    [present.jwk, former.jwk],
  );
  let part = newRun('2026-11-01T00:00:00.000Z', undefined).log;
  let steps = 0;
  while (!part.complete && steps < 50) {
    part = await check.step(part, 100);
    steps += 1;
  }
  const newest = log.roots.at(-1) as SignedRoot;
  return { ...part, steps, fits: check.fits({ ...newest, place: log.roots.length }, part) };
}

function hashFor({ id }: { id: string }): string | undefined {
  return leaves.find(({ aggregateId }) => aggregateId === id)?.hash;
}

/** Half a year in which nothing grew, twice, and then a root for the rest. */
const quiet = [...Array.from({ length: 4400 }, () => 3), ...Array.from({ length: 2000 }, () => 700), 1200];

test('thousands of roots over the same leaves are each checked, in steps', async () => {
  const whole = await checked({ leaves, roots: rootsOver(quiet) });
  expect(whole).toMatchObject({ fault: null, complete: true, leaves: 1200, roots: quiet.length, fits: true });
  expect(whole.steps).toBeGreaterThan(quiet.length / 1000);
});

test('of thousands of roots over the same leaves a missing one is found', async () => {
  const roots = rootsOver(quiet).toSpliced(3333, 1);
  expect(await checked({ leaves, roots })).toMatchObject({ fault: { code: 'root-previous', treeSize: 3 } });
});

test('roots of a former key that the configuration names are sound, those of any other are not', async () => {
  const sizes = [3, 3, 700];
  expect(await checked({ leaves: leaves.slice(0, 700), roots: rootsOver(sizes, former) })).toMatchObject({
    fault: null,
    fits: true,
  });
  expect(await checked({ leaves: leaves.slice(0, 700), roots: rootsOver(sizes, stranger) })).toMatchObject({
    fault: { code: 'root-key', treeSize: 3 },
    fits: false,
  });
});

test('a root that is signed while the log is gone through is no fault', async () => {
  const roots = rootsOver([3, 700, 1200]);
  const grown = await checked({ leaves: leaves.slice(0, 700), later: leaves.slice(700), roots });
  expect(grown).toMatchObject({ fault: null, complete: true, leaves: 1200, roots: 3, fits: true });
  const cut = await checked({ leaves: leaves.slice(0, 700), roots });
  expect(cut).toMatchObject({ fault: { code: 'root-leaves', treeSize: 1200 }, fits: false });
});

test('of a root that is younger than the verification nothing is said', async () => {
  const roots = rootsOver([3, 700]);
  const done = await checked({ leaves: leaves.slice(0, 700), roots: roots.slice(0, 1) });
  expect(done.fault).toBeNull();
  const check = new LogCheck(undefined as never, undefined as never, undefined as never, [present.jwk]);
  expect(check.fits({ ...(roots[1] as SignedRoot), place: 2 }, done)).toBeNull();
});
