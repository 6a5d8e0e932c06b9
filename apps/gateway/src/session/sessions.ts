import { DomainError } from '#libs/contracts';
import { type Logger } from '#libs/platform';
import { entryOf } from '../http/entry.ts';
import { type Reply, type Request } from '../http/fastify.ts';
import { requireLevel } from '../identity/level.ts';
import { cookieLimit, readCookie, type CookieJar } from './cookies.ts';
import { type CookieSeal } from './cookie-seal.ts';
import { type EndedSessions } from './ended-sessions.ts';
import { refuseForgery } from './forgery.ts';
import { seenAt, standingOf, stepOf, type Generations } from './generations.ts';
import {
  absoluteExpiry,
  beginSession,
  isOver,
  type Session,
  type SessionLimits,
  type SignedIn,
} from './session.ts';
import { type SharedGenerations } from './shared-generations.ts';

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
    private readonly parts: {
      readonly seal: CookieSeal;
      readonly ended: EndedSessions;
      readonly generations: SharedGenerations;
      readonly logger: Logger;
      /** Seconds since 1970, by the machine: a session is no matter of the product's time. */
      readonly now: () => number;
    },
  ) {}

  isPresent(request: Request): boolean {
    return readCookie(request.headers.cookie, this.cookies.session) !== undefined;
  }

  /**
   * The session that a request carries, with its cookie issued anew when due. Undefined: it carries none.
   * Errors: `session-ended` (401) for one that is over, ended, altered or sealed under a retired key, whose
   * cookie is then cleared; and for a cookie that was replaced a while ago, which ends the session.
   */
  async of(request: Request, reply: Reply): Promise<Session | undefined> {
    if (!this.isPresent(request)) return undefined;
    const session = await this.openCookie(request);
    const { ended, generations, now: clock } = this.parts;
    const now = clock();
    if (!session || now >= absoluteExpiry(session, this.rules) || ended.has(session)) {
      throw this.refusal(reply);
    }
    const known = generations.of(session);
    const standing = standingOf(session.generation, known, now);
    if (standing === 'reused') throw await this.endStolen(session, known, request, reply);
    const active = { ...session, seenAt: seenAt(session, known) };
    if (isOver(active, this.rules, now)) throw this.refusal(reply);
    return standing === 'newest' ? this.advance(active, known, now, reply) : active;
  }

  /**
   * Who sent a request of the API by cookie. Errors: those of {@link of}; `session-ended` without a
   * session; `level-too-low` and `csrf-refused` (403).
   */
  async authenticate(request: Request, reply: Reply): Promise<Session> {
    const session = await this.of(request, reply);
    if (!session) throw new DomainError('session-ended');
    noteSubject(request, session);
    requireLevel(this.rules.requiredLevels, session.level);
    refuseForgery(request, session, this.rules.origin);
    return session;
  }

  /** Begins a session in this browser, and ends the one that it had. Errors: `level-too-low`, `unavailable`. */
  async begin(who: SignedIn, request: Request, reply: Reply): Promise<void> {
    requireLevel(this.rules.requiredLevels, who.level);
    const earlier = await this.openCookie(request);
    if (earlier) await this.endEverywhere(earlier);
    await this.issue(beginSession(who, this.parts.now()), reply);
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

  /** Clears the cookie; returns what to tell. */
  private refusal(reply: Reply): DomainError {
    this.forget(reply);
    return new DomainError('session-ended');
  }

  /**
   * Two have cookies of one session, and nobody can tell which of them is the person: it ends for both
   * (RFC 9700, 4.14.2). Returns what to tell.
   */
  private async endStolen(
    session: Session,
    known: Generations | undefined,
    request: Request,
    reply: Reply,
  ): Promise<DomainError> {
    const { ended, logger } = this.parts;
    const { subject, generation } = session;
    noteSubject(request, session);
    logger.warn({ subject, generation, newest: known?.shown }, 'old session cookie shown, session ended');
    // Here it has ended in any case, and each gateway sees for itself when the old cookie comes to it.
    await ended.end(session).catch((error: unknown) => {
      logger.warn({ err: error, subject }, 'the other gateways could not be told of an ended session');
    });
    return this.refusal(reply);
  }

  /**
   * Takes the step that showing the newest cookie leads to; the session as it is then. Nothing is issued that the
   * gateways have not been told of, since its copies could not be known for what they are: without NATS, without
   * which nothing works here, the browser keeps the cookie that it has, until the idle limit.
   */
  private async advance(
    session: Session,
    known: Generations | undefined,
    now: number,
    reply: Reply,
  ): Promise<Session> {
    const step = stepOf(session, known, now);
    if (!step) return session;
    const { generations, logger } = this.parts;
    const isTold = await generations.tell(session, step.generations).catch((error: unknown) => {
      logger.warn({ err: error }, 'a session cookie could not be renewed');
      return false;
    });
    // When another request was first, its answer brings the new cookie, and only one is to be about.
    if (!isTold || !step.renews) return session;
    const renewed = { ...session, generation: step.generations.issued, seenAt: now };
    await this.issue(renewed, reply);
    return renewed;
  }

  private async endEverywhere(session: Session): Promise<void> {
    try {
      await this.parts.ended.end(session);
    } catch (cause) {
      throw Object.assign(new DomainError('unavailable', { params: { seconds: 2 } }), { cause });
    }
  }

  private async openCookie(request: Request): Promise<Session | undefined> {
    const cookie = readCookie(request.headers.cookie, this.cookies.session);
    if (cookie === undefined) return undefined;
    const session = (await this.parts.seal.open('session', cookie)) as Session | undefined;
    // One without a number is of a version that did not count, and could never be told from a copy.
    return Number.isInteger(session?.generation) ? session : undefined;
  }

  private async issue(session: Session, reply: Reply): Promise<void> {
    const { session: name } = this.cookies;
    const whole = await this.parts.seal.seal('session', session);
    if (name.length + 1 + whole.length <= cookieLimit) {
      addCookie(reply, this.cookies.set(name, whole));
      return;
    }
    // The provider then asks the person at logout, which is better than a cookie that browsers drop.
    const { idToken: _tooLong, ...rest } = session;
    addCookie(reply, this.cookies.set(name, await this.parts.seal.seal('session', rest)));
  }
}

/** Noted at once: the access log tells who was refused. */
function noteSubject(request: Request, { subject }: Session): void {
  const entry = entryOf(request);
  if (entry) entry.subject = subject;
}

/** Adds to the cookies that the reply sets already; the later of two of one name would only confuse. */
export function addCookie(reply: Reply, cookie: string): void {
  const name = cookie.slice(0, cookie.indexOf('=') + 1);
  const others = [reply.getHeader('set-cookie') ?? []].flat().map(String);
  reply.removeHeader('set-cookie');
  reply.header('set-cookie', [...others.filter((other) => !other.startsWith(name)), cookie]);
}
