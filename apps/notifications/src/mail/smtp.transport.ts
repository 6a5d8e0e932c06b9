import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { failPoint } from '#libs/platform';
import { CONFIG, type NotificationsConfig } from '../config.ts';
import { type Attempt } from './mail.ts';
import { sortSmtpFailure } from './smtp-errors.ts';

export interface Message {
  readonly id: string;
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** As many mails as are sent at the same time. */
export const connections = 8;

/** Bound on one attempt in milliseconds; a server that trickles its answers must not hold a mail for ever. */
const attemptBound = 30_000;

/** The moment in which the server says that the text may come. */
interface HandOver {
  /** Asked before the first byte leaves; false stops it. */
  readonly ask: () => Promise<boolean>;
  begun: boolean;
  stopped: boolean;
}

/** Speaks to the mail server, over a few connections that are kept. */
@Injectable()
export class SmtpTransport {
  private readonly transport;
  private readonly underWay = new Map<string, HandOver>();

  constructor(@Inject(CONFIG) private readonly config: NotificationsConfig) {
    this.transport = createTransport({
      url: config.SMTP_URL,
      pool: true,
      maxConnections: connections,
      maxMessages: 200,
      // Left to itself the pool sends a mail again, up to five times, when the connection closes under it,
      // also after the text had gone. Whether to send again is the ledger's decision.
      maxRequeues: 0,
      idleTimeout: 30_000,
      connectionTimeout: 5000,
      greetingTimeout: 5000,
      socketTimeout: 20_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    // Nobody reads the text before the server has said that it may come.
    this.transport.use('stream', (mail, done) => {
      const { message } = mail;
      const handOver = this.underWay.get(message.messageId());
      // Never a text that the ledger is not asked about.
      if (!handOver) return done(new Error('nobody asks to send this mail'));
      const original = message.createReadStream.bind(message);
      message.createReadStream = (options) =>
        Readable.from(textAfter(handOver, original(options)), { objectMode: false });
      done();
    });
  }

  /**
   * One attempt. Never throws: how it ended is the answer. `onHandOver` is asked when the server is ready
   * for the text; where it answers false, or fails, the text does not leave.
   */
  async send(message: Message, onHandOver: () => Promise<boolean>): Promise<Attempt> {
    const handOver: HandOver = { ask: onHandOver, begun: false, stopped: false };
    this.underWay.set(message.messageId, handOver);
    failPoint('mail.before-send');
    try {
      await this.transport.sendMail({
        from: this.config.MAIL_FROM,
        to: { name: '', address: message.to },
        subject: message.subject,
        text: message.text,
        messageId: message.messageId,
        headers: {
          // RFC 3834: no holiday replies to this.
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'All',
          'X-Insats-Notification': message.id,
        },
        signal: AbortSignal.timeout(attemptBound),
      });
    } catch (error) {
      const { responseCode, code } = error as { responseCode?: number; code?: string };
      if (handOver.stopped) return { outcome: 'deferred', code: 'ledger' };
      return sortSmtpFailure({ responseCode, code, handedOver: handOver.begun });
    } finally {
      this.underWay.delete(message.messageId);
    }
    failPoint('mail.after-send');
    return { outcome: 'accepted' };
  }

  /** Says goodbye on idle connections; what is being sent finishes. */
  close(): void {
    this.transport.close();
  }
}

/** The text, once the ledger knows that it leaves. An error here cuts the connection, so the server drops the mail. */
async function* textAfter(handOver: HandOver, text: AsyncIterable<unknown>): AsyncGenerator {
  try {
    handOver.begun = await handOver.ask();
  } finally {
    handOver.stopped = !handOver.begun;
  }
  if (handOver.stopped) throw new Error('the claim on this mail is lost');
  yield* text;
}
