import { Controller } from '@nestjs/common';
import {
  getPlan,
  importPlanEndpoint,
  interpretWhen,
  listActivities,
  listGoals,
  listPlans,
} from '#libs/contracts';
import { Input } from '../http/input.ts';
import { Operation } from '../http/operation.ts';
import { Operations } from '../http/operations.ts';

@Controller()
export class PlansController {
  constructor(private readonly operations: Operations) {}

  @Operation(importPlanEndpoint)
  import(@Input() input: Input<typeof importPlanEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(listPlans)
  list(@Input() input: Input<typeof listPlans>) {
    return this.operations.carryOut(input);
  }

  @Operation(getPlan)
  get(@Input() input: Input<typeof getPlan>) {
    return this.operations.carryOut(input);
  }

  @Operation(listGoals)
  goals(@Input() input: Input<typeof listGoals>) {
    return this.operations.carryOut(input);
  }

  @Operation(listActivities)
  activities(@Input() input: Input<typeof listActivities>) {
    return this.operations.carryOut(input);
  }

  @Operation(interpretWhen)
  interpretWhen(@Input() input: Input<typeof interpretWhen>) {
    return this.operations.carryOut(input);
  }
}
