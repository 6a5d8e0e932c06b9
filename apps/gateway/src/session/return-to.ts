import { invalidInput } from '#libs/contracts';
import { basePath } from '../http/base-path.ts';

/** Where people come out who did not say where they want to go. */
export const landing = `${basePath}/docs`;

/** Characters. */
const longest = 1000;

/**
 * The path within the product to return to after the sign-in. Errors: `invalid-input` for another site's
 * address, however it is written: a sign-in that leads elsewhere is what phishing needs.
 */
export function checkReturnTo(value: unknown, origin: string): string {
  if (value === undefined) return landing;
  if (typeof value === 'string' && isPath(value)) {
    const target = URL.parse(value, origin);
    if (target?.origin === origin && isPath(target.pathname)) {
      // Measured as it is kept: a letter may become nine characters, and a cookie holds no more.
      const path = target.pathname + target.search + target.hash;
      if (path.length <= longest) return path;
    }
  }
  throw invalidInput([{ pointer: '/query/returnTo', code: 'invalid-format' }]);
}

/** Browsers take `//host` and `/\host` for another site, and leave out tabs and line ends. */
function isPath(text: string): boolean {
  return /^\/(?![/\\])/.test(text) && !/[\p{Cc}\\]/u.test(text);
}
