import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import {
  DomainError,
  serviceActor,
  type DeadlineKind,
  type DeadlineView,
  type Page,
  type Paging,
} from '#libs/contracts';
import { Relay } from '#libs/messaging';
import {
  AggregateRepository,
  Batches,
  derivedId,
  readPage,
  type Stored,
  type WriteContext,
} from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { wholeRegion } from '#libs/unit-digest';
import { nextReminderAt } from '../reminder/reminder-plan.ts';
import {
  currentVersion,
  isEarlierEnd,
  placeOf,
  stateOf,
  unknownDeadline,
  withClosing,
  withVersion,
  type Closing,
  type Deadline,
  type DeadlineVersion,
  type StoredDeadlineState,
} from './deadline.ts';
import { deadlineSchema } from './deadline.schema.ts';

/** A deadline as stored: its facts, and what follows from them for lists and the sweep. */
export type DeadlineDocument = Deadline & {
  readonly state: ReturnType<typeof stateOf>;
  readonly nextReminderAt?: Date;
};

interface Ending {
  readonly id: string;
  /** Product time. */
  readonly time: Date;
  readonly closing: Closing;
}

export interface DeadlineFilter {
  readonly where: Record<string, unknown> | null;
  readonly state?: DeadlineView['state'] | undefined;
  readonly kind?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly rcc?: string | undefined;
  readonly region?: string | undefined;
}

const actor = serviceActor('notifications');
const stamp = { id: actor.id, kind: actor.kind };

function contextOf(time: Date): WriteContext {
  return { actor: stamp, time, command: 'deadlines.record' };
}

/** Id of the deadline that services know by this key. */
export function deadlineId(key: string): string {
  return derivedId('deadline', key);
}

