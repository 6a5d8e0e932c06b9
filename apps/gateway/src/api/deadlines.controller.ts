import { Controller } from '@nestjs/common';
import { listDeadlines, listNotifications, listReminders } from '#libs/contracts';
import { Input } from '../http/input.ts';
import { Operation } from '../http/operation.ts';
import { Operations } from '../http/operations.ts';

@Controller()
export class DeadlinesController {
  constructor(private readonly operations: Operations) {}

  @Operation(listDeadlines)
  list(@Input() input: Input<typeof listDeadlines>) {
    return this.operations.carryOut(input);
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
