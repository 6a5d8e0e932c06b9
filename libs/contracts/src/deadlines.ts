import { z } from 'zod';
import { role } from './actor.ts';
import { endpoint } from './endpoint.ts';
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
    state: z.enum(deadlineStates).optional(),
    kind: z.enum(deadlineKinds).optional(),
    subjectId: identifier.optional(),
    rcc: rccCode.optional(),
    region: regionCode.optional(),
    sort: z.enum(['dueOn', '-dueOn']).default('dueOn'),
  }),
  reply: pageOf(deadlineView).meta({ id: 'DeadlinePage' }),
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
