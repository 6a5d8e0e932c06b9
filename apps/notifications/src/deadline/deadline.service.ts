import { Inject, Injectable } from '@nestjs/common';
import { requireVisible, visibleWhere, type VisibleWhere } from '#libs/access';
import { addDays, civilDayAt } from '#libs/calendar';
import {
  calendarBounds,
  deadlineMet,
  deadlineSet,
  DomainError,
  type Actor,
  type calendarEntries,
  type EventEnvelope,
  type listDeadlines,
  type listReminders,
} from '#libs/contracts';
import { Poison, type Asked, type AskedRpc } from '#libs/messaging';
import { Clock, type Logger } from '#libs/platform';
import { LOGGER } from '#libs/service';
import { deadlineOfDraft, mayKnowDraft, withoutForeignDrafts } from '../draft-privacy.access.ts';
import { MailRepository } from '../mail/mail.repository.ts';
import { ContactsService } from '../people/contacts.service.ts';
import { remindersOf } from '../reminder/reminder-plan.ts';
import { toReminderViews, type KnownRecipients } from '../reminder/reminder.view.ts';
import { currentVersion, placeOf, stateOf, type Deadline } from './deadline.ts';
import { DeadlineRepository } from './deadline.repository.ts';
import { toCalendarEntry, toDeadlineView } from './deadline.view.ts';

@Injectable()
export class DeadlineService {
  constructor(
    private readonly deadlines: DeadlineRepository,
    private readonly mails: MailRepository,
    private readonly contacts: ContactsService,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Takes in what another service says about a deadline, in whatever order it comes. */
  async takeIn(event: EventEnvelope): Promise<void> {
    const { id: eventId, time } = event;
    if (event.type === deadlineSet.type) {
      const { key, deadlineVersion, ...rest } = checked(deadlineSet.data.safeParse(event.data));
      const version = { ...rest, version: deadlineVersion, setAt: time, eventId };
      return this.deadlines.set(key, this.clock.now(), version);
    }
    const as = event.type === deadlineMet.type ? 'met' : 'withdrawn';
    const { key } = checked(deadlineMet.data.safeParse(event.data));
    return this.deadlines.end(key, this.clock.now(), { as, at: time, eventId });
  }

  async list({ request, caller }: Asked<typeof listDeadlines>) {
    const today = this.today();
    const { state, kind, subjectId, rcc, region, ...paging } = request.query;
    const filter = { where: shownTo(caller.actor), state, kind, subjectId, rcc, region };
    const body = await this.deadlines.page(filter, today, paging, (stored) =>
      toDeadlineView(stored.id, stored.state, today),
    );
    return { body };
  }

  /** What the list has within the calendar's days. Errors: `calendar-too-large`. */
  async calendar({ request, caller }: AskedRpc<typeof calendarEntries>) {
    const today = this.today();
    const { daysBefore, daysAfter, entries: maximum } = calendarBounds;
    const days = { from: addDays(today, -daysBefore), to: addDays(today, daysAfter) };
    const filter = { where: shownTo(caller.actor), ...request.filter };
    const found = await this.deadlines.withinDays(filter, today, days, maximum + 1);
    if (found.length > maximum) throw new DomainError('calendar-too-large', { params: { maximum } });
    return { entries: found.map(({ id, state }) => toCalendarEntry(id, state, today)) };
  }

  /** Errors: `not-found`, also for what the caller may not see. */
  async reminders({ request, caller }: Asked<typeof listReminders>) {
    const stored = await this.deadlines.find(request.params.id);
    const version = stored && currentVersion(stored.state);
    if (!version) throw new DomainError('not-found');
    requireVisible(caller.actor, 'deadline', placeOf(version));
    const ofDraft = version.kind === deadlineOfDraft && stateOf(stored.state) === 'open';
    if (ofDraft && !mayKnowDraft(caller.actor, placeOf(version))) throw new DomainError('not-found');
    const [mails, recipients] = await Promise.all([
      this.mails.ofDeadline(stored.id),
      this.recipients(stored.state),
    ]);
    const rows = toReminderViews(stored.state, mails, recipients);
    const { page, limit } = request.query;
    return {
      body: {
        items: rows.slice((page - 1) * limit, page * limit),
        page: { number: page, limit, total: rows.length },
      },
    };
  }

  private today(): string {
    return civilDayAt(this.clock.now());
  }

  /** Who would get the planned reminders as things stand; undefined while the directory is away. */
  private async recipients(deadline: Deadline): Promise<KnownRecipients | undefined> {
    const version = currentVersion(deadline);
    if (!version || !remindersOf(deadline).some((reminder) => reminder.state === 'planned')) return undefined;
    try {
      const [responsible, nextInLine] = await Promise.all([
        this.contacts.ofStep(version, { nextInLine: false }),
        this.contacts.ofStep(version, { nextInLine: true }),
      ]);
      return { responsible, nextInLine };
    } catch (error) {
      this.log.warn({ err: error }, 'recipients cannot be named now');
      return undefined;
    }
  }
}

/** The deadlines that the actor may know of, as a filter. */
function shownTo(actor: Actor): VisibleWhere {
  return withoutForeignDrafts(visibleWhere(actor, 'deadline'), actor, [
    { kind: { $ne: deadlineOfDraft } },
    { state: { $ne: 'open' } },
  ]);
}

function checked<T>(result: { success: true; data: T } | { success: false }): T {
  if (!result.success) throw new Poison('the event does not follow its contract');
  return result.data;
}
