import { Inject, Injectable } from '@nestjs/common';
import { type Connection, type mongo } from 'mongoose';
import { type Place } from '#libs/access';
import { civilDayAt } from '#libs/calendar';
import { type ThinnedThing } from '#libs/contracts';
import { blankText } from '#libs/privacy';
import {
  CONNECTION,
  type PersonalDocument,
  type PersonalStore,
  type ThinningPart,
  type ThinningTask,
} from '#libs/service';
import { type Mail } from './mail.ts';

/**
 * The delivery ledger as privacy sees it. A row has no journal and holds no text: the address is all that
 * there is to thin, the protocol of the run all that is left to tell of it.
 */
@Injectable()
export class MailPrivacyRepository implements PersonalStore {
  readonly type = 'mail';
  readonly resource = 'notification';
  readonly personal = ['recipient'];
  readonly owner = 'recipient';
  readonly thinningEvents = ['settled'];
  private readonly rows: mongo.Collection<Mail>;

  constructor(@Inject(CONNECTION) connection: Connection) {
    this.rows = connection.getClient().db(connection.name).collection<Mail>('mails');
  }

  async following(after: string | null, limit: number): Promise<PersonalDocument[]> {
    const rows = await this.rows.find(behind(after)).sort({ _id: 1 }).limit(limit).toArray();
    return rows.map((row) => ({ id: row._id, state: shown(row), place: placeOf(row) }));
  }

  async placeOf(id: string): Promise<Place | null> {
    const row = await this.rows.findOne({ _id: id });
    return row && placeOf(row);
  }

  async thin({ dueOn, today, after, limit, run }: ThinningTask): Promise<ThinningPart> {
    // What may still be sent has a time to wake at. Where nobody was found, the recipient is a role.
    const settled = {
      wakeAt: { $exists: false },
      $or: [{ recipient: /@/ }, { thinnedBy: { $exists: true } }],
    };
    const rows = await this.rows
      .find({ ...behind(after), ...settled })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    const things = rows.flatMap((row): ThinnedThing[] => {
      if (row.thinnedBy !== undefined && row.thinnedBy !== run?.id) return [];
      const happenedOn = civilDayAt(row.sentAt ?? row.createdAt);
      const due = dueOn(happenedOn);
      if (due === undefined || due > today) return [];
      const about = { type: 'mail' as const, id: row._id, happenedOn, dueOn: due };
      return [{ ...about, outcome: 'thinned', reason: null, fields: ['recipient'], journalEntries: 0 }];
    });
    if (run) {
      const ids = things.map(({ id }) => id);
      await this.rows.updateMany(
        { _id: { $in: ids }, thinnedBy: { $exists: false } },
        { $set: { recipient: blankText, thinnedBy: run.id } },
      );
    }
    return { things, next: rows.length < limit ? null : (rows.at(-1)?._id ?? null) };
  }
}

function behind(after: string | null): Record<string, unknown> {
  return after === null ? {} : { _id: { $gt: after } };
}

/** Reminders of a draft are the region's or the clinic's alone, as the draft is. */
function placeOf({ rcc, region, unitDigest, draft }: Mail): Place {
  return {
    ...(draft ? {} : { rcc }),
    ...(region !== undefined && { region }),
    ...(unitDigest !== undefined && { unitDigest }),
  };
}

/** What the row says of whom it went to; how it was sent is no affair of that person's. */
function shown({ kind, state, recipient, subject, createdAt, sentAt, deadlineId, step }: Mail): object {
  return { kind, state, recipient, subject, createdAt, sentAt, deadlineId, step };
}
