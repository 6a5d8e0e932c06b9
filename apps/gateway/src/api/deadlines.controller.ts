import { Controller, Headers, Res } from '@nestjs/common';
import {
  calendarEntries,
  getDeadlineCalendar,
  listDeadlines,
  listNotifications,
  listReminders,
} from '#libs/contracts';
import { BusClient } from '#libs/messaging';
import { Input, timeLeft } from '../http/input.ts';
import { Operation } from '../http/operation.ts';
import { Operations } from '../http/operations.ts';
import { deadlineCalendar } from '../calendar/deadline-calendar.ts';
import { type Reply } from '../http/fastify.ts';
import { preferredLanguage } from '../output/language.ts';

@Controller()
export class DeadlinesController {
  constructor(
    private readonly operations: Operations,
    private readonly bus: BusClient,
  ) {}

  @Operation(listDeadlines)
  list(@Input() input: Input<typeof listDeadlines>) {
    return this.operations.carryOut(input);
  }

  @Operation(getDeadlineCalendar)
  async calendar(
    @Input() input: Input<typeof getDeadlineCalendar>,
    @Headers('accept-language') accepted: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<{ body: string }> {
    const asked = { actor: input.actor, timeout: timeLeft(input) };
    const { entries } = await this.bus.ask(calendarEntries, { filter: input.request.query }, asked);
    const language = preferredLanguage(accepted);
    reply.headers({
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'inline; filename="insats.ics"',
      'content-language': language,
    });
    return { body: deadlineCalendar(entries, language) };
  }

  @Operation(listReminders)
  reminders(@Input() input: Input<typeof listReminders>) {
    return this.operations.carryOut(input);
  }

  @Operation(listNotifications)
  notifications(@Input() input: Input<typeof listNotifications>) {
    return this.operations.carryOut(input);
  }
}
