import { startService } from '#libs/service';
import { MailRepository } from './mail/mail.repository.ts';
import { NotificationsModule } from './notifications.module.ts';

await startService({
  service: 'notifications',
  module: NotificationsModule,
  prepare: (app) => app.get(MailRepository).prepare(),
});
