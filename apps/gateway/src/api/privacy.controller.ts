import { Controller } from '@nestjs/common';
import {
  changeThinningRuleEndpoint,
  createThinningRuleEndpoint,
  getMyPersonalData,
  getPersonalData,
  getThinningRule,
  getThinningRun,
  listThinnedThings,
  listThinningRules,
  listThinningRuns,
  previewThinning,
  runThinning,
} from '#libs/contracts';
import { Input } from '../http/input.ts';
import { Operation } from '../http/operation.ts';
import { Operations } from '../http/operations.ts';

@Controller()
export class PrivacyController {
  constructor(private readonly operations: Operations) {}

  @Operation(getPersonalData)
  personalData(@Input() input: Input<typeof getPersonalData>) {
    return this.operations.carryOut(input);
  }

  @Operation(getMyPersonalData)
  mine(@Input() input: Input<typeof getMyPersonalData>) {
    return this.operations.carryOut(input);
  }

  @Operation(listThinningRules)
  rules(@Input() input: Input<typeof listThinningRules>) {
    return this.operations.carryOut(input);
  }

  @Operation(getThinningRule)
  rule(@Input() input: Input<typeof getThinningRule>) {
    return this.operations.carryOut(input);
  }

  @Operation(createThinningRuleEndpoint)
  createRule(@Input() input: Input<typeof createThinningRuleEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(changeThinningRuleEndpoint)
  changeRule(@Input() input: Input<typeof changeThinningRuleEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(previewThinning)
  preview(@Input() input: Input<typeof previewThinning>) {
    return this.operations.carryOut(input);
  }

  @Operation(runThinning)
  run(@Input() input: Input<typeof runThinning>) {
    return this.operations.carryOut(input);
  }

  @Operation(listThinningRuns)
  runs(@Input() input: Input<typeof listThinningRuns>) {
    return this.operations.carryOut(input);
  }

  @Operation(getThinningRun)
  runOf(@Input() input: Input<typeof getThinningRun>) {
    return this.operations.carryOut(input);
  }

  @Operation(listThinnedThings)
  things(@Input() input: Input<typeof listThinnedThings>) {
    return this.operations.carryOut(input);
  }
}
