import { z } from 'zod';
import { role } from './actor.ts';
import { endpoint, rpc } from './endpoint.ts';
import { type Language } from './problems.ts';
import {
  civilDay,
  idParams,
  identifier,
  instant,
  pageOf,
  paging,
  rccCode,
  regionCode,
} from './primitives.ts';

/** Everything with a due day is one kind of thing; the kind says what is due. */
export const deadlineKinds = [
  'call-closing',
  'application-submission',
  'decision-acceptance',
  'interim-report',
  'final-report',
  'financial-report',
  'condition',
] as const;
export type DeadlineKind = (typeof deadlineKinds)[number];

/** What is to be done, so that "senast" and a day can follow. */
export const deadlineTasks: Readonly<Record<DeadlineKind, Readonly<Record<Language, string>>>> = {
  'call-closing': { sv: 'ansök om medel', en: 'apply for funds' },
  'application-submission': { sv: 'lämna in ansökan', en: 'submit the application' },
  'decision-acceptance': { sv: 'svara på beslutet', en: 'answer the decision' },
  'interim-report': { sv: 'lämna delrapport', en: 'hand in the interim report' },
  'final-report': { sv: 'lämna slutrapport', en: 'hand in the final report' },
  'financial-report': { sv: 'lämna ekonomisk redovisning', en: 'hand in the financial report' },
  condition: { sv: 'uppfyll villkoret i beslutet', en: 'meet the condition of the decision' },
};

export const deadlineStates = ['open', 'met', 'overdue', 'withdrawn', 'waived'] as const;

export const deadlineSubject = z.strictObject({
  type: z.enum(['call', 'application', 'measure', 'plan']),
  id: identifier,
  reference: z.string().optional(),
});

export const deadlineView = z
  .strictObject({
    id: identifier,
    kind: z.enum(deadlineKinds),
    dueOn: civilDay,
    version: z.int(),
    state: z.enum(deadlineStates),
    subject: deadlineSubject,
    responsible: z.strictObject({ role, unit: z.string() }),
    rcc: rccCode,
    region: regionCode.optional(),
    closedAt: instant.nullable(),
  })
  .meta({ id: 'Deadline' });
export type DeadlineView = z.input<typeof deadlineView>;

export const reminderStates = ['planned', 'sent', 'skipped', 'failed', 'unknown'] as const;

export const reminderView = z
  .strictObject({
    step: z.string(),
    plannedFor: civilDay,
    state: z.enum(reminderStates),
    recipient: z.string().meta({ personal: true }),
    sentAt: instant.optional(),
    messageId: z.string().optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'Reminder' });
export type ReminderView = z.input<typeof reminderView>;

export const notificationKinds = ['receipt', 'decision', 'reminder'] as const;

export const notificationView = z
  .strictObject({
    id: identifier,
    kind: z.enum(notificationKinds),
    state: z.enum(reminderStates),
    recipient: z.string().meta({ personal: true }),
    subject: z.strictObject({ type: z.string(), id: identifier, reference: z.string().optional() }),
    messageId: z.string(),
    attempts: z.int(),
    createdAt: instant,
    sentAt: instant.optional(),
    reason: z.string().optional(),
    deadlineId: identifier.optional(),
    step: z.string().optional(),
    /** The event that gave rise to the mail. */
    eventId: z.string().optional(),
    rcc: rccCode,
    region: regionCode.optional(),
  })
  .meta({ id: 'Notification' });
export type NotificationView = z.input<typeof notificationView>;

const service = 'notifications' as const;

const deadlineFilter = {
  state: z.enum(deadlineStates).optional(),
  kind: z.enum(deadlineKinds).optional(),
  subjectId: identifier.optional(),
  rcc: rccCode.optional(),
  region: regionCode.optional(),
};

export const listDeadlines = endpoint({
  service,
  name: 'deadlines.list',
  right: { resource: 'deadline', command: 'read' },
  method: 'GET',
  path: '/deadlines',
  tag: 'deadlines',
  summary: 'Tidsfrister som jag får se',
  query: z.strictObject({
    ...paging,
    ...deadlineFilter,
    sort: z.enum(['dueOn', '-dueOn']).default('dueOn'),
  }),
  reply: pageOf(deadlineView).meta({ id: 'DeadlinePage' }),
});

/**
 * What a calendar holds, since it has no pages: days before and after today (both included), and entries at the
 * most. More is refused: a calendar that silently lacks a day is worse than none.
 */
export const calendarBounds = { daysBefore: 90, daysAfter: 400, entries: 1000 } as const;

export const getDeadlineCalendar = endpoint({
  service,
  name: 'deadlines.calendar',
  right: { resource: 'deadline', command: 'read' },
  method: 'GET',
  path: '/deadlines/calendar',
  tag: 'deadlines',
  summary: `Tidsfrister som jag får se, som kalender (iCalendar, RFC 5545): från ${calendarBounds.daysBefore} dagar bakåt till ${calendarBounds.daysAfter} framåt, högst ${calendarBounds.entries}`,
  query: z.strictObject(deadlineFilter),
  reply: z.string(),
  file: 'text/calendar',
  problems: ['calendar-too-large'],
});

const calendarEntry = z.strictObject({
  id: identifier,
  kind: z.enum(deadlineKinds),
  dueOn: civilDay,
  state: z.enum(deadlineStates),
  reference: z.string().optional(),
  region: regionCode.optional(),
  /** Grows whenever the deadline is moved or ends. */
  sequence: z.int().min(0),
  /** When that was. */
  changedAt: instant,
});
export type CalendarEntry = z.input<typeof calendarEntry>;

/** What the caller's calendar holds, in order of the day. Errors: `calendar-too-large`. */
export const calendarEntries = rpc({
  service,
  name: 'deadlines.calendarEntries',
  callers: ['gateway'],
  request: z.strictObject({ filter: getDeadlineCalendar.query }),
  reply: z.strictObject({ entries: z.array(calendarEntry) }),
});

export const listReminders = endpoint({
  service,
  name: 'deadlines.reminders',
  right: { resource: 'deadline', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/deadlines/:id/reminders',
  tag: 'deadlines',
  summary: 'Påminnelser: vad som skickats, till vem, när, eller varför inte',
  params: idParams,
  query: z.strictObject(paging),
  reply: pageOf(reminderView).meta({ id: 'ReminderPage' }),
  problems: ['not-found'],
});

export const listNotifications = endpoint({
  service,
  name: 'notifications.list',
  right: { resource: 'notification', command: 'read' },
  readsPersonalData: true,
  method: 'GET',
  path: '/notifications',
  tag: 'notifications',
  summary: 'Utskickade och planerade meddelanden',
  query: z.strictObject({
    ...paging,
    kind: z.enum(notificationKinds).optional(),
    state: z.enum(reminderStates).optional(),
    subjectId: identifier.optional(),
    sort: z.enum(['createdAt', '-createdAt']).default('-createdAt'),
  }),
  reply: pageOf(notificationView).meta({ id: 'NotificationPage' }),
});
