import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { withLock } from './lock.mjs';
import { cache, root } from './paths.mjs';
import { Refusal } from './refusal.mjs';

const folders = ['apps', 'libs', 'tools', 'test', 'bench'];
const dist = join(root, 'dist');
const manifestFile = join(dist, '.build.json');

/**
 * Translates every .ts file of the folders into `dist` with swc and copies .json beside them; only what
 * changed is done again, and what lost its source is removed, so that `dist` is always what a build from
 * nothing would give. Sources are compared by content: times lie after `git checkout`. Types are not
 * checked here (`npm run check` does). Safe when two builds start at once.
 *
 * @returns {Promise<{ built: number, removed: number }>}
 * @throws {Refusal} with the compiler's message when a file does not parse
 */
export function build() {
  return withLock(join(cache, 'build.lock'), buildLocked, () =>
    console.log('Väntar på ett annat bygge i samma utcheckning …'),
  );
}

async function buildLocked() {
  const sources = folders.flatMap((folder) => list(join(root, folder)).filter(isSource));
  const settings = settingsKey();
  const known = readManifest(settings);
  const next = {};
  const stale = [];
  for (const source of sources) {
    const path = relative(root, source);
    const hash = digest(readFileSync(source));
    if (known[path]?.hash === hash && stamp(outputOf(path)) === known[path].output) next[path] = known[path];
    else stale.push({ path, hash });
  }
  if (stale.length > 0) await compile(stale, next);
  const removed = removeOrphans(new Set(sources.map((source) => relative(root, source))));
  if (stale.length > 0 || removed > 0 || Object.keys(known).length !== sources.length) {
    writeAtomically(manifestFile, JSON.stringify({ settings, files: next }));
  }
  return { built: stale.length, removed };
}

async function compile(stale, next) {
  const { transformFile } = await import('@swc/core');
  const options = { ...JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8')), swcrc: false };
  delete options.$schema;
  const failures = [];
  await Promise.all(
    stale.map(async ({ path, hash }) => {
      const output = outputOf(path);
      mkdirSync(dirname(output), { recursive: true });
      try {
        if (path.endsWith('.json')) {
          writeAtomically(output, readFileSync(join(root, path)));
        } else {
          const sourceFileName = relative(dirname(output), join(root, path));
          const { code, map } = await transformFile(join(root, path), { ...options, sourceFileName });
          if (map) writeAtomically(`${output}.map`, map);
          writeAtomically(output, map ? `${code}\n//# sourceMappingURL=${basename(output)}.map\n` : code);
        }
        next[path] = { hash, output: stamp(output) };
      } catch (error) {
        // Behind the place in the file comes the compiler's own stack.
        failures.push(`${path}: ${error.message.split('\n\nCaused by')[0].trim()}`);
      }
    }),
  );
  if (failures.length > 0)
    throw new Refusal(`Bygget misslyckades / the build failed:\n${failures.join('\n')}`);
}

function removeOrphans(sources) {
  let removed = 0;
  for (const folder of folders) {
    for (const output of list(join(dist, folder))) {
      const path = relative(dist, output);
      const candidates = path.endsWith('.json') ? [path] : [path.replace(/\.js(\.map)?$/, '.ts')];
      if (candidates.some((candidate) => sources.has(candidate))) continue;
      rmSync(output, { force: true });
      removed += 1;
    }
  }
  return removed;
}

// Browser code has its own bundler, and declarations give no output.
const isSource = (file) =>
  /\.(ts|json)$/.test(file) && !file.endsWith('.d.ts') && !/\/apps\/web\//.test(file);

const outputOf = (path) => join(dist, path.replace(/\.ts$/, '.js'));

function list(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : list(path);
    return entry.isFile() ? [path] : [];
  });
}

function readManifest(settings) {
  try {
    const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
    return manifest.settings === settings ? manifest.files : {};
  } catch {
    return {};
  }
}

/** A new compiler or other compiler options make everything stale. */
function settingsKey() {
  const compiler = readFileSync(join(root, 'node_modules', '@swc', 'core', 'package.json'));
  return digest(Buffer.concat([readFileSync(join(root, '.swcrc')), compiler]));
}

function stamp(file) {
  try {
    const { mtimeMs, size } = statSync(file);
    return `${mtimeMs}-${size}`;
  } catch {
    return 'missing';
  }
}

const digest = (data) => createHash('sha256').update(data).digest('hex');

/** A process that loads `dist` while it is rebuilt sees the old file or the new one, never half of one. */
function writeAtomically(file, data) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, data);
  renameSync(temporary, file);
}
