import { Controller } from '@nestjs/common';
import { calendarEntries, deadlinesOfApplications, listDeadlines, listReminders } from '#libs/contracts';
import { Consumes, Handles, type Asked, type AskedRpc, type Delivered } from '#libs/messaging';
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

  @Handles(calendarEntries)
  calendar(asked: AskedRpc<typeof calendarEntries>) {
    return this.deadlines.calendar(asked);
  }

  @Handles(listReminders)
  reminders(asked: Asked<typeof listReminders>) {
    return this.deadlines.reminders(asked);
  }
}
