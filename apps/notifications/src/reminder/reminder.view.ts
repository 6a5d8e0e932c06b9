import { type ReminderView } from '#libs/contracts';
import { type Deadline } from '../deadline/deadline.ts';
import { type Mail } from '../mail/mail.ts';
import { shownState } from '../mail/mail.view.ts';
import { roleInWords } from '../people/contacts.service.ts';
import { remindersOf, type PlannedReminder } from './reminder-plan.ts';

/** Who holds the roles as things stand. */
export interface KnownRecipients {
  readonly responsible: readonly string[];
  readonly nextInLine: readonly string[];
}

/** Every step of a deadline, in order: what is planned for whom, what was sent, and why something was not. */
export function toReminderViews(
  deadline: Deadline,
  mails: readonly Mail[],
  recipients: KnownRecipients | undefined,
): ReminderView[] {
  return remindersOf(deadline).flatMap((reminder) => {
    const { step, plannedFor } = reminder;
    const row = { step: step.name, plannedFor };
    const sent = mails.filter((mail) => mail.step === step.name && mail.deadlineVersion === reminder.version);
    if (sent.length > 0) return sent.map((mail) => ({ ...row, ...delivery(mail) }));
    const role = roleOf(deadline, reminder);
    if (reminder.state === 'skipped') {
      return [
        {
          ...row,
          state: 'skipped' as const,
          recipient: role,
          ...(reminder.reason && { reason: reminder.reason }),
        },
      ];
    }
    const known = step.nextInLine ? recipients?.nextInLine : recipients?.responsible;
    if (known === undefined) return [{ ...row, state: 'planned' as const, recipient: role }];
    // Said beforehand, so that somebody can be appointed in time.
    if (known.length === 0)
      return [{ ...row, state: 'planned' as const, recipient: role, reason: 'no-recipient' }];
    return known.map((recipient) => ({ ...row, state: 'planned' as const, recipient }));
  });
}

function delivery(mail: Mail): Omit<ReminderView, 'step' | 'plannedFor'> {
  return {
    state: shownState(mail),
    recipient: mail.recipient,
    messageId: mail.messageId,
    ...(mail.sentAt && { sentAt: mail.sentAt.toISOString() }),
    ...(mail.reason !== undefined && { reason: mail.reason }),
  };
}

function roleOf(deadline: Deadline, reminder: PlannedReminder): string {
  const version = deadline.versions.find((candidate) => candidate.version === reminder.version);
  return version ? roleInWords(version) : '';
}
