import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Connection, type Model } from 'mongoose';
import { type Page, type Paging } from '#libs/contracts';
import { Batches, derivedId, readPage } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { type Mail, type MailState, type Settlement } from './mail.ts';
import { mailSchema } from './mail.schema.ts';

/** A row as planned, before its first attempt. */
export type NewMail = Pick<
  Mail,
  '_id' | 'kind' | 'subject' | 'recipient' | 'messageId' | 'createdAt' | 'rcc'
> &
  Partial<
    Pick<Mail, 'region' | 'unitDigest' | 'eventId' | 'deadlineId' | 'deadlineVersion' | 'step' | 'draft'>
  > & {
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

interface WriteFault {
  readonly index: number;
  readonly code?: number;
}

interface Entry {
  readonly mails: readonly NewMail[];
  /** The new rows are claimed by this process. */
  readonly held: boolean;
}

interface Settling {
  readonly mail: Mail;
  readonly settlement: Settlement;
  /** Only when the claim has run out. */
  readonly lapsed: boolean;
}

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
  private readonly adding: Batches<Entry, Mail[]>;
  private readonly claiming: Batches<string, Mail | null>;
  private readonly handingOver: Batches<Mail, boolean>;
  private readonly settling: Batches<Settling, undefined>;

  constructor(@Inject(CONNECTION) connection: Connection) {
    this.model = connection.model<Mail>('mail', mailSchema, 'mails');
    this.adding = new Batches((entries) => this.insert(entries));
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
  async add(mails: readonly NewMail[]): Promise<void> {
    await this.adding.add({ mails, held: false });
  }

  /**
   * The same, with the new rows claimed from the start, which spares the claim's own write. Returns those
   * that are this process's to send; a row that was there already is not.
   */
  addClaimed(mails: readonly NewMail[]): Promise<Mail[]> {
    return this.adding.add({ mails, held: true });
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
    await this.model.collection.updateMany(heldBy(mails) as never, {
      $set: { wakeAt: new Date(Date.now() + claimFor) },
    });
  }

  /** Gives back claims of {@link addClaimed} under which nothing was tried. `wait` in milliseconds. */
  async release(mails: readonly Mail[], wait: number): Promise<void> {
    if (mails.length === 0) return;
    await this.model.collection.updateMany({ ...heldBy(mails), handedOver: { $ne: true } } as never, {
      $set: { state: 'planned', wakeAt: new Date(Date.now() + wait) },
      $unset: { claim: 1 },
      $inc: { attempts: -1 },
    });
  }

  /** Records how a claimed mail ended; nothing happens when the claim has been lost. */
  settle(mail: Mail, settlement: Settlement): Promise<void> {
    return this.settling.add({ mail, settlement, lapsed: false });
  }

  /** The same for a claim that ran out; nothing happens when its holder has renewed it meanwhile. */
  settleLapsed(mail: Mail, settlement: Settlement): Promise<void> {
    return this.settling.add({ mail, settlement, lapsed: true });
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

  /** Lets due mails wait without an attempt, because something they need is away. `wait` in milliseconds. */
  async postpone(ids: readonly string[], wait: number): Promise<void> {
    const now = Date.now();
    await this.model.collection.updateMany(
      {
        _id: { $in: ids },
        state: { $in: ['planned', 'unknown'] },
        wakeAt: { $lte: new Date(now) },
      } as never,
      { $set: { wakeAt: new Date(now + wait) } },
    );
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
        ...(state === undefined ? [] : [shownAs(state)]),
        ...(subjectId === undefined ? [] : [{ 'subject.id': subjectId }]),
      ],
    };
    return readPage(this.model as never, conditions, paging, (document) => view(document as Mail));
  }

  private async insert(entries: readonly Entry[]): Promise<Mail[][]> {
    const claim = randomUUID();
    const rows = new Map<string, Mail>();
    for (const { mails, held } of entries) {
      for (const mail of mails) {
        if (!rows.has(mail._id)) rows.set(mail._id, toRow(mail, held ? claim : undefined));
      }
    }
    const known = await this.insertNew([...rows.values()]);
    // Each row goes to one of those who brought it.
    const free = new Map([...rows].filter(([id, { state }]) => state === 'sending' && !known.has(id)));
    return entries.map(({ mails, held }) =>
      mails.flatMap(({ _id }) => {
        const row = held ? free.get(_id) : undefined;
        if (row) free.delete(_id);
        return row ? [row] : [];
      }),
    );
  }

  /** Returns the ids of those that were there already. */
  private async insertNew(rows: readonly Mail[]): Promise<Set<string>> {
    if (rows.length === 0) return new Set();
    try {
      await this.model.collection.insertMany(rows as never, { ordered: false });
      return new Set();
    } catch (error) {
      const { writeErrors = [] } = error as { writeErrors?: WriteFault | WriteFault[] };
      const faults = [writeErrors].flat();
      if (faults.length === 0 || faults.some((fault) => fault.code !== duplicateKey)) throw error;
      return new Set(faults.flatMap(({ index }) => rows[index]?._id ?? []));
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
    const held = heldBy(mails);
    const { matchedCount } = await this.model.collection.updateMany(held as never, {
      $set: { handedOver: true, wakeAt: new Date(Date.now() + claimFor) },
    });
    if (matchedCount === mails.length) return mails.map(() => true);
    const still = await this.model.find({ ...held, handedOver: true } as never).lean<Mail[]>();
    return mails.map((mail) => still.some(({ _id, claim }) => _id === mail._id && claim === mail.claim));
  }

  private async settleAll(items: readonly Settling[]): Promise<void> {
    await this.model.collection.bulkWrite(
      items.map(({ mail, settlement, lapsed }) => {
        const { state, reason, doubtful, sentAt, wakeAt } = settlement;
        return {
          updateOne: {
            filter: {
              _id: mail._id,
              claim: mail.claim,
              state: 'sending',
              ...(lapsed && { wakeAt: { $lte: new Date() } }),
            },
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

/** Rows that these claims still hold. */
function heldBy(mails: readonly Mail[]): Record<string, unknown> {
  return {
    _id: { $in: mails.map((mail) => mail._id) },
    claim: { $in: mails.map((mail) => mail.claim) },
    state: 'sending',
  };
}

/** A new row: waiting, or in the hands of whoever holds `claim`, as after a claim of its own. */
function toRow({ failed, ...mail }: NewMail, claim: string | undefined): Mail {
  if (failed !== undefined) return { ...mail, attempts: 0, state: 'failed', reason: failed };
  if (claim === undefined) return { ...mail, attempts: 0, state: 'planned', wakeAt: new Date() };
  return { ...mail, attempts: 1, state: 'sending', claim, wakeAt: new Date(Date.now() + claimFor) };
}

/** The same cut as `shownState()`, as a filter. */
function shownAs(state: string): Record<string, unknown> {
  if (state === 'planned')
    return { $or: [{ state }, { state: 'sending' satisfies MailState, doubtful: { $ne: true } }] };
  if (state === 'unknown')
    return { $or: [{ state }, { state: 'sending' satisfies MailState, doubtful: true }] };
  return { state };
}
