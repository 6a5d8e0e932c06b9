import { type NotificationView, type RccCode, type RegionCode } from '#libs/contracts';

/** `sending`: somebody holds it and may be speaking to the mail server right now. */
export type MailState = NotificationView['state'] | 'sending';

/** One mail to one address: a row of the delivery ledger. Holds no text; that is asked for when it is sent. */
export interface Mail {
  /** Follows from what the mail is about and to whom, so that no redelivery makes a second one. */
  readonly _id: string;
  readonly kind: NotificationView['kind'];
  readonly state: MailState;
  readonly subject: NotificationView['subject'];
  /** An address; where nobody could be found, the role and unit that were looked for. */
  readonly recipient: string;
  /** The same at every attempt, so that a mail server or reader can see that two are one. */
  readonly messageId: string;
  readonly attempts: number;
  /** Product time. */
  readonly createdAt: Date;
  readonly sentAt?: Date;
  readonly reason?: string;
  readonly rcc: RccCode;
  readonly region?: RegionCode;
  /** Whose it is within the region: a clinic's digest, or that it concerns the whole region. */
  readonly unitDigest?: string;
  readonly eventId?: string;
  readonly deadlineId?: string;
  readonly deadlineVersion?: number;
  readonly step?: string;
  /** Reminds of a draft, which only its region may know of. */
  readonly draft?: true;
  /** An attempt ended without an answer: it may have arrived. One more attempt is made, not two. */
  readonly doubtful?: boolean;
  /** Who is sending it. */
  readonly claim?: string;
  /** Noted before the first byte of the text leaves: from here on the claim's holder may have sent it. */
  readonly handedOver?: boolean;
  /** Run of the thinning that took the address away. */
  readonly thinnedBy?: string;
  /** Machine time when it is to be looked at: the next attempt, or the end of the claim. None: it is settled. */
  readonly wakeAt?: Date;
}

/** How an attempt ended. */
export type Attempt =
  | { readonly outcome: 'accepted' }
  /** Certainly not taken, and trying again will not help. */
  | { readonly outcome: 'refused'; readonly code: string }
  /** Certainly not taken this time. */
  | { readonly outcome: 'deferred'; readonly code: string }
  /** Handed over, but the answer never came. */
  | { readonly outcome: 'unanswered'; readonly code: string };

const interrupted = 'interrupted';

/** How the attempt of a process ended that is gone: only what it had begun to hand over may have arrived. */
export function interruptedAttempt(mail: Pick<Mail, 'handedOver'>): Attempt {
  return { outcome: mail.handedOver ? 'unanswered' : 'deferred', code: interrupted };
}

/** What the ledger is to say after an attempt. `reason` and `wakeAt` that are missing are removed. */
export interface Settlement {
  readonly state: MailState;
  readonly reason?: string;
  readonly doubtful?: true;
  readonly sentAt?: Date;
  readonly wakeAt?: Date;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Wait after attempt n, in milliseconds of machine time; after the last one (about a day) the mail is given up. */
const backOff = [
  second,
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  8 * hour,
  8 * hour,
] as const;

/** Longest wait of a mail whose process died before handing it over: it has waited for its claim to run out already. */
const longestAfterDeath = second;

/** Pause before a mail of unknown fate is sent once more. */
const doubtPause = 2 * second;

/**
 * Sorts the end of an attempt. A mail that may have arrived is never called failed, and gets exactly one
 * more attempt that reaches the point of handing over.
 */
export function settle(
  mail: Pick<Mail, 'attempts' | 'doubtful'>,
  attempt: Attempt,
  now: { product: Date; machine: number },
): Settlement {
  const doubtful = mail.doubtful === true;
  switch (attempt.outcome) {
    case 'accepted':
      return { state: 'sent', sentAt: now.product };
    case 'refused':
      return { state: doubtful ? 'unknown' : 'failed', reason: `rejected-${attempt.code}` };
    case 'deferred': {
      const step = backOff[mail.attempts - 1];
      if (step === undefined)
        return { state: doubtful ? 'unknown' : 'failed', reason: `gave-up-${attempt.code}` };
      // The death of its process says nothing of the mail, which may only have waited there.
      const wait = attempt.code === interrupted ? Math.min(step, longestAfterDeath) : step;
      return {
        state: doubtful ? 'unknown' : 'planned',
        reason: `deferred-${attempt.code}`,
        wakeAt: new Date(now.machine + wait),
      };
    }
    case 'unanswered':
      return doubtful
        ? { state: 'unknown', reason: `unanswered-twice-${attempt.code}` }
        : {
            state: 'unknown',
            doubtful: true,
            reason: `unanswered-${attempt.code}`,
            wakeAt: new Date(now.machine + doubtPause),
          };
  }
}
