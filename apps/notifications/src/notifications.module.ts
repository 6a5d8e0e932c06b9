import { Module } from '@nestjs/common';
import { PERSONAL_STORES } from '#libs/service';
import { CONFIG, readNotificationsConfig } from './config.ts';
import { notificationsRecords } from './notifications.records.ts';
import { DeadlineHandlers } from './deadline/deadline.handlers.ts';
import { DeadlineRepository } from './deadline/deadline.repository.ts';
import { DeadlineService } from './deadline/deadline.service.ts';
import { Courier } from './mail/courier.service.ts';
import { LetterWriter } from './mail/letter-writer.service.ts';
import { MailHandlers } from './mail/mail.handlers.ts';
import { MailPrivacyRepository } from './mail/mail-privacy.repository.ts';
import { MailRepository } from './mail/mail.repository.ts';
import { MailService } from './mail/mail.service.ts';
import { SmtpTransport } from './mail/smtp.transport.ts';
import { ApplicationNotices } from './notice/application-notices.service.ts';
import { NoticeHandlers } from './notice/notice.handlers.ts';
import { NoticeService } from './notice/notice.service.ts';
import { ContactsService } from './people/contacts.service.ts';
import { ReminderService } from './reminder/reminder.service.ts';
import { Rounds } from './rounds.service.ts';

@Module({
  controllers: [DeadlineHandlers, NoticeHandlers, MailHandlers],
  providers: [
    { provide: CONFIG, useFactory: readNotificationsConfig },
    notificationsRecords,
    DeadlineRepository,
    DeadlineService,
    MailRepository,
    MailPrivacyRepository,
    { provide: PERSONAL_STORES, useFactory: (mails) => [mails], inject: [MailPrivacyRepository] },
    MailService,
    LetterWriter,
    SmtpTransport,
    Courier,
    ContactsService,
    ApplicationNotices,
    NoticeService,
    ReminderService,
    Rounds,
  ],
})
export class NotificationsModule {}
