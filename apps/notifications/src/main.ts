import { yieldProcessor } from '#libs/platform';
import { startService } from '#libs/service';
import { DeadlineRepository } from './deadline/deadline.repository.ts';
import { MailRepository } from './mail/mail.repository.ts';
import { NotificationsModule } from './notifications.module.ts';

await startService({
  service: 'notifications',
  module: NotificationsModule,
  prepare: async (app) => {
    await app.get(MailRepository).prepare();
    await app.get(DeadlineRepository).noteWholeRegions();
  },
});

// Mail may wait when somebody waits for an answer. Starting may not: until then the whole is not ready.
yieldProcessor(10);
