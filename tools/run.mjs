// The way in to every `npm run` command. Plain JavaScript that any Node >= 18 can read: it must be able
// to say what to do on a machine where nothing is installed yet, so it imports no packages.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { check } from './lib/check.mjs';
import { run } from './lib/child.mjs';
import { install } from './lib/install.mjs';
import { jest } from './lib/jest.mjs';
import { mutate } from './lib/mutate.mjs';
import { nodePath, refuseOldNode } from './lib/node.mjs';
import { root } from './lib/paths.mjs';
import { Refusal } from './lib/refusal.mjs';

const [task, ...args] = process.argv.slice(2);

const tasks = {
  start: () => program('tools/start/main'),
  demo: () => program('tools/demo/main'),
  bench: () => program('bench/main'),
  chaos: () => program('tools/chaos/main'),
  fuzz: () => program('tools/fuzz/main'),
  generate: () => program('tools/generate/main'),
  credentials: () => program('tools/credentials/main'),
  provision: () => program('tools/provision/main'),
  'audit-export': () => program('tools/audit-export/main'),
  'audit-verify': () => program('tools/audit-verify/main'),
  'dev-mongo': () => program('libs/dev-mongo/src/main'),
  async build() {
    const { built, removed } = await build();
    console.log(`dist: ${built} filer byggda, ${removed} borttagna / files built and removed`);
    return 0;
  },
  check,
  mutate: () => mutate(args),
  async test() {
    await build();
    return jest(args);
  },
  async 'test-containers'() {
    await build();
    return jest(args, { INSATS_TEST_CONTAINERS: '1' });
  },
};

/** Builds, then runs a program of dist with the right Node and the rest of the command line. */
async function program(name) {
  await build();
  const file = join(root, 'dist', `${name}.js`);
  if (!existsSync(file))
    throw new Refusal(`${name}.ts saknas i den här versionen. / ${name}.ts is missing in this version.`);
  const { code } = await run(nodePath(), ['--enable-source-maps', file, ...args], { ipc: true });
  return code;
}

try {
  refuseOldNode();
  if (!Object.hasOwn(tasks, task ?? '')) {
    throw new Refusal(`Okänd uppgift / unknown task: ${task ?? '–'} (${Object.keys(tasks).join(', ')})`);
  }
  await install();
  process.exitCode = await tasks[task]();
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  // Whoever counts tests finds a number also when there was nothing to run them with.
  if (task === 'test' || task === 'test-containers') console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
