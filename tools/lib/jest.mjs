import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './child.mjs';
import { nodePath } from './node.mjs';
import { root } from './paths.mjs';

// After the last test, servers are stopped; a jest that is still there then is held by something that a
// test left open, which is a fault of that test.
const exitBoundMs = 60_000;

/**
 * Runs the tests and prints jest's own summary, then one line `N passed, N failed` (individual tests; a
 * suite that could not run counts as one failed).
 *
 * @param {string[]} args passed on to jest
 * @param {Record<string, string>} [env]
 * @returns {Promise<number>} the exit code: 0 only when everything passed
 */
export async function jest(args, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'insats-jest-'));
  const countFile = join(folder, 'count.json');
  try {
    const outcome = await runJest(args, env, countFile);
    return report(outcome, countFile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runJest(args, env, countFile) {
  let hung = false;
  const workers = args.some((arg) => /^(--maxWorkers|-w|--runInBand|-i)\b/.test(arg))
    ? []
    : ['--maxWorkers=2'];
  const { code } = await run(
    nodePath(),
    [
      '--experimental-vm-modules',
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      '--reporters=default',
      `--reporters=${join(root, 'tools', 'lib', 'jest-count-reporter.mjs')}`,
      ...workers,
      ...args,
    ],
    {
      env: {
        ...process.env,
        ...env,
        INSATS_JEST_COUNT_FILE: countFile,
        // Workers are forked from jest and need the flag too; the warning would be printed per worker.
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`,
      },
      onSpawn(child) {
        const watch = setInterval(() => {
          if (!readCount(countFile)) return;
          clearInterval(watch);
          const bound = setTimeout(() => {
            hung = true;
            child.kill('SIGKILL');
          }, exitBoundMs);
          child.once('exit', () => clearTimeout(bound));
        }, 500);
        child.once('exit', () => clearInterval(watch));
      },
    },
  );
  return { code, hung };
}

function report({ code, hung }, countFile) {
  const count = readCount(countFile) ?? { passed: 0, failed: 0 };
  let { failed } = count;
  if (hung)
    console.error(
      'jest avslutades inte: något test lämnade något öppet. / jest did not exit: a test left something open.',
    );
  // A failed global setup, no tests found, a coverage bound: jest failed though no test did.
  if ((code !== 0 || hung) && failed === 0) failed = 1;
  console.log(`${count.passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : code || 1;
}

function readCount(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
