import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock, type Logger } from '#libs/platform';
import { LOGGER, Sweeps } from '#libs/service';
import { Courier } from './mail/courier.service.ts';
import { ReminderService } from './reminder/reminder.service.ts';

/** Milliseconds of machine time between two rounds. */
const every = 700;

/** Bound on letting everything happen when the clock has been moved, in milliseconds. */
const flushBound = 8000;

/** Makes what is due happen: by and by, and at once when the clock has been moved. */
@Injectable()
export class Rounds implements OnModuleInit {
  constructor(
    private readonly reminders: ReminderService,
    private readonly courier: Courier,
    private readonly clock: Clock,
    private readonly sweeps: Sweeps,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.sweeps.add('reminders', every, () => this.reminders.round());
    this.sweeps.add('mails', every, () => this.courier.wake());
    this.clock.onMoved(() => this.flush());
  }

  /** Plans and sends (or tries to send) all that is due. Never throws: what did not work comes round again. */
  async flush(): Promise<void> {
    const bound = Date.now() + flushBound;
    try {
      while ((await this.reminders.round()) > 0 && Date.now() < bound);
      do await Promise.race([this.courier.idle(), delay(bound - Date.now(), undefined, { ref: false })]);
      while ((await this.courier.wake()) > 0 && Date.now() < bound);
    } catch (error) {
      this.log.warn({ err: error }, 'not everything that is due could be done');
    }
  }
}
