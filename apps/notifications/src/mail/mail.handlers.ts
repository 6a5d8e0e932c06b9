import { Controller } from '@nestjs/common';
import { listNotifications } from '#libs/contracts';
import { Handles, type Asked } from '#libs/messaging';
import { MailService } from './mail.service.ts';

@Controller()
export class MailHandlers {
  constructor(private readonly mails: MailService) {}

  @Handles(listNotifications)
  list(asked: Asked<typeof listNotifications>) {
    return this.mails.list(asked);
  }
}