@Injectable()
export class DeadlineRepository extends AggregateRepository<DeadlineDocument> {
  private readonly ending: Batches<Ending, boolean>;

  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'deadline', 'deadlines', deadlineSchema, relay);
    this.ending = new Batches((endings) => this.endAll(endings));
  }

  /** Calls' deadlines from before clinics were told apart are the whole region's like those after. */
  async noteWholeRegions(): Promise<void> {
    await this.model.collection.updateMany(
      { kind: 'call-closing' satisfies DeadlineKind, unitDigest: { $exists: false } } as never,
      { $set: { unitDigest: wholeRegion } },
    );
  }

  /** Takes in a day. The first day of a deadline is most often the first that is heard of it. */
  async set(key: string, time: Date, version: DeadlineVersion): Promise<void> {
    const decide = (deadline: Deadline): Deadline => withVersion(deadline, version);
    if (version.version === 1 && (await this.recordFirst(key, time, decide))) return;
    await this.record(key, time, decide);
  }

  /** Takes in an end. Nearly always the deadline is open or ended the same way; then nothing needs to be read first. */
  async end(key: string, time: Date, closing: Closing): Promise<void> {
    if (await this.ending.add({ id: deadlineId(key), time, closing })) return;
    await this.record(key, time, (deadline) => withClosing(deadline, closing));
  }

  /**
   * Adds facts to a deadline, known or not, under its revision. `decide` is asked again when another
   * process was faster. Nothing is journaled here: every fact comes from an event in its owner's
   * journal or from a mail in the ledger, and the document itself forgets none.
   */
  async record(key: string, time: Date, decide: (deadline: Deadline) => Deadline): Promise<void> {
    const id = deadlineId(key);
    const change = {
      authorize: () => contextOf(time),
      decide: ({ state }: Stored<DeadlineDocument>) => {
        const after = decide(state);
        return { state: after === state ? state : toDocument(after), events: [] };
      },
    };
    try {
      await this.change(id, change);
      return;
    } catch (error) {
      if (!isProblem(error, 'not-found')) throw error;
    }
    // Unless another process made it in between.
    if (!(await this.recordFirst(key, time, decide))) await this.change(id, change);
  }

  /** The same for a deadline of which nothing is known; false when something is. */
  private async recordFirst(
    key: string,
    time: Date,
    decide: (deadline: Deadline) => Deadline,
  ): Promise<boolean> {
    const state = toDocument(decide(unknownDeadline(key)));
    try {
      await this.create(deadlineId(key), { state, events: [] }, contextOf(time));
      return true;
    } catch (error) {
      if (!isProblem(error, 'already-exists')) throw error;
      return false;
    }
  }

  /** Ends open deadlines, what {@link toDocument} derives from it included. False: this takes a closer look. */
  private async endAll(endings: readonly Ending[]): Promise<boolean[]> {
    const { modifiedCount } = await this.model.collection.bulkWrite(
      endings.map(({ id, time, closing }) => ({
        updateOne: {
          filter: { _id: id, state: 'open' satisfies StoredDeadlineState, closing: null },
          update: {
            $set: { closing, state: closing.as, updatedAt: time },
            $unset: { nextReminderAt: 1 },
            $inc: { revision: 1 },
          },
        },
      })) as never,
      { ordered: false },
    );
    if (modifiedCount === endings.length) return endings.map(() => true);
    const ids = [...new Set(endings.map(({ id }) => id))];
    const known = await this.model.find({ _id: { $in: ids } } as never, { closing: 1 }).lean();
    const closings = new Map(known.map((document) => [String(document._id), document.closing]));
    return endings.map(({ id, closing }) => {
      const ended = closings.get(id);
      return ended !== undefined && ended !== null && !isEarlierEnd(closing, ended);
    });
  }

  /** Deadlines with a reminder that is due at `now` (product time), the longest waiting first. */
  async withDueReminders(now: Date, limit: number): Promise<Stored<DeadlineDocument>[]> {
    const documents = await this.model
      .find({ nextReminderAt: { $lte: now } } as never)
      .sort({ nextReminderAt: 1 })
      .limit(limit)
      .lean();
    return documents.map((document) => this.toStored(document as never));
  }

  async page<View>(
    filter: DeadlineFilter,
    today: string,
    paging: Paging & { sort?: string },
    view: (stored: Stored<DeadlineDocument>) => View,
  ): Promise<Page<View>> {
    // A tombstone has no day and belongs to nobody yet.
    const conditions = conditionsOf(filter, today, { $exists: true });
    return readPage(this.model, conditions, paging, (document) => view(this.toStored(document)));
  }

  /** Those due from one civil day to another, both included, in order of the day. */
  async withinDays(
    filter: DeadlineFilter,
    today: string,
    days: { readonly from: string; readonly to: string },
    limit: number,
  ): Promise<Stored<DeadlineDocument>[]> {
    const conditions = conditionsOf(filter, today, { $gte: days.from, $lte: days.to });
    if (!conditions) return [];
    const documents = await this.model
      .find(conditions as never)
      .sort({ dueOn: 1, _id: 1 })
      .limit(limit)
      .lean();
    return documents.map((document) => this.toStored(document as never));
  }
}

/** Null: the filter lets nothing through. */
function conditionsOf(
  { where, state, kind, subjectId, rcc, region }: DeadlineFilter,
  today: string,
  dueOn: Record<string, unknown>,
): Record<string, unknown> | null {
  return (
    where && {
      $and: [
        where,
        { dueOn },
        ...(state === undefined ? [] : [inState(state, today)]),
        ...Object.entries({ kind, subjectId, rcc, region })
          .filter(([, value]) => value !== undefined)
          .map(([field, value]) => ({ [field]: value })),
      ],
    }
  );
}

/** The same cut as `deadlineStateOn()`, as a filter. */
function inState(state: DeadlineView['state'], today: string): Record<string, unknown> {
  if (state === 'open') return { state: 'open', dueOn: { $gte: today } };
  if (state === 'overdue') return { state: 'open', dueOn: { $lt: today } };
  return { state };
}

function toDocument({ key, versions, closing, handled }: Deadline): DeadlineDocument {
  const facts: Deadline = { key, versions, closing, handled };
  const current = currentVersion(facts);
  const next = nextReminderAt(facts);
  return {
    ...facts,
    state: stateOf(facts),
    ...(current && {
      kind: current.kind,
      dueOn: current.dueOn,
      subjectId: current.subject.id,
      ...placeOf(current),
    }),
    ...(next && { nextReminderAt: next }),
  };
}

function isProblem(error: unknown, code: DomainError['code']): boolean {
  return error instanceof DomainError && error.code === code;
}
