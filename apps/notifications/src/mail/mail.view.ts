import { type NotificationView } from '#libs/contracts';
import { type Mail } from './mail.ts';

/** A mail being sent this moment is still planned to those who read the ledger. */
export function shownState(mail: Mail): NotificationView['state'] {
  if (mail.state !== 'sending') return mail.state;
  return mail.doubtful ? 'unknown' : 'planned';
}

/** A row of the delivery ledger as clients read it. */
export function toNotificationView(mail: Mail): NotificationView {
  return {
    id: mail._id,
    kind: mail.kind,
    state: shownState(mail),
    recipient: mail.recipient,
    subject: mail.subject,
    messageId: mail.messageId,
    attempts: mail.attempts,
    createdAt: mail.createdAt.toISOString(),
    ...(mail.sentAt && { sentAt: mail.sentAt.toISOString() }),
    ...(mail.reason !== undefined && { reason: mail.reason }),
    ...(mail.deadlineId !== undefined && { deadlineId: mail.deadlineId }),
    ...(mail.step !== undefined && { step: mail.step }),
    ...(mail.eventId !== undefined && { eventId: mail.eventId }),
    rcc: mail.rcc,
    ...(mail.region !== undefined && { region: mail.region }),
  };
}
