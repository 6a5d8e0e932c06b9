import { timingSafeEqual } from 'node:crypto';
import { DomainError } from '#libs/contracts';
import { type Request } from '../http/fastify.ts';
import { type Session } from './session.ts';

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what another site has a signed-in browser send: a method that changes something must bring the
 * session's token, which other sites cannot read, and must not say that it comes from elsewhere. A form
 * that cannot set headers brings the token as `formToken`. Errors: `csrf-refused` (403).
 */
export function refuseForgery(
  request: Pick<Request, 'method' | 'headers'>,
  session: Pick<Session, 'csrf'>,
  origin: string,
  formToken?: string,
): void {
  if (harmless.has(request.method)) return;
  const { origin: from, 'sec-fetch-site': site, 'x-csrf-token': token } = request.headers;
  const isElsewhere =
    (from !== undefined && from !== origin) || (site !== undefined && site !== 'same-origin');
  if (isElsewhere || !isSame(token ?? formToken, session.csrf)) throw new DomainError('csrf-refused');
}

/** In a time that does not tell how much of it was right. */
function isSame(given: string | string[] | undefined, wanted: string): boolean {
  if (typeof given !== 'string') return false;
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}
