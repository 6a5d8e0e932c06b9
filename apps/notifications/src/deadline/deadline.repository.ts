import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { DomainError, serviceActor, type DeadlineView, type Page, type Paging } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, derivedId, readPage, type Stored } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { nextReminderAt } from '../reminder/reminder-plan.ts';
import { currentVersion, stateOf, unknownDeadline, type Deadline } from './deadline.ts';
import { deadlineSchema } from './deadline.schema.ts';

/** A deadline as stored: its facts, and what follows from them for lists and the sweep. */
export type DeadlineDocument = Deadline & {
  readonly state: ReturnType<typeof stateOf>;
  readonly nextReminderAt?: Date;
};

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

/** Id of the deadline that services know by this key. */
export function deadlineId(key: string): string {
  return derivedId('deadline', key);
}

@Injectable()
export class DeadlineRepository extends AggregateRepository<DeadlineDocument> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'deadline', 'deadlines', deadlineSchema, relay);
  }

  /**
   * Adds facts to a deadline, known or not, under its revision. `decide` is asked again when another
   * process was faster. Nothing is journaled here: every fact comes from an event in its owner's
   * journal or from a mail in the ledger, and the document itself forgets none.
   */
  async record(key: string, time: Date, decide: (deadline: Deadline) => Deadline): Promise<void> {
    const id = deadlineId(key);
    const context = { actor: stamp, time, command: 'deadlines.record' };
    const change = {
      authorize: () => context,
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
    try {
      await this.create(id, { state: toDocument(decide(unknownDeadline(key))), events: [] }, context);
    } catch (error) {
      // Another process made it in between.
      if (!isProblem(error, 'already-exists')) throw error;
      await this.change(id, change);
    }
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
    const { where, state, kind, subjectId, rcc, region } = filter;
    const conditions = where && {
      $and: [
        where,
        // A tombstone has no day and belongs to nobody yet.
        { dueOn: { $exists: true } },
        ...(state === undefined ? [] : [inState(state, today)]),
        ...Object.entries({ kind, subjectId, rcc, region })
          .filter(([, value]) => value !== undefined)
          .map(([field, value]) => ({ [field]: value })),
      ],
    };
    return readPage(this.model, conditions, paging, (document) => view(this.toStored(document)));
  }
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
      rcc: current.rcc,
      ...(current.region !== undefined && { region: current.region }),
    }),
    ...(next && { nextReminderAt: next }),
  };
}

function isProblem(error: unknown, code: DomainError['code']): boolean {
  return error instanceof DomainError && error.code === code;
}
