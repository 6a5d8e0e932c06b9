import { type Place } from '#libs/access';
import { isBlanked, type JournalEvent } from '#libs/audit';
import { civilDayAt, type CivilDay } from '#libs/calendar';
import {
  DomainError,
  occurred,
  type DocumentType,
  type Resource,
  type ThinnedThing,
  type WaitingReason,
} from '#libs/contracts';
import { type JournalStore, type Stored } from '#libs/persistence';
import { failPoint, type Clock } from '#libs/platform';
import { blanked, concernsPeople } from '#libs/privacy';
import {
  type DueThing,
  type PersonalDocument,
  type PersonalStore,
  type Thinning,
  type ThinningPart,
  type ThinningRun,
  type ThinningTask,
} from './personal-store.ts';
import { type RecordKind } from './records.ts';

/** Times that a document is looked at when others change it at the same moment. */
const attempts = 3;

/** What a thinning would do to one document. */
interface Plan {
  readonly state: object;
  readonly fields: readonly string[];
  /** Entries whose private part is to be blanked, in the journal and in the outbox. */
  readonly inJournal: readonly JournalEvent[];
  readonly inOutbox: readonly JournalEvent[];
  /** How many entries are blank afterwards. */
  readonly journalEntries: number;
}

/** The documents of one kind of aggregate, with their journals. */
export class AggregateStore implements PersonalStore {
  readonly type: string;
  readonly resource: Resource;
  readonly personal: readonly string[];
  readonly owner: string | undefined;
  readonly thinningEvents: readonly string[];

  constructor(
    private readonly kind: RecordKind,
    private readonly journal: JournalStore,
    private readonly clock: Clock,
  ) {
    this.type = kind.repository.type;
    this.resource = kind.resource;
    this.personal = kind.personal;
    this.owner = kind.owner;
    this.thinningEvents = Object.keys(kind.thinning?.events ?? {});
  }

  async following(after: string | null, limit: number): Promise<PersonalDocument[]> {
    const documents = await this.kind.repository.following(after, limit);
    return documents.map(({ id, state }) => ({ id, state, place: this.kind.place(state) }));
  }

  async placeOf(id: string): Promise<Place | null> {
    const stored = await this.kind.repository.find(id);
    return stored && this.kind.place(stored.state);
  }

  async thin(task: ThinningTask): Promise<ThinningPart> {
    const { thinning, repository } = this.kind;
    const event = thinning?.events[task.event];
    if (!thinning || !event) return { things: [], next: null };
    const documents = await repository.following(task.after, task.limit, event.where);
    const things: ThinnedThing[] = [];
    for (const stored of documents) {
      const happenedOn = dayOf(await event.on(stored.state));
      const dueOn = happenedOn === null ? undefined : task.dueOn(happenedOn);
      if (happenedOn === null || dueOn === undefined || dueOn > task.today) continue;
      const type = this.type as DocumentType;
      const thing = await this.thinOne(stored, { type, id: stored.id, happenedOn, dueOn }, thinning, task);
      if (thing) things.push(thing);
    }
    return { things, next: documents.length < task.limit ? null : (documents.at(-1)?.id ?? null) };
  }

  /** Null: there is nothing to thin in it, and this run has thinned nothing in it before. */
  private async thinOne(
    first: Stored<object>,
    due: DueThing,
    thinning: Thinning<object>,
    { run, today }: ThinningTask,
  ): Promise<ThinnedThing | null> {
    let stored = first;
    for (let attempt = 1; ; attempt += 1) {
      const chain = await this.journal.chainOf(stored.id);
      const plan = this.planOf(stored, chain, thinning);
      const events = [...chain, ...stored.document.outbox];
      if (isEmpty(plan) && !this.isCutOff(chain, events, thinning)) {
        return run && this.doneBefore(due, events, thinning, run);
      }
      const { fields, journalEntries } = plan;
      const reason = thinning.waitsFor?.(stored.state, today) ?? null;
      if (reason !== null) return waiting(due, reason);
      if (!run || (await this.isCarriedOut(stored, plan, thinning, run))) {
        return { ...due, outcome: 'thinned', reason: null, fields: [...fields], journalEntries };
      }
      // Somebody was faster: a change by its owner, or another replica with the same run.
      const now = await this.kind.repository.find(stored.id);
      if (!now || attempt === attempts) return waiting(due, 'changed-meanwhile');
      stored = now;
    }
  }

