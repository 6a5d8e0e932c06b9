import { Inject, Injectable } from '@nestjs/common';
import { Clock, type Logger } from '#libs/platform';
import { type Stored } from '#libs/persistence';
import { LOGGER } from '#libs/service';
import { CONFIG, type NotificationsConfig } from '../config.ts';
import { deadlineOfDraft } from '../draft-privacy.access.ts';
import { currentVersion, placeOf, withHandled, type Handling } from '../deadline/deadline.ts';
import { DeadlineRepository, type DeadlineDocument } from '../deadline/deadline.repository.ts';
import { Courier } from '../mail/courier.service.ts';
import { messageIdOf } from '../mail/message-id.ts';
import { mailId, MailRepository, type NewMail } from '../mail/mail.repository.ts';
import { ContactsService, roleInWords } from '../people/contacts.service.ts';
import { dueReminders } from './reminder-plan.ts';

const deadlinesAtOnce = 100;
const sideBySide = 8;

/** Turns reminders whose day has come into mails. */
@Injectable()
export class ReminderService {
  constructor(
    private readonly deadlines: DeadlineRepository,
    private readonly contacts: ContactsService,
    private readonly mails: MailRepository,
    private readonly courier: Courier,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
    @Inject(CONFIG) private readonly config: NotificationsConfig,
  ) {}

  /** One round over what is due now. Returns how many deadlines it dealt with, so that 0 means: nothing (more) to do. */
  async round(): Promise<number> {
    const now = this.clock.now();
    const due = await this.deadlines.withDueReminders(now, deadlinesAtOnce);
    let done = 0;
    const queue = due.values();
    const worker = async (): Promise<void> => {
      for (const stored of queue) {
        try {
          await this.remind(stored, now);
          done += 1;
        } catch (error) {
          // Stays due: the next round takes it up again.
          this.log.warn({ err: error, deadline: stored.id }, 'reminder waits');
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(sideBySide, due.length) }, worker));
    return done;
  }

  /**
   * Ledger rows first, then the note that the step is taken care of: a crash in between finds the rows
   * again. Whether they may still go out is looked at once more when they are sent.
   */
  private async remind(stored: Stored<DeadlineDocument>, now: Date): Promise<void> {
    const { state: deadline, id } = stored;
    const version = currentVersion(deadline);
    const due = dueReminders(deadline, now);
    if (!version || !due) return;
    const { send, superseded } = due;
    const addresses = await this.contacts.ofStep(version, send.step);
    const row = (recipient: string): NewMail => {
      const _id = mailId([id, send.step.name, String(send.version)], recipient);
      return {
        _id,
        kind: 'reminder',
        recipient,
        messageId: messageIdOf(_id, this.config.MAIL_FROM),
        subject: version.subject,
        createdAt: now,
        deadlineId: id,
        deadlineVersion: send.version,
        step: send.step.name,
        ...(version.kind === deadlineOfDraft && { draft: true }),
        eventId: version.eventId,
        ...placeOf(version),
      };
    };
    const rows =
      addresses.length > 0 ? addresses.map(row) : [{ ...row(roleInWords(version)), failed: 'no-recipient' }];
    await this.mails.add(rows);
    const note =
      (outcome: Handling['outcome']) =>
      (reminder: typeof send): Handling => ({
        version: reminder.version,
        step: reminder.step.name,
        outcome,
        at: now.toISOString(),
      });
    await this.deadlines.record(deadline.key, now, (latest) =>
      withHandled(latest, [...superseded.map(note('superseded')), note('mailed')(send)]),
    );
    if (addresses.length > 0) this.courier.take(rows.map(({ _id }) => _id));
  }
}
