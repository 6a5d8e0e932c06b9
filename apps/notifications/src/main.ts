import { setPriority } from 'node:os';
import { startService } from '#libs/service';
import { MailRepository } from './mail/mail.repository.ts';
import { NotificationsModule } from './notifications.module.ts';

// Mail may wait when somebody waits for an answer: this service yields the processor to the others.
const yielding = 10;
setPriority(yielding);

await startService({
  service: 'notifications',
  module: NotificationsModule,
  prepare: (app) => app.get(MailRepository).prepare(),
});
