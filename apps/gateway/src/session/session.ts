import { randomBytes } from 'node:crypto';

/** A person's session, all of which lies encrypted in the cookie. Times in seconds since 1970, by the machine. */
export interface Session {
  /** Random, new at every sign-in; the same in all cookies of one session. */
  readonly sid: string;
  /** Number of this cookie within the session, a higher one in each that takes the place of another. */
  readonly generation: number;
  /** Whom the directory is asked for. */
  readonly subject: string;
  /** The provider's `sub`, where it is not the subject. */
  readonly providerSubject?: string;
  /** The provider's `sid`, which it names when it ends the session from its side. */
  readonly providerSid?: string;
  readonly name?: string;
  /** The person's organisation at the provider, such as a HSA-id; the directory decides about roles. */
  readonly organisation?: string;
  /** The provider's `acr`: how surely it knows the person. */
  readonly level?: string;
  /** When the person was asked for proof, which may be long before the session with single sign-on. */
  readonly authenticatedAt?: number;
  readonly createdAt: number;
  /** When the cookie was last issued. */
  readonly seenAt: number;
  readonly csrf: string;
  /** What the provider wants to be shown at logout. Left out where the cookie would become too large. */
  readonly idToken?: string;
}

/** What the provider says of whoever signs in. */
export type SignedIn = Omit<Session, 'sid' | 'generation' | 'createdAt' | 'seenAt' | 'csrf'>;

/** In seconds. */
export interface SessionLimits {
  readonly idle: number;
  readonly absolute: number;
}

/** A cookie is issued anew when it is this old, in seconds: the idle limit is meant to be minutes. */
export const renewAfter = 60;

/** A new session with a new id and a new CSRF token, whatever the browser had before. */
export function beginSession(who: SignedIn, now: number): Session {
  return { ...who, sid: random(), generation: 0, csrf: random(), createdAt: now, seenAt: now };
}

export function isOver(session: Session, limits: SessionLimits, now: number): boolean {
  return now >= idleExpiry(session, limits) || now >= absoluteExpiry(session, limits);
}

/** Second at which the session ends if nothing is done until then. Never later than {@link absoluteExpiry}. */
export function idleExpiry(session: Session, limits: SessionLimits): number {
  return Math.min(session.seenAt + limits.idle, absoluteExpiry(session, limits));
}

/** Second at which the session ends whatever is done. */
export function absoluteExpiry(session: Session, limits: SessionLimits): number {
  return session.createdAt + limits.absolute;
}

/** 256 bits, unguessable. */
function random(): string {
  return randomBytes(32).toString('base64url');
}
