import { Injectable } from '@nestjs/common';
import { visibleWhere } from '#libs/access';
import { type listNotifications } from '#libs/contracts';
import { type Asked } from '#libs/messaging';
import { withoutForeignDrafts } from '../draft-privacy.access.ts';
import { MailRepository } from './mail.repository.ts';
import { toNotificationView } from './mail.view.ts';

/** The delivery ledger as its readers see it. */
@Injectable()
export class MailService {
  constructor(private readonly mails: MailRepository) {}

  async list({ request, caller }: Asked<typeof listNotifications>) {
    const { kind, state, subjectId, ...paging } = request.query;
    const where = withoutForeignDrafts(visibleWhere(caller.actor, 'notification'), caller.actor, [
      { draft: { $ne: true } },
    ]);
    return { body: await this.mails.page({ where, kind, state, subjectId }, paging, toNotificationView) };
  }
}
