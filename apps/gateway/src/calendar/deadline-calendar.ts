import { ICalCalendar, ICalEventStatus, ICalEventTransparency } from 'ical-generator';
import { deadlineTasks, type CalendarEntry, type Language } from '#libs/contracts';

/** How often a calendar may ask again, in seconds. */
const refreshEvery = 3600;

const title: Readonly<Record<Language, string>> = { sv: 'Insats: tidsfrister', en: 'Insats: deadlines' };

const prefixes: Readonly<Record<CalendarEntry['state'], Readonly<Record<Language, string>>>> = {
  open: { sv: '', en: '' },
  overdue: { sv: 'Försenat: ', en: 'Overdue: ' },
  met: { sv: 'Klart: ', en: 'Done: ' },
  withdrawn: { sv: 'Inställt: ', en: 'Cancelled: ' },
  waived: { sv: 'Behövs inte: ', en: 'Not needed: ' },
};

/**
 * Deadlines as iCalendar (RFC 5545): one all-day event each, on the civil day. The events take up no time of
 * the day and ring no bell, since reminders are sent by mail; there is no page yet that they could point at.
 */
export function deadlineCalendar(entries: readonly CalendarEntry[], language: Language): string {
  const calendar = new ICalCalendar({
    prodId: { company: 'Insats', product: 'Insats', language: language.toUpperCase() },
    name: title[language],
    ttl: refreshEvery,
  });
  for (const { id, kind, dueOn, state, sequence, changedAt, ...entry } of entries) {
    const isOff = state === 'withdrawn' || state === 'waived';
    calendar.createEvent({
      // Of no address: an installation that moves would have every entry twice in its readers' calendars.
      id: `${id}@insats`,
      start: dueOn,
      allDay: true,
      sequence,
      stamp: changedAt,
      summary: summaryOf({ ...entry, kind, state }, language),
      categories: [{ name: kind }],
      status: isOff ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
      transparency: ICalEventTransparency.TRANSPARENT,
    });
  }
  // The last line ends like every other (3.1); the library leaves it open.
  return `${calendar.toString()}\r\n`;
}

function summaryOf(
  { kind, state, reference, region }: Pick<CalendarEntry, 'kind' | 'state' | 'reference' | 'region'>,
  language: Language,
): string {
  const task = deadlineTasks[kind][language];
  const about = [reference, region].filter((each) => each !== undefined).join(', ');
  const sentence = `${prefixes[state][language]}${task.charAt(0).toUpperCase()}${task.slice(1)}`;
  return about === '' ? sentence : `${sentence} (${about})`;
}
