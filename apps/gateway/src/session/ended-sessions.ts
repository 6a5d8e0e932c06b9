import { createHash } from 'node:crypto';
import { type SharedMarks } from '#libs/messaging';
import { type Session } from './session.ts';

type Marks = Pick<SharedMarks, 'get' | 'set'>;

/**
 * Sessions that ended before their time. A cookie cannot be called back, and there may be copies of it: so
 * every gateway remembers which sessions it must take no more, for as long as they could have lasted.
 */
export class EndedSessions {
  constructor(
    private readonly marks: Marks,
    /** Seconds since 1970. */
    private readonly now: () => number,
  ) {}

  has(session: Session): boolean {
    const { sid, providerSid, createdAt } = session;
    if (this.marks.get(keyOf('sid', sid)) !== undefined) return true;
    const ends = [
      this.marks.get(keyOf('sub', providerSubjectOf(session))),
      providerSid === undefined ? undefined : this.marks.get(keyOf('psid', providerSid)),
    ];
    // The second itself counts: better one sign-in too many than one session too long.
    return ends.some((endedAt) => endedAt !== undefined && createdAt <= Number(endedAt));
  }

  /** Ends one session. Rejects when the other gateways cannot be told. */
  end(session: Session): Promise<void> {
    return this.marks.set(keyOf('sid', session.sid), this.stamp());
  }

  /** Ends what the provider calls a session, and with it every session of ours that came out of it. */
  endOfProvider(providerSid: string): Promise<void> {
    return this.marks.set(keyOf('psid', providerSid), this.stamp());
  }

  /** Ends all sessions that somebody, named by the provider's `sub`, has now. */
  endAllOf(providerSubject: string): Promise<void> {
    return this.marks.set(keyOf('sub', providerSubject), this.stamp());
  }

  /** Whether an order of the provider was carried out before, here or by another gateway. */
  isDone(orderId: string): boolean {
    return this.marks.get(keyOf('jti', orderId)) !== undefined;
  }

  done(orderId: string): Promise<void> {
    return this.marks.set(keyOf('jti', orderId), this.stamp());
  }

  private stamp(): string {
    return String(this.now());
  }
}

function providerSubjectOf({ providerSubject, subject }: Session): string {
  return providerSubject ?? subject;
}

/** Subjects may be personal and may hold any character: only their hash goes into the store. */
function keyOf(kind: 'sid' | 'psid' | 'sub' | 'jti', value: string): string {
  return `${kind}.${createHash('sha256').update(value).digest('base64url')}`;
}
