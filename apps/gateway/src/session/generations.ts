import { renewAfter, type Session } from './session.ts';

/**
 * How long a cookie is good after its successor was first shown, in seconds: for requests under way when the
 * answer with the successor arrived. Longer than any answer takes; shorter than {@link renewAfter}, so
 * that besides what nobody has shown yet, two cookies of one session are good at a time, never three.
 */
export const grace = 45;

/**
 * Which cookies of one session are about, as all gateways know it. Each carries a number of its own, and a later
 * one a higher number. Times in seconds since 1970.
 */
export interface Generations {
  /** Highest number that was ever issued. */
  readonly issued: number;
  readonly issuedAt: number;
  /** Highest number that a browser has shown: until then, an issued cookie may have been lost on its way. */
  readonly shown: number;
  readonly shownAt: number;
  /** What was the highest shown before that. */
  readonly before: number;
}

/**
 * What a cookie is: the newest that is known to have arrived (or newer than that), its predecessor for a while,
 * or an old one, which the browser that got the newest no longer has: somebody else shows a copy of it, or
 * somebody else has renewed a copy and this is the browser (RFC 9700, 4.14.2: reuse tells of theft).
 */
export type Standing = 'newest' | 'superseded' | 'reused';

/** `known` undefined: the session's cookie has never been renewed. */
export function standingOf(generation: number, known: Generations | undefined, now: number): Standing {
  if (!known || generation >= known.shown) return 'newest';
  return generation >= known.before && now < known.shownAt + grace ? 'superseded' : 'reused';
}

/** What showing a cookie changes. */
export interface Step {
  readonly generations: Generations;
  /** Whether the cookie is to be issued anew, with the number `generations.issued`. */
  readonly renews: boolean;
}

/**
 * When the session was last seen to be used: when this cookie was issued, or a later one, which may have been lost on
 * its way.
 */
export function seenAt(session: Pick<Session, 'seenAt'>, known: Generations | undefined): number {
  return Math.max(session.seenAt, known?.issuedAt ?? 0);
}

/**
 * What is to be told to all gateways when the newest cookie is shown; undefined: nothing, as nearly always. It
 * is renewed when it is a minute old, and again when its successor is a minute old and nobody has shown it: the
 * answer that brought it was lost, and the browser goes on with what it has.
 */
export function stepOf(
  session: Pick<Session, 'generation' | 'seenAt'>,
  known: Generations | undefined,
  now: number,
): Step | undefined {
  const { generation } = session;
  const isArrival = known !== undefined && generation > known.shown;
  const renews = now - seenAt(session, known) >= renewAfter;
  if (!isArrival && !renews) return undefined;
  const shown = isArrival || !known ? arrived(generation, known, now) : known;
  const last = Math.max(generation, known?.issued ?? 0);
  const issued = renews ? { issued: last + 1, issuedAt: now } : { issued: last, issuedAt: shown.issuedAt };
  return { generations: { ...shown, ...issued }, renews };
}

function arrived(generation: number, known: Generations | undefined, now: number): Generations {
  return {
    issued: generation,
    issuedAt: now,
    ...known,
    shown: generation,
    shownAt: now,
    before: known?.shown ?? generation,
  };
}
