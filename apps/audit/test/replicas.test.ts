import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { checkout } from '#libs/embedded';
import { eventually, uniqueName } from '#libs/testing';
import { changedCall, startPlayground, temporaryHome, type Playground } from './playground.ts';

let play: Playground | undefined;
let remove: () => void = () => undefined;
afterEach(async () => {
  await play?.stop();
  play = undefined;
  remove();
}, 60_000);

const replica = (number: number) => ({
  name: `audit-${number}`,
  program: join(checkout, 'dist/apps/audit/src/main.js'),
});
const others = ['gateway', 'directory', 'plans', 'follow-ups', 'applications', 'notifications'];

interface Root {
  treeSize: number;
  rootHash: string;
  previous?: string;
  number: number;
}

async function rootsIn(playground: Playground): Promise<Root[]> {
  const roots = await playground.database('audit').collection('roots').find({}).sort({ place: 1 }).toArray();
  return roots as never;
}

test('two replicas that seal at the same time make one log', async () => {
  // A lease given to both, as when one has been away for longer than it lasts.
  play = await startPlayground({ services: [...others, replica(1), replica(2)] });
  const { database, product } = play;
  const leases = database('audit').collection('leases');
  for (let round = 0; round < 8; round += 1) {
    await Promise.all([changedCall(play), changedCall(play), changedCall(play)]);
    // Whoever comes first takes it, again and again.
    await leases.deleteMany({});
    await play.advance('PT1H');
  }
  expect(product.processes.get('audit-1')?.restarts).toBe(0);
  const roots = await rootsIn(play);
  expect(roots.length).toBeGreaterThanOrEqual(8);
  for (const [index, root] of roots.entries()) {
    expect(root.previous).toBe(roots[index - 1]?.rootHash);
    expect(root.number).toBe(index + 1);
    expect(root.treeSize).toBeGreaterThanOrEqual(roots[index - 1]?.treeSize ?? 1);
  }
  const leaves = await database('audit')
    .collection<{ _id: number }>('leaves')
    .find({})
    .sort({ _id: 1 })
    .toArray();
  expect(leaves.map(({ _id }) => _id)).toEqual(leaves.map((_leaf, index) => index));
  expect(await play.verification()).toMatchObject({ whole: true, newestRoot: { fits: true } });
}, 180_000);

test('a crash between leaves and root is finished by the next sealing', async () => {
  const folder = temporaryHome();
  remove = folder.remove;
  const prefix = uniqueName('insats');
  const fatal = { ...replica(1), env: { INSATS_FAIL_POINTS: 'audit.after-leaves=1' } };
  play = await startPlayground({ home: folder.home, prefix, services: [...others, fatal] });
  const { database, product } = play;
  await eventually(async () => (product.processes.get('audit-1')?.restarts ?? 0) > 1, 60_000);
  expect(await database('audit').collection('leaves').countDocuments({})).toBeGreaterThan(0);
  expect(await rootsIn(play)).toEqual([]);
  await play.stop();

  play = await startPlayground({ home: folder.home, prefix });
  const again = play;
  const [root] = await eventually(async () => {
    const roots = await rootsIn(again);
    return roots.length > 0 ? roots : undefined;
  }, 60_000);
  const size = await again.database('audit').collection('leaves').countDocuments({});
  expect(root?.treeSize).toBe(size);
  expect(await again.verification()).toMatchObject({ whole: true, newestRoot: { fits: true } });
}, 180_000);
