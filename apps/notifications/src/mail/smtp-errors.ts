import { type Attempt } from './mail.ts';

/** What is known of a failed attempt. */
export interface SmtpFailure {
  /** The mail server's answer, such as 451; undefined when there was none. */
  readonly responseCode?: number | undefined;
  /** Our side's code, such as ECONNREFUSED. */
  readonly code?: string | undefined;
  /** The message's text had begun to leave. */
  readonly handedOver: boolean;
}

/** Our side's codes for what concerns this one mail; all others concern the connection. */
const aboutTheMail = new Set(['EENVELOPE', 'EMESSAGE']);

/** Answers that say we must log in or did so wrongly: about us, although they come when a mail is offered. */
const aboutOurLogin = new Set([530, 534, 535, 538]);

/**
 * Sorts a failure. An answer decides (RFC 5321 4.2.1: 4yz later, 5yz never), except that a refusal of us
 * rather than of the mail (greeting, login) waits until somebody mends the settings. Without an answer it
 * matters whether the text had begun to leave.
 */
export function sortSmtpFailure(failure: SmtpFailure): Attempt {
  const { responseCode, code = '', handedOver } = failure;
  if (responseCode !== undefined) {
    const final = responseCode >= 500 && aboutTheMail.has(code) && !aboutOurLogin.has(responseCode);
    return { outcome: final ? 'refused' : 'deferred', code: String(responseCode) };
  }
  if (handedOver) return { outcome: 'unanswered', code: 'connection' };
  // Refused by our own side before anything was said, such as an address that is none.
  return aboutTheMail.has(code)
    ? { outcome: 'refused', code: 'message' }
    : { outcome: 'deferred', code: 'connection' };
}

/** Answers by which a server asks for less: too many connections or mails at a time. */
const slowDownCodes = new Set(['421', '450', '451', '452', 'connection']);

const longestPause = 60_000;

/** How fast to go: pauses all sending when the server asks for it or cannot be reached. */
export interface Pace {
  /** Such answers in a row. */
  readonly troubles: number;
  /** Machine time until which nothing is sent. */
  readonly pausedUntil: number;
}

export const fullPace: Pace = { troubles: 0, pausedUntil: 0 };

/**
 * The pace after an attempt. 421 and a lost connection concern everybody and slow down at once; 450–452 may
 * be about one mailbox (greylisting), so only several of them in a row do. Any mail taken ends the pause.
 */
export function paceAfter(pace: Pace, attempt: Attempt, machineNow: number): Pace {
  if (attempt.outcome === 'accepted') return fullPace;
  if (attempt.outcome !== 'deferred' || !slowDownCodes.has(attempt.code)) return pace;
  const troubles = pace.troubles + 1;
  const concernsAll = attempt.code === '421' || attempt.code === 'connection';
  if (!concernsAll && troubles < 4) return { ...pace, troubles };
  const pause = Math.min(longestPause, 500 * 2 ** (concernsAll ? troubles - 1 : troubles - 4));
  return { troubles, pausedUntil: machineNow + pause };
}
