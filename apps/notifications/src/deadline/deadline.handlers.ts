import { Controller } from '@nestjs/common';
import { deadlinesOfApplications, listDeadlines, listReminders } from '#libs/contracts';
import { Consumes, Handles, type Asked, type Delivered } from '#libs/messaging';
import { DeadlineService } from './deadline.service.ts';

@Controller()
export class DeadlineHandlers {
  constructor(private readonly deadlines: DeadlineService) {}

  @Consumes(deadlinesOfApplications)
  takeIn({ event }: Delivered): Promise<void> {
    return this.deadlines.takeIn(event);
  }

  @Handles(listDeadlines)
  list(asked: Asked<typeof listDeadlines>) {
    return this.deadlines.list(asked);
  }

  @Handles(listReminders)
  reminders(asked: Asked<typeof listReminders>) {
    return this.deadlines.reminders(asked);
  }
}