  private planOf(stored: Stored<object>, chain: readonly JournalEvent[], thinning: Thinning<object>): Plan {
    const { personal } = this.kind;
    const paths = personal.filter((path) => !thinning.keeps?.includes(path));
    const { state, fields, removed } = blanked(stored.state, paths, thinning.blanks?.(stored.id));
    // What the law keeps in the document is no reason to keep a private part that holds more than that.
    const concern = { paths, removed, types: thinning.personalEvents };
    const { outbox } = stored.document;
    const known = new Set(chain.map(({ id }) => id));
    const inJournal = chain.filter((event) => concernsPeople(event, concern));
    const inOutbox = outbox.filter((event) => concernsPeople(event, concern));
    const onlyInOutbox = inOutbox.filter(({ id }) => !known.has(id));
    return {
      state,
      fields,
      inJournal,
      inOutbox,
      journalEntries: chain.filter(isBlanked).length + inJournal.length + onlyInOutbox.length,
    };
  }

  /**
   * The document last: until then its values tell which entries of the journal hold them, so that whatever a
   * crash leaves is found again. Each step may be repeated. False: the document has moved on meanwhile.
   */
  private async isCarriedOut(
    { id, revision, document }: Stored<object>,
    plan: Plan,
    thinning: Thinning<object>,
    run: ThinningRun,
  ): Promise<boolean> {
    // What still waits in the outbox is laid into the journal without its private part. Whoever holds a copy
    // and brings it later finds it there: the journal leaves what it has as it is. What lies before it goes
    // along, for a gap in the journal is what tampering looks like.
    const outboxIds = plan.inOutbox.map((event) => event.id);
    const last = document.outbox.findLastIndex((event) => outboxIds.includes(event.id));
    const before = document.outbox.slice(0, last + 1);
    await this.journal.append(
      before.map((event) => (outboxIds.includes(event.id) ? { ...event, private: null } : event)),
    );
    await this.journal.blank([...plan.inJournal, ...plan.inOutbox].map((event) => event.id));
    await this.kind.repository.blankRemains(id, outboxIds);
    failPoint('thinning.before-document');
    const event = occurred(thinning.recordedAs, {
      aggregateId: id,
      runId: run.id,
      ruleId: run.ruleId,
      decisionReference: run.decisionReference,
      fields: [...plan.fields],
      journalEntries: plan.journalEntries,
    });
    try {
      await this.kind.repository.change(id, {
        ifMatch: revision,
        authorize: () => ({ actor: run.by, time: this.clock.now(), command: 'privacy.thin' }),
        decide: () => ({ state: plan.state, events: [event] }),
      });
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'precondition-failed') return false;
      throw error;
    }
  }

  /**
   * Are there more blank entries than the chain tells of? Then a crash came between journal and document, and
   * where nothing personal lies in the document itself, that is all there is left to see of it.
   */
  private isCutOff(
    chain: readonly JournalEvent[],
    events: readonly JournalEvent[],
    { recordedAs }: Thinning<object>,
  ): boolean {
    const last = events.findLast(({ type }) => type === recordedAs.type);
    const told = last ? recordedAs.data.parse(last.data).journalEntries : 0;
    return chain.filter(isBlanked).length > told;
  }

  /** What this run did to the thing before a crash kept it from saying so. */
  private doneBefore(
    due: DueThing,
    events: readonly JournalEvent[],
    { recordedAs }: Thinning<object>,
    run: ThinningRun,
  ): ThinnedThing | null {
    const event = events.find(({ type, data }) => type === recordedAs.type && data['runId'] === run.id);
    if (!event) return null;
    const { fields, journalEntries } = recordedAs.data.parse(event.data);
    return { ...due, outcome: 'thinned', reason: null, fields, journalEntries };
  }
}

function isEmpty({ fields, inJournal, inOutbox }: Plan): boolean {
  return fields.length + inJournal.length + inOutbox.length === 0;
}

function waiting(due: DueThing, reason: WaitingReason): ThinnedThing {
  return { ...due, outcome: 'waiting', reason, fields: [], journalEntries: 0 };
}

function dayOf(happened: CivilDay | Date | null): CivilDay | null {
  return happened instanceof Date ? civilDayAt(happened) : happened;
}
