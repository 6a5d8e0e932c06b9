import { Inject, Injectable } from '@nestjs/common';
import { type Place } from '#libs/access';
import { addDays, civilDayAt, startOfDay, type CivilDay } from '#libs/calendar';
import { accessesThinned, DomainError, invalidInput, occurred } from '#libs/contracts';
import { JournalStore, type Stored } from '#libs/persistence';
import { Clock, failPoint } from '#libs/platform';
import {
  type PersonalDocument,
  type PersonalStore,
  type ThinningPart,
  type ThinningTask,
} from '#libs/service';
import { AccessBatchRepository } from './access-batch.repository.ts';
import { type AccessBatch } from './access-batch.ts';
import { AccessRepository } from './access.repository.ts';

type Run = NonNullable<ThinningTask['run']>;

/** Batches that one part thins at the most: what one question may cost is bounded. */
const batchesAtOnce = 50;

/**
 * The access log as thinning sees it: day by day, since a protocol with every batch of a second in it would be of
 * use to nobody. Of a day's batches the records go, singly and in the journal; how many there were, between which
 * times, and the chain that says so stay.
 *
 * What is held about somebody is found in the journals of the batches, which privacy goes through anyway.
 */
@Injectable()
export class AccessThinning implements PersonalStore {
  readonly type = 'access';
  readonly resource = 'audit';
  readonly personal = [];
  readonly owner = undefined;
  readonly thinningEvents = ['recorded'];

  constructor(
    private readonly batches: AccessBatchRepository,
    private readonly accesses: AccessRepository,
    @Inject(JournalStore) private readonly journal: JournalStore,
    private readonly clock: Clock,
  ) {}

  following(): Promise<PersonalDocument[]> {
    return Promise.resolve([]);
  }

  placeOf(): Promise<Place | null> {
    return Promise.resolve(null);
  }

  /** One day, or a part of it. `after` is the day that was gone through last. Errors: `invalid-input` for what is none. */
  async thin({ after, dueOn, today, run }: ThinningTask): Promise<ThinningPart> {
    const behind = after === null ? null : firstMomentBehind(after);
    const first = await this.batches.firstToThin(behind, run?.id ?? null);
    if (!first) return { things: [], next: null };
    const day = civilDayAt(new Date(first.to));
    const due = dueOn(day);
    // Days come in order, so none of those behind it is due either.
    if (due === undefined || due > today) return { things: [], next: null };
    const [from, to] = [startOfDay(day).toISOString(), startOfDay(addDays(day, 1)).toISOString()];
    if (run) {
      const left = await this.batches.leftOf(from, to, batchesAtOnce);
      await Promise.all(left.map((batch) => this.thinOne(batch, run)));
      // There may be more of this day.
      if (left.length === batchesAtOnce) return { things: [], next: addDays(day, -1) };
    }
    const journalEntries = await this.batches.countOf(from, to, run?.id ?? null);
    if (journalEntries === 0) return { things: [], next: day };
    return { things: [thingOf(day, due, journalEntries)], next: day };
  }

  /** The document last: until it says so the batch is found again, and each step may be repeated. */
  private async thinOne({ id, revision, document }: Stored<AccessBatch>, run: Run): Promise<void> {
    await this.accesses.remove(id);
    // What waits in the outbox is laid into the journal blank, so that a copy under way cannot bring it back.
    await this.journal.append(document.outbox.map((event) => ({ ...event, private: null })));
    const chain = await this.journal.chainOf(id);
    await this.journal.blank(chain.filter((event) => event.private !== null).map((event) => event.id));
    await this.batches.blankRemains(
      id,
      document.outbox.map((event) => event.id),
    );
    failPoint('thinning.before-document');
    const event = occurred(accessesThinned, {
      aggregateId: id,
      runId: run.id,
      ruleId: run.ruleId,
      decisionReference: run.decisionReference,
      fields: ['records'],
      journalEntries: 1,
    });
    try {
      await this.batches.change(id, {
        ifMatch: revision,
        authorize: () => ({ actor: run.by, time: this.clock.now(), command: 'privacy.thin' }),
        decide: ({ state }) => ({ state: { ...state, thinnedBy: run.id }, events: [event] }),
      });
    } catch (error) {
      // Another replica was faster, with this run or with another one.
      if (!(error instanceof DomainError && error.code === 'precondition-failed')) throw error;
    }
  }
}

function firstMomentBehind(day: string): string {
  try {
    return startOfDay(addDays(day, 1)).toISOString();
  } catch (error) {
    // Whoever asks for a part of a dry run may have made the place up.
    if (!(error instanceof RangeError)) throw error;
    throw invalidInput([{ pointer: '/after', code: 'invalid-format' }]);
  }
}

function thingOf(day: CivilDay, dueOn: CivilDay, journalEntries: number): ThinningPart['things'][number] {
  const about = { type: 'access' as const, id: day, happenedOn: day, dueOn };
  return { ...about, outcome: 'thinned', reason: null, fields: ['records'], journalEntries };
}
