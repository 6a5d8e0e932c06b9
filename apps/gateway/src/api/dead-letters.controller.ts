import { Controller } from '@nestjs/common';
import { applicationsDeadLetters, notificationsDeadLetters } from '#libs/contracts';
import { Input } from '../http/input.ts';
import { Operation } from '../http/operation.ts';
import { Operations } from '../http/operations.ts';

@Controller()
export class DeadLettersController {
  constructor(private readonly operations: Operations) {}

  @Operation(applicationsDeadLetters.list)
  ofApplications(@Input() input: Input<typeof applicationsDeadLetters.list>) {
    return this.operations.carryOut(input);
  }

  @Operation(applicationsDeadLetters.replay)
  replayOfApplications(@Input() input: Input<typeof applicationsDeadLetters.replay>) {
    return this.operations.carryOut(input);
  }

  @Operation(notificationsDeadLetters.list)
  ofNotifications(@Input() input: Input<typeof notificationsDeadLetters.list>) {
    return this.operations.carryOut(input);
  }

  @Operation(notificationsDeadLetters.replay)
  replayOfNotifications(@Input() input: Input<typeof notificationsDeadLetters.replay>) {
    return this.operations.carryOut(input);
  }
}
