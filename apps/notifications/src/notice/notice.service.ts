import { Inject, Injectable } from '@nestjs/common';
import {
  applicationGranted,
  applicationRegistered,
  applicationRejected,
  type EventEnvelope,
} from '#libs/contracts';
import { Poison } from '#libs/messaging';
import { Clock } from '#libs/platform';
import { unitDigest } from '#libs/unit-digest';
import { CONFIG, type NotificationsConfig } from '../config.ts';
import { Courier } from '../mail/courier.service.ts';
import { LetterWriter } from '../mail/letter-writer.service.ts';
import { messageIdOf } from '../mail/message-id.ts';
import { mailId, MailRepository, type NewMail } from '../mail/mail.repository.ts';
import { ContactsService, distinctAddresses } from '../people/contacts.service.ts';
import { ApplicationNotices } from './application-notices.service.ts';

const kinds: Readonly<Record<string, 'receipt' | 'decision'>> = {
  [applicationRegistered.type]: 'receipt',
  [applicationGranted.type]: 'decision',
  [applicationRejected.type]: 'decision',
};

/** Tells the contact and the signer of an application what happened to it. */
@Injectable()
export class NoticeService {
  constructor(
    private readonly notices: ApplicationNotices,
    private readonly contacts: ContactsService,
    private readonly mails: MailRepository,
    private readonly writer: LetterWriter,
    private readonly courier: Courier,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: NotificationsConfig,
  ) {}

  /**
   * Writes the rows of the ledger, then lets them be sent. A redelivery finds the rows there. Errors:
   * `unavailable` while the owner or the directory is away; the event then comes again.
   */
  async tell(event: EventEnvelope): Promise<void> {
    const kind = kinds[event.type];
    if (!kind) throw new Poison(`nothing to tell about ${event.type}`);
    const notice = await this.notices.of(event.aggregateid);
    const signer = notice.signedBy === null ? null : await this.contacts.ofActor(notice.signedBy);
    const addresses = distinctAddresses(
      [notice.contact?.email ?? null, signer].filter((address) => address !== null),
    );
    const row = (recipient: string): NewMail => {
      const _id = mailId([event.id, kind], recipient);
      return {
        _id,
        kind,
        recipient,
        messageId: messageIdOf(_id, this.config.MAIL_FROM),
        subject: {
          type: 'application',
          id: notice.id,
          ...(notice.reference !== null && { reference: notice.reference }),
        },
        createdAt: this.clock.now(),
        eventId: event.id,
        rcc: notice.rcc,
        region: notice.region,
        ...(notice.unit !== null && { unitDigest: unitDigest(notice.region, notice.unit) }),
      };
    };
    if (addresses.length === 0) {
      // Visible to the office, which has to tell the applicant in another way.
      await this.mails.add([{ ...row(`applicant ${notice.region}`), failed: 'no-recipient' }]);
      return;
    }
    const rows = addresses.map(row);
    const written = this.writer.fromNotice(kind, notice);
    if (!('skip' in written)) return this.courier.send(rows, written);
    await this.mails.add(rows);
    this.courier.take(rows.map(({ _id }) => _id));
  }
}
