import { type SharedMarks } from '#libs/messaging';
import { markKey } from './mark-key.ts';
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
    if (this.marks.get(markKey('sid', sid)) !== undefined) return true;
    const ends = [
      this.marks.get(markKey('sub', providerSubjectOf(session))),
      providerSid === undefined ? undefined : this.marks.get(markKey('psid', providerSid)),
    ];
    // The second itself counts: better one sign-in too many than one session too long.
    return ends.some((endedAt) => endedAt !== undefined && createdAt <= Number(endedAt));
  }

  /** Ends one session. Rejects when the other gateways cannot be told. */
  end(session: Session): Promise<void> {
    return this.marks.set(markKey('sid', session.sid), this.stamp());
  }

  /** Ends what the provider calls a session, and with it every session of ours that came out of it. */
  endOfProvider(providerSid: string): Promise<void> {
    return this.marks.set(markKey('psid', providerSid), this.stamp());
  }

  /** Ends all sessions that somebody, named by the provider's `sub`, has now. */
  endAllOf(providerSubject: string): Promise<void> {
    return this.marks.set(markKey('sub', providerSubject), this.stamp());
  }

  /** Whether an order of the provider was carried out before, here or by another gateway. */
  isDone(orderId: string): boolean {
    return this.marks.get(markKey('jti', orderId)) !== undefined;
  }

  done(orderId: string): Promise<void> {
    return this.marks.set(markKey('jti', orderId), this.stamp());
  }

  private stamp(): string {
    return String(this.now());
  }
}

function providerSubjectOf({ providerSubject, subject }: Session): string {
  return providerSubject ?? subject;
}
