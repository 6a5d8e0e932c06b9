import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Clock, failPoint, type Logger } from '#libs/platform';
import { LOGGER } from '#libs/service';
import { type Letter } from '../letter/letter.ts';
import { isAway, LetterWriter } from './letter-writer.service.ts';
import { interruptedAttempt, settle, type Attempt, type Mail, type Settlement } from './mail.ts';
import { claimFor, MailRepository, type NewMail } from './mail.repository.ts';
import { fullPace, paceAfter } from './smtp-errors.ts';
import { connections, SmtpTransport } from './smtp.transport.ts';

const awakeAtOnce = 500;

/** As many mails may wait in this process under a claim; more wait in the ledger, for any process. */
const roomFor = 1000;

/** A part that is needed to write the mail is away: wait this long, in milliseconds, and look again. */
const awayPause = 2000;

/** How long to insist on recording what became of a mail before its claim is left to run out. */
const recordingBound = 60_000;

/** Attempts of each mail at which the fail point for the first ones strikes. */
const deadlyAttempts = 2;

/** What is known of a mail that waits here to be sent. */
interface Errand {
  /** Where it has just been written. */
  readonly letter?: Letter;
  /** The row, where it is claimed already. */
  readonly mail?: Mail;
}

/**
 * Sends mails of the ledger, a few at a time. A mail is written, then claimed (a new one is entered as
 * claimed), then, when the server is ready for the text, noted as handed over, then its fate recorded. Who
 * dies in between leaves a claim that runs out: {@link wake} sends the mail again, and shows it as of unknown
 * fate if it may have left.
 */
@Injectable()
export class Courier implements OnModuleDestroy {
  private readonly waiting = new Map<string, Errand>();
  private readonly handling = new Set<string>();
  /** Claimed mails, and until when (machine time) their claims hold. */
  private readonly inHand = new Map<string, { readonly mail: Mail; until: number }>();
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

  /** Enters new mails that say this in the ledger, and takes them to be sent at once. */
  async send(rows: readonly NewMail[], letter: Letter): Promise<void> {
    const hasRoom = !this.closing && this.waiting.size < roomFor && Date.now() >= this.pace.pausedUntil;
    const mails = hasRoom ? await this.mails.addClaimed(rows) : await this.mails.add(rows);
    if (this.closing) return this.mails.release(mails ?? [], 0);
    for (const mail of mails ?? []) {
      this.hold(mail);
      this.waiting.set(mail._id, { letter, mail });
    }
    this.take(
      rows.map(({ _id }) => _id),
      letter,
    );
  }

  /** Takes mails of the ledger to be sent at once; `letter` where it has just been written. */
  take(ids: readonly string[], letter?: Letter): void {
    for (const id of ids) {
      if (!this.handling.has(id) && !this.waiting.has(id)) this.waiting.set(id, letter ? { letter } : {});
    }
    this.startWorkers();
  }

  /** Takes up what waits in the ledger and is due, from whichever process. Returns how many; 0 during a pause. */
  async wake(): Promise<number> {
    const busy = [...this.handling, ...this.waiting.keys()];
    const mails = await this.mails.awake(awakeAtOnce, busy);
    const interrupted = mails.filter((mail) => mail.state === 'sending');
    await Promise.all(
      interrupted.map((mail) =>
        this.record(mail, interruptedAttempt(mail), (settlement) =>
          this.mails.settleLapsed(mail, settlement),
        ),
      ),
    );
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
    const claimed = [...this.waiting.values()].flatMap(({ mail }) => mail ?? []);
    this.waiting.clear();
    await this.mails.release(claimed, 0).catch((error: unknown) => {
      this.log.warn({ err: error, mails: claimed.length }, 'mails wait until their claims run out');
    });
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
      const [id, errand] = next;
      try {
        await this.handle(id, errand);
      } catch (error) {
        this.log.warn({ err: error, mail: id }, 'mail waits');
      } finally {
        this.inHand.delete(id);
        this.handling.delete(id);
      }
    }
  }

  private next(): [string, Errand] | undefined {
    const first = this.waiting.entries().next();
    if (first.done || this.closing) return undefined;
    this.waiting.delete(first.value[0]);
    this.handling.add(first.value[0]);
    return first.value;
  }

  private async handle(id: string, errand: Errand): Promise<void> {
    const pause = this.pace.pausedUntil - Date.now();
    if (pause > 0) return this.putBack([[id, errand], ...this.waiting], pause);
    const letter = errand.letter ?? (await this.write(id));
    if (!letter) return;
    const mail = errand.mail ?? (await this.mails.claim(id));
    if (!mail) return;
    this.hold(mail);
    const { attempts, kind, messageId, recipient } = mail;
    // Bound to the row, which outlives the process: it dies for certain, and in the end lives on.
    if (attempts <= deadlyAttempts) failPoint('mail.first-attempts');
    const attempt = await this.transport.send({ id, messageId, to: recipient, ...letter }, () =>
      this.mails.noteHandOver(mail),
    );
    this.pace = paceAfter(this.pace, attempt, Date.now());
    await this.record(mail, attempt, (settlement) => this.mails.settle(mail, settlement));
    // The ledger tells of every mail; a line for each that went well would only cost.
    const level = attempt.outcome === 'accepted' ? 'debug' : 'info';
    this.log[level]({ mail: id, kind, attempts, ...attempt }, 'mail');
  }

  /** Leaves mails to the ledger for a while. `wait` in milliseconds. */
  private async putBack(errands: readonly (readonly [string, Errand])[], wait: number): Promise<void> {
    const ids = errands.map(([id]) => id);
    const claimed = errands.flatMap(([, { mail }]) => mail ?? []);
    for (const id of ids) this.waiting.delete(id);
    try {
      await this.mails.release(claimed, wait);
      await this.mails.postpone(ids, wait);
    } finally {
      for (const { _id } of claimed) this.inHand.delete(_id);
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
      await this.mails.postpone([id], isAway(error) ? awayPause : awayPause * 30);
    }
    return undefined;
  }

  /** The fate of a mail is recorded even if the database comes back only after a while. */
  private async record(
    mail: Mail,
    attempt: Attempt,
    write: (settlement: Settlement) => Promise<void>,
  ): Promise<void> {
    const settlement = settle(mail, attempt, { product: this.clock.now(), machine: Date.now() });
    for (const bound = Date.now() + recordingBound; ;) {
      try {
        return await write(settlement);
      } catch (error) {
        if (this.closing || Date.now() > bound) throw error;
        await delay(300);
      }
    }
  }

  /** Keeps the claim on a mail for as long as it waits or is being sent here. */
  private hold(mail: Mail): void {
    if (!this.inHand.has(mail._id)) this.inHand.set(mail._id, { mail, until: Date.now() + claimFor });
    this.renewing ??= setInterval(() => void this.renew(), claimFor / 4);
    this.renewing.unref();
  }

  private async renew(): Promise<void> {
    // Most mails are gone long before their claims need it.
    const ageing = [...this.inHand.values()].filter(({ until }) => until - Date.now() < claimFor * 0.7);
    if (ageing.length === 0) return;
    const until = Date.now() + claimFor;
    try {
      await this.mails.renew(ageing.map(({ mail }) => mail));
      for (const held of ageing) held.until = until;
    } catch (error) {
      this.log.warn({ err: error, mails: ageing.length }, 'claims on mails could not be renewed');
    }
  }
}
