import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Connection, type Model } from 'mongoose';
import { type Page, type Paging } from '#libs/contracts';
import { Batches, derivedId, readPage } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { type Mail, type Settlement } from './mail.ts';
import { mailSchema } from './mail.schema.ts';

/** A row as planned, before its first attempt. */
export type NewMail = Pick<
  Mail,
  '_id' | 'kind' | 'subject' | 'recipient' | 'messageId' | 'createdAt' | 'rcc'
> &
  Partial<Pick<Mail, 'region' | 'eventId' | 'deadlineId' | 'deadlineVersion' | 'step'>> & {
    /** For a row that nothing can be sent for, with the reason. */
    readonly failed?: string;
  };

export interface MailFilter {
  readonly where: Record<string, unknown> | null;
  readonly kind?: string | undefined;
  readonly state?: string | undefined;
  readonly subjectId?: string | undefined;
}

/**
 * How long a claim holds without being renewed, in milliseconds of machine time. After it, the mail's fate
 * is unknown: long enough for a busy machine, short enough for a mail to be resent soon after a crash.
 */
export const claimFor = 10_000;

const duplicateKey = 11000;

/** Id of the mail about this to this address; upper and lower case are the same mailbox in practice. */
export function mailId(about: readonly string[], address: string): string {
  return derivedId('mail', ...about, address.toLowerCase());
}

/**
 * The delivery ledger. Every step is one conditional write of one row, so several replicas may work on it
 * side by side: whoever's claim went through sends.
 */
@Injectable()
export class MailRepository {
  private readonly model: Model<Mail>;
  private readonly adding: Batches<readonly NewMail[], undefined>;
  private readonly claiming: Batches<string, Mail | null>;
  private readonly handingOver: Batches<Mail, boolean>;
  private readonly settling: Batches<{ mail: Mail; settlement: Settlement }, undefined>;

  constructor(@Inject(CONNECTION) connection: Connection) {
    this.model = connection.model<Mail>('mail', mailSchema, 'mails');
    this.adding = new Batches(async (items) => {
      await this.insert(items.flat());
      return items.map(() => undefined);
    });
    this.claiming = new Batches((ids) => this.claimAll(ids));
    this.handingOver = new Batches((mails) => this.noteHandOvers(mails));
    this.settling = new Batches(async (items) => {
      await this.settleAll(items);
      return items.map(() => undefined);
    });
  }

  /** Makes the collection and its indexes. */
  async prepare(): Promise<void> {
    await this.model.createCollection();
    await this.model.createIndexes();
  }

  /** Writes rows; those already there are left as they are. */
  add(mails: readonly NewMail[]): Promise<void> {
    return mails.length === 0 ? Promise.resolve() : this.adding.add(mails);
  }

  async find(id: string): Promise<Mail | null> {
    return this.model.findOne({ _id: id }).lean<Mail>();
  }

  /** The row, from now on this process's to send; null when it is settled, waits, or is another's. */
  claim(id: string): Promise<Mail | null> {
    return this.claiming.add(id);
  }

  /** Notes that the text of a claimed mail is about to leave. False: the claim is lost and it must not. */
  noteHandOver(mail: Mail): Promise<boolean> {
    return this.handingOver.add(mail);
  }

  /** Keeps claims that are still being worked on. */
  async renew(mails: readonly Mail[]): Promise<void> {
    await this.model.collection.updateMany(
      {
        _id: { $in: mails.map((mail) => mail._id) },
        claim: { $in: mails.map((mail) => mail.claim) },
        state: 'sending',
      } as never,
      { $set: { wakeAt: new Date(Date.now() + claimFor) } },
    );
  }

  /** Records how a claimed mail ended; nothing happens when the claim has been lost. */
  settle(mail: Mail, settlement: Settlement): Promise<void> {
    return this.settling.add({ mail, settlement });
  }

  /** Ends a mail that is not going out: a planned one is skipped, one of unknown fate stays so. */
  async skip(mail: Mail, reason: string): Promise<void> {
    await this.model.collection.updateOne({ _id: mail._id, state: 'planned' } as never, {
      $set: { state: 'skipped', reason },
      $unset: { wakeAt: 1 },
    });
    await this.model.collection.updateOne({ _id: mail._id, state: 'unknown' } as never, {
      $unset: { wakeAt: 1 },
    });
  }

  /** Lets a mail wait without an attempt, because something it needs is away. `wait` in milliseconds. */
  async postpone(id: string, wait: number): Promise<void> {
    await this.model.collection.updateOne({ _id: id, state: { $in: ['planned', 'unknown'] } } as never, {
      $set: { wakeAt: new Date(Date.now() + wait) },
    });
  }

