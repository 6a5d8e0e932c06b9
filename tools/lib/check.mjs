import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { run } from './child.mjs';
import { nodePath } from './node.mjs';
import { root } from './paths.mjs';

const module = (path) => join(root, 'node_modules', path);
const sourceFolders = ['apps', 'libs', 'tools', 'test', 'bench'].filter((folder) =>
  existsSync(join(root, folder)),
);

const steps = [
  { name: 'typer (tsc)', args: [module('typescript/bin/tsc'), '--noEmit'] },
  {
    name: 'regler (oxlint)',
    args: [module('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings', ...sourceFolders],
  },
  {
    name: 'format (prettier)',
    args: [module('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'],
  },
  {
    name: 'gränser (dependency-cruiser)',
    args: [
      module('dependency-cruiser/bin/dependency-cruiser.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      ...sourceFolders,
    ],
  },
  { name: 'död kod (knip)', args: [module('knip/bin/knip.js'), '--no-progress'] },
  {
    name: 'genererade filer',
    args: [join(root, 'dist/tools/generate/main.js'), '--check'],
    needs: join(root, 'tools/generate/main.ts'),
  },
];

/**
 * Runs every gate, also after one has failed, so that one run shows all that is wrong.
 *
 * @returns {Promise<number>} 0 when all passed, else 1
 */
export async function check() {
  const failed = [];
  // Boundaries and generated files look at what is built, too.
  await build();
  for (const step of steps) {
    const started = Date.now();
    const { code, output } = await runStep(step);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    if (code !== 0) {
      failed.push(step.name);
      if (output.trim()) console.log(output.trimEnd());
    }
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s)`);
  }
  if (failed.length === 0) return 0;
  console.log(
    `check: ${failed.length} av ${steps.length} steg misslyckades / steps failed: ${failed.join(', ')}`,
  );
  return 1;
}

async function runStep({ args, needs }) {
  try {
    if (needs && !existsSync(needs)) return { code: 1, output: `${needs} saknas / is missing` };
    return await run(nodePath(), args, { capture: true });
  } catch (error) {
    return { code: 1, output: error.message };
  }
}
