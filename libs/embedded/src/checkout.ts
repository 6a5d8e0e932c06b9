import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of the checkout, found from this file upwards: the code runs from `libs` under jest and from
 * `dist` otherwise, and the working directory may be anything.
 */
export const checkout = findCheckout(dirname(fileURLToPath(import.meta.url)));

/** What may be fetched again at any time: downloaded servers, compile caches. Shared by all runs of a checkout. */
export const cacheFolder = join(checkout, '.cache');

/** The built JavaScript of a source file, such as `apps/gateway/src/main.ts`. */
export function builtFile(source: string): string {
  return join(checkout, 'dist', source.replace(/\.ts$/, '.js'));
}

function findCheckout(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && nameIn(manifest) === 'insats') return folder;
    if (folder === dirname(folder)) throw new Error(`no package.json of insats above ${start}`);
  }
}

function nameIn(manifest: string): unknown {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }).name;
}
