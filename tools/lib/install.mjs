import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { withLock } from './lock.mjs';
import { cache, root } from './paths.mjs';
import { Refusal } from './refusal.mjs';

/**
 * Makes `node_modules` what package-lock.json says, with `npm ci` when it is not. Safe when two commands
 * start at once: the second waits and then finds everything in place.
 */
export async function install() {
  if (installed()) return;
  await withLock(
    join(cache, 'install.lock'),
    async () => {
      if (installed()) return;
      console.log('Installerar beroenden (npm ci) …');
      // Everything is wanted, also where NODE_ENV=production or npm's settings would leave out what builds it.
      const { code } = await npm(['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']);
      if (code !== 0) {
        throw new Refusal(
          'npm ci misslyckades (se ovan): kontrollera nätverket och försök igen. / npm ci failed (see above).',
        );
      }
    },
    () => console.log('Väntar på en annan installation i samma utcheckning …'),
  );
}

function npm(args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? run(process.execPath, [script, ...args]) : run('npm', args);
}

/**
 * npm writes `node_modules/.package-lock.json` last, with what it really installed. Comparing that with
 * package-lock.json is right also after a `git checkout`, which changes the times of files at will, and
 * after an interrupted install, which leaves no such file.
 */
function installed() {
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const present = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !present) return false;
  for (const [path, entry] of Object.entries(present)) {
    if (!same(entry, wanted[path])) return false;
  }
  return Object.entries(wanted).every(([path, entry]) => path === '' || entry.optional || path in present);
}

function same(left, right) {
  return right !== undefined && left.version === right.version && left.integrity === right.integrity;
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
