import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout: everything is found from here, whatever the caller's working directory is. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Shared between runs in this checkout and safe to delete at any time. */
export const cache = join(root, '.cache');
