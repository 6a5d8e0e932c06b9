import { DomainError } from '#libs/contracts';
import { type Logger } from '#libs/platform';
import { type Reply, type Request } from '../http/fastify.ts';
import { readCookie } from './cookies.ts';
import { type CookieSeal } from './cookie-seal.ts';
import { type EndedSessions } from './ended-sessions.ts';
import { refuseForgery } from './forgery.ts';
import { type Attempt, type IdentityClient } from './identity-client.ts';
import { LogoutTokenRefused } from './logout-token.ts';
import { checkReturnTo } from './return-to.ts';
import { absoluteExpiry, idleExpiry, type Session } from './session.ts';
import { addCookie, type Sessions } from './sessions.ts';

/** What a page may know of its session. */
export interface SessionView {
  readonly subject: string;
  readonly name?: string;
  readonly organisation?: string;
  readonly level?: string;
  /** For the header X-CSRF-Token of whatever changes something. */
  readonly csrfToken: string;
  /** When the session ends if nothing is done; every request moves it on. */
  readonly idleExpiresAt: string;
  readonly absoluteExpiresAt: string;
}

type Remembered = Attempt & { readonly until: number };

/** Seconds that a person has at the provider. */
const patience = 600;
const afterLogout = '/auth/signed-out';

/** Signing in and out: what happens at each of the addresses below /auth. */
export class SignIn {
  constructor(
    private readonly sessions: Sessions,
    private readonly provider: IdentityClient,
    private readonly seal: CookieSeal,
    private readonly ended: EndedSessions,
    private readonly logger: Logger,
    /** Seconds since 1970, by the machine. */
    private readonly now: () => number,
  ) {}

  /** Where to send the browser. Errors: `invalid-input` for a foreign `returnTo`, `unavailable`. */
  async begin(request: Request, reply: Reply): Promise<string> {
    const { cookies, rules } = this.sessions;
    const returnTo = checkReturnTo((request.query as Record<string, unknown>)['returnTo'], rules.origin);
    const elsewhere = otherNameOfThisMachine(request, rules.origin);
    if (elsewhere) return `${rules.origin}/auth/login?${new URLSearchParams({ returnTo }).toString()}`;
    const { location, attempt } = await this.provider.begin(returnTo);
    const remembered: Remembered = { ...attempt, until: this.now() + patience };
    addCookie(reply, cookies.set(cookies.signIn, await this.seal.seal('sign-in', remembered), patience));
    return location;
  }

  /**
   * The provider sent the browser back: begins the session, in this browser only if the sign-in was begun
   * here. Where to go then. Errors: `sign-in-failed`, `level-too-low`, `unavailable`.
   */
  async finish(request: Request, reply: Reply): Promise<string> {
    const { cookies } = this.sessions;
    const attempt = await this.attemptOf(request);
    // Whatever comes of it: an attempt is good for one answer.
    addCookie(reply, cookies.clear(cookies.signIn));
    try {
      if (!attempt) throw new DomainError('sign-in-failed');
      const who = await this.provider.finish(queryOf(request), attempt);
      await this.sessions.begin(who, request, reply);
      this.logger.info({ subject: who.subject, level: who.level }, 'signed in');
      return attempt.returnTo;
    } catch (error) {
      if (error instanceof DomainError) this.logger.warn(reasonOf(error), 'sign-in refused');
      throw error;
    }
  }

  /** Errors: `session-ended` (401). */
  async view(request: Request, reply: Reply): Promise<SessionView> {
    const session = await this.sessions.of(request, reply);
    if (!session) throw new DomainError('session-ended');
    // The cookie may just have been issued anew; that moves the idle limit by a minute at the most.
    return viewOf(session, this.sessions.rules);
  }

  /**
   * Ends the session here and says where the provider ends its own. Somebody without a session, who has
   * been signed out already, is led there as well. Errors: `csrf-refused`, `unavailable`.
   */
  async end(request: Request, reply: Reply, formToken: string | undefined): Promise<string> {
    const session = await this.sessions.of(request, reply).catch((error: unknown) => {
      if (error instanceof DomainError && error.code === 'session-ended') return undefined;
      throw error;
    });
    if (session) {
      refuseForgery(request, session, this.sessions.rules.origin, formToken);
      await this.sessions.end(session, reply);
      this.logger.info({ subject: session.subject }, 'signed out');
    }
    const away = await this.provider.logoutAddress(session?.idToken).catch(() => undefined);
    return away ?? afterLogout;
  }

  /** Carries out the provider's order to end sessions. What is wrong with it, or undefined. Errors: `unavailable`. */
  async endFromProvider(tokens: readonly string[]): Promise<string | undefined> {
    const [token, ...others] = tokens;
    if (token === undefined || others.length > 0) return 'one logout_token is expected';
    const order = await this.provider.verifyLogout(token).catch((error: unknown) => {
      // Without its keys nobody knows: the provider is to try again, or the session would live on.
      if (!(error instanceof LogoutTokenRefused)) throw unavailable(error);
      this.logger.warn({ reason: error.message }, 'logout token refused');
    });
    if (!order) return 'the logout_token is not valid';
    if (this.ended.isDone(order.id)) return 'the logout_token was used before';
    try {
      // A token with both names one session of one subject (2.4): no more than that is to end.
      if (order.sid !== undefined) await this.ended.endOfProvider(order.sid);
      else if (order.sub !== undefined) await this.ended.endAllOf(order.sub);
      // Last: an order that could not be carried out may come again.
      await this.ended.done(order.id);
    } catch (cause) {
      throw unavailable(cause);
    }
    this.logger.info('sessions ended by the identity provider');
    return undefined;
  }

  private async attemptOf(request: Request): Promise<Attempt | undefined> {
    const cookie = readCookie(request.headers.cookie, this.sessions.cookies.signIn);
    if (cookie === undefined) return undefined;
    const attempt = (await this.seal.open('sign-in', cookie)) as Remembered | undefined;
    return attempt && this.now() < attempt.until ? attempt : undefined;
  }
}

function unavailable(cause: unknown): DomainError {
  return Object.assign(new DomainError('unavailable', { params: { seconds: 2 } }), { cause });
}

function queryOf({ url }: Request): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}

function viewOf(session: Session, limits: Sessions['rules']): SessionView {
  const { subject, name, organisation, level, csrf } = session;
  return {
    subject,
    ...(name !== undefined && { name }),
    ...(organisation !== undefined && { organisation }),
    ...(level !== undefined && { level }),
    csrfToken: csrf,
    idleExpiresAt: isoTime(idleExpiry(session, limits)),
    absoluteExpiresAt: isoTime(absoluteExpiry(session, limits)),
  };
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** Hosts by which a browser on this machine may call us; a cookie set under one is not sent to the other. */
const loopbacks = new Set(['localhost', '127.0.0.1', '[::1]']);

function otherNameOfThisMachine(request: Request, origin: string): boolean {
  const ours = new URL(origin);
  const asked = URL.parse(`${ours.protocol}//${request.headers.host ?? ''}`);
  if (!asked || asked.host === ours.host || asked.port !== ours.port) return false;
  return loopbacks.has(asked.hostname) && loopbacks.has(ours.hostname);
}

/** Codes only: what a provider says in words may hold anything. */
function reasonOf(error: DomainError): Record<string, unknown> {
  const cause = error.cause as { code?: unknown; error?: unknown } | undefined;
  return { problem: error.code, reason: cause?.code, error: cause?.error };
}
