import { DomainError } from '#libs/contracts';
import { entryOf } from '../http/entry.ts';
import { type Reply, type Request } from '../http/fastify.ts';
import { cookieLimit, readCookie, type CookieJar } from './cookies.ts';
import { type CookieSeal } from './cookie-seal.ts';
import { type EndedSessions } from './ended-sessions.ts';
import { refuseForgery } from './forgery.ts';
import {
  beginSession,
  isDueForRenewal,
  isOver,
  type Session,
  type SessionLimits,
  type SignedIn,
} from './session.ts';

export interface SessionRules extends SessionLimits {
  /** Where browsers find the product: scheme, host, port. */
  readonly origin: string;
  /** Levels of which a session must have one; empty: any will do. */
  readonly requiredLevels: readonly string[];
}

/** The sessions of people, each of which lies in its browser's cookie. */
export class Sessions {
  constructor(
    readonly rules: SessionRules,
    readonly cookies: CookieJar,
    private readonly seal: CookieSeal,
    private readonly ended: EndedSessions,
    /** Seconds since 1970, by the machine: a session is no matter of the product's time. */
    private readonly now: () => number,
  ) {}

  isPresent(request: Request): boolean {
    return readCookie(request.headers.cookie, this.cookies.session) !== undefined;
  }

  /**
   * The session that a request carries, with its cookie issued anew when due. Undefined: it carries none.
   * Errors: `session-ended` (401) for one that is over, ended, altered or sealed under a retired key, whose
   * cookie is then cleared.
   */
  async of(request: Request, reply: Reply): Promise<Session | undefined> {
    const cookie = readCookie(request.headers.cookie, this.cookies.session);
    if (cookie === undefined) return undefined;
    const session = (await this.seal.open('session', cookie)) as Session | undefined;
    const now = this.now();
    if (!session || isOver(session, this.rules, now) || this.ended.has(session)) {
      this.forget(reply);
      throw new DomainError('session-ended');
    }
    if (isDueForRenewal(session, now)) await this.issue({ ...session, seenAt: now }, reply);
    return session;
  }

  /**
   * Who sent a request of the API by cookie. Errors: those of {@link of}; `session-ended` without a
   * session; `level-too-low` and `csrf-refused` (403).
   */
  async authenticate(request: Request, reply: Reply): Promise<string> {
    const session = await this.of(request, reply);
    if (!session) throw new DomainError('session-ended');
    // Noted at once: the access log tells who was refused.
    const entry = entryOf(request);
    if (entry) entry.subject = session.subject;
    this.requireLevel(session.level);
    refuseForgery(request, session, this.rules.origin);
    return session.subject;
  }

  /** Begins a session in this browser, and ends the one that it had. Errors: `level-too-low`, `unavailable`. */
  async begin(who: SignedIn, request: Request, reply: Reply): Promise<void> {
    this.requireLevel(who.level);
    const earlier = await this.openCookie(request);
    if (earlier) await this.endEverywhere(earlier);
    await this.issue(beginSession(who, this.now()), reply);
  }

  /**
   * Ends the session, also in copies of its cookie. Errors: `unavailable` when the other gateways cannot be
   * told; here it has ended, and the browser's cookie is cleared all the same.
   */
  async end(session: Session, reply: Reply): Promise<void> {
    this.forget(reply);
    await this.endEverywhere(session);
  }

  forget(reply: Reply): void {
    addCookie(reply, this.cookies.clear(this.cookies.session));
  }

  private async endEverywhere(session: Session): Promise<void> {
    try {
      await this.ended.end(session);
    } catch (cause) {
      throw Object.assign(new DomainError('unavailable', { params: { seconds: 2 } }), { cause });
    }
  }

  private async openCookie(request: Request): Promise<Session | undefined> {
    const cookie = readCookie(request.headers.cookie, this.cookies.session);
    if (cookie === undefined) return undefined;
    return (await this.seal.open('session', cookie)) as Session | undefined;
  }

  private async issue(session: Session, reply: Reply): Promise<void> {
    const { session: name } = this.cookies;
    const whole = await this.seal.seal('session', session);
    if (name.length + 1 + whole.length <= cookieLimit) {
      addCookie(reply, this.cookies.set(name, whole));
      return;
    }
    // The provider then asks the person at logout, which is better than a cookie that browsers drop.
    const { idToken: _tooLong, ...rest } = session;
    addCookie(reply, this.cookies.set(name, await this.seal.seal('session', rest)));
  }

  private requireLevel(level: string | undefined): void {
    const { requiredLevels } = this.rules;
    if (requiredLevels.length === 0 || (level !== undefined && requiredLevels.includes(level))) return;
    throw new DomainError('level-too-low', { params: { required: requiredLevels.join(', ') } });
  }
}

/** Adds to the cookies that the reply sets already; the later of two of one name would only confuse. */
export function addCookie(reply: Reply, cookie: string): void {
  const name = cookie.slice(0, cookie.indexOf('=') + 1);
  const others = [reply.getHeader('set-cookie') ?? []].flat().map(String);
  reply.removeHeader('set-cookie');
  reply.header('set-cookie', [...others.filter((other) => !other.startsWith(name)), cookie]);
}
