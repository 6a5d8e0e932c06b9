import { join } from 'node:path';
import { run } from './child.mjs';
import { nodePath } from './node.mjs';
import { root } from './paths.mjs';

/**
 * Changes the access table and its guards in every small way and runs their unit tests against each
 * change (docs/mutation.md). Works in a copy of the checkout.
 *
 * @param {string[]} args passed on to Stryker, such as `--mutate libs/access/src/rules.ts`
 * @returns {Promise<number>} 0 when every change made a test fail
 */
export async function mutate(args) {
  const stryker = join(root, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
  const { code } = await run(nodePath(), [stryker, 'run', ...args]);
  return code;
}
