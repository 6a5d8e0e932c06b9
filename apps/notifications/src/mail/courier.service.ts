import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Clock, type Logger } from '#libs/platform';
import { LOGGER } from '#libs/service';
import { type Letter } from '../letter/letter.ts';
import { isAway, LetterWriter } from './letter-writer.service.ts';
import { interruptedAttempt, settle, type Attempt, type Mail } from './mail.ts';
import { claimFor, MailRepository } from './mail.repository.ts';
import { fullPace, paceAfter } from './smtp-errors.ts';
import { connections, SmtpTransport } from './smtp.transport.ts';

const awakeAtOnce = 500;

/** A part that is needed to write the mail is away: wait this long, in milliseconds, and look again. */
const awayPause = 2000;

/** How long to insist on recording what became of a mail before its claim is left to run out. */
const recordingBound = 60_000;

/**
 * Sends mails of the ledger, a few at a time. A mail is written, then claimed, then, when the server is
 * ready for the text, noted as handed over, then its fate recorded. Who dies in between leaves a claim
 * that runs out: {@link wake} sends the mail again, and shows it as of unknown fate if it may have left.
 */
@Injectable()
export class Courier implements OnModuleDestroy {
  private readonly waiting = new Map<string, Letter | undefined>();
  private readonly handling = new Set<string>();
  private readonly inHand = new Map<string, Mail>();
  private readonly workers = new Set<Promise<void>>();
  private pace = fullPace;
  private closing = false;
  private renewing: NodeJS.Timeout | undefined;

  constructor(
    private readonly mails: MailRepository,
    private readonly writer: LetterWriter,
    private readonly transport: SmtpTransport,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Takes mails of the ledger to be sent at once; `letter` where it has just been written. */
  take(ids: readonly string[], letter?: Letter): void {
    for (const id of ids) if (!this.handling.has(id) && !this.waiting.has(id)) this.waiting.set(id, letter);
    this.startWorkers();
  }

  /** Takes up what waits in the ledger and is due, from whichever process. Returns how many; 0 during a pause. */
  async wake(): Promise<number> {
    const busy = [...this.handling, ...this.waiting.keys()];
    const mails = await this.mails.awake(awakeAtOnce, busy);
    const interrupted = mails.filter((mail) => mail.state === 'sending');
    await Promise.all(interrupted.map((mail) => this.record(mail, interruptedAttempt(mail))));
    const paused = Date.now() < this.pace.pausedUntil;
    const due = paused ? [] : mails.filter((mail) => mail.state !== 'sending').map((mail) => mail._id);
    this.take(due);
    return interrupted.length + due.length;
  }

  /** Resolves when nothing is left to do in this process. */
  async idle(): Promise<void> {
    while (this.workers.size > 0) await Promise.all(this.workers);
  }

  /** Lets what is being handed over finish; what only waits stays in the ledger. */
  async onModuleDestroy(): Promise<void> {
    this.closing = true;
    this.waiting.clear();
    await Promise.race([this.idle(), delay(5000, undefined, { ref: false })]);
    clearInterval(this.renewing);
    this.transport.close();
  }

  private startWorkers(): void {
    while (
      !this.closing &&
      this.workers.size < Math.min(connections, this.waiting.size + this.handling.size)
    ) {
      const worker = this.work().finally(() => this.workers.delete(worker));
      this.workers.add(worker);
    }
  }

  private async work(): Promise<void> {
    for (let next = this.next(); next; next = this.next()) {
      const [id, letter] = next;
      try {
        await this.handle(id, letter);
      } catch (error) {
        this.log.warn({ err: error, mail: id }, 'mail waits');
      } finally {
        this.handling.delete(id);
      }
    }
  }

  private next(): [string, Letter | undefined] | undefined {
    const first = this.waiting.entries().next();
    if (first.done || this.closing) return undefined;
    this.waiting.delete(first.value[0]);
    this.handling.add(first.value[0]);
    return first.value;
  }

  private async handle(id: string, fresh: Letter | undefined): Promise<void> {
    const pause = this.pace.pausedUntil - Date.now();
    if (pause > 0) return this.mails.postpone(id, pause);
    const letter = fresh ?? (await this.write(id));
    if (!letter) return;
    const mail = await this.mails.claim(id);
    if (!mail) return;
    this.hold(mail);
    try {
      const message = {
        id,
        messageId: mail.messageId,
        to: mail.recipient,
        ...letter,
      };
      const attempt = await this.transport.send(message, () => this.mails.noteHandOver(mail));
      this.pace = paceAfter(this.pace, attempt, Date.now());
      await this.record(mail, attempt);
      const { attempts, kind } = mail;
      this.log.info({ mail: id, kind, attempts, ...attempt }, 'mail');
    } finally {
      this.inHand.delete(id);
    }
  }

  /** The letter of a row that is still to be sent; undefined when it is not, or not now. */
  private async write(id: string): Promise<Letter | undefined> {
    const mail = await this.mails.find(id);
    if (!mail || (mail.state !== 'planned' && mail.state !== 'unknown')) return undefined;
    try {
      const written = await this.writer.write(mail);
      if (!('skip' in written)) return written;
      await this.mails.skip(mail, written.skip);
    } catch (error) {
      this.log.warn({ err: error, mail: id }, 'mail cannot be written now');
      await this.mails.postpone(id, isAway(error) ? awayPause : awayPause * 30);
    }
    return undefined;
  }

  /** The fate of a mail is recorded even if the database comes back only after a while. */
  private async record(mail: Mail, attempt: Attempt): Promise<void> {
    const settlement = settle(mail, attempt, { product: this.clock.now(), machine: Date.now() });
    for (const bound = Date.now() + recordingBound; ;) {
      try {
        return await this.mails.settle(mail, settlement);
      } catch (error) {
        if (this.closing || Date.now() > bound) throw error;
        await delay(300);
      }
    }
  }

  private hold(mail: Mail): void {
    this.inHand.set(mail._id, mail);
    this.renewing ??= setInterval(() => {
      const held = [...this.inHand.values()];
      if (held.length > 0) this.mails.renew(held).catch(() => undefined);
    }, claimFor / 3);
    this.renewing.unref();
  }
}