  /** Rows that are to be looked at now: due for an attempt, or with a claim that ran out. */
  async awake(limit: number, except: readonly string[]): Promise<Mail[]> {
    return this.model
      .find({ wakeAt: { $lte: new Date() }, ...(except.length > 0 && { _id: { $nin: except } }) } as never)
      .sort({ wakeAt: 1 })
      .limit(limit)
      .lean<Mail[]>();
  }

  /** Rows of a deadline's reminders, in the order in which they were written. */
  async ofDeadline(deadlineId: string): Promise<Mail[]> {
    return this.model
      .find({ deadlineId } as never)
      .sort({ createdAt: 1, _id: 1 })
      .lean<Mail[]>();
  }

  async page<View>(
    filter: MailFilter,
    paging: Paging & { sort?: string },
    view: (mail: Mail) => View,
  ): Promise<Page<View>> {
    const { where, kind, state, subjectId } = filter;
    const conditions = where && {
      $and: [
        where,
        ...(kind === undefined ? [] : [{ kind }]),
        ...(state === undefined
          ? []
          : [state === 'planned' ? { state: { $in: ['planned', 'sending'] } } : { state }]),
        ...(subjectId === undefined ? [] : [{ 'subject.id': subjectId }]),
      ],
    };
    return readPage(this.model as never, conditions, paging, (document) => view(document as Mail));
  }

  private async insert(mails: readonly NewMail[]): Promise<void> {
    const wakeAt = new Date();
    const rows = new Map(
      mails.map(({ failed, ...mail }) => [
        mail._id,
        {
          ...mail,
          attempts: 0,
          ...(failed === undefined ? { state: 'planned', wakeAt } : { state: 'failed', reason: failed }),
        },
      ]),
    );
    try {
      await this.model.collection.insertMany([...rows.values()] as never, { ordered: false });
    } catch (error) {
      const faults = [
        (error as { writeErrors?: { code?: number } | { code?: number }[] }).writeErrors ?? [],
      ].flat();
      if (faults.length === 0 || faults.some((fault) => fault.code !== duplicateKey)) throw error;
    }
  }

  private async claimAll(ids: readonly string[]): Promise<(Mail | null)[]> {
    const claim = randomUUID();
    const now = Date.now();
    const result = await this.model.collection.updateMany(
      { _id: { $in: ids }, state: { $in: ['planned', 'unknown'] }, wakeAt: { $lte: new Date(now) } } as never,
      { $set: { state: 'sending', claim, wakeAt: new Date(now + claimFor) }, $inc: { attempts: 1 } },
    );
    if (result.modifiedCount === 0) return ids.map(() => null);
    const claimed = await this.model.find({ _id: { $in: ids }, claim } as never).lean<Mail[]>();
    return ids.map((id) => claimed.find((mail) => mail._id === id) ?? null);
  }

  private async noteHandOvers(mails: readonly Mail[]): Promise<boolean[]> {
    const held = {
      _id: { $in: mails.map((mail) => mail._id) },
      claim: { $in: mails.map((mail) => mail.claim) },
      state: 'sending',
    };
    const { matchedCount } = await this.model.collection.updateMany(held as never, {
      $set: { handedOver: true, wakeAt: new Date(Date.now() + claimFor) },
    });
    if (matchedCount === mails.length) return mails.map(() => true);
    const still = await this.model.find({ ...held, handedOver: true } as never).lean<Mail[]>();
    return mails.map((mail) => still.some(({ _id, claim }) => _id === mail._id && claim === mail.claim));
  }

  private async settleAll(items: readonly { mail: Mail; settlement: Settlement }[]): Promise<void> {
    await this.model.collection.bulkWrite(
      items.map(({ mail, settlement }) => {
        const { state, reason, doubtful, sentAt, wakeAt } = settlement;
        return {
          updateOne: {
            filter: { _id: mail._id, claim: mail.claim, state: 'sending' },
            update: {
              $set: {
                state,
                ...(reason !== undefined && { reason }),
                ...(doubtful && { doubtful }),
                ...(sentAt && { sentAt }),
                ...(wakeAt && { wakeAt }),
              },
              $unset: {
                claim: 1,
                handedOver: 1,
                ...(reason === undefined && { reason: 1 }),
                ...(!wakeAt && { wakeAt: 1 }),
              },
            },
          },
        };
      }) as never,
      { ordered: false },
    );
  }
}
