import { Controller } from '@nestjs/common';
import {
  acceptGrant,
  assessApplication,
  changeApplicationEndpoint,
  checkSubmission,
  createApplicationEndpoint,
  declareConflict,
  getApplication,
  getApplicationHistory,
  listApplications,
  listAssessments,
  signOffApplication,
  submitApplication,
  withdrawApplication,
} from '#libs/contracts';
import { Input } from '../http/input.ts';
import { Operation } from '../http/operation.ts';
import { Operations } from '../http/operations.ts';

@Controller()
export class ApplicationsController {
  constructor(private readonly operations: Operations) {}

  @Operation(listApplications)
  list(@Input() input: Input<typeof listApplications>) {
    return this.operations.carryOut(input);
  }

  @Operation(getApplication)
  get(@Input() input: Input<typeof getApplication>) {
    return this.operations.carryOut(input);
  }

  @Operation(createApplicationEndpoint)
  create(@Input() input: Input<typeof createApplicationEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(changeApplicationEndpoint)
  change(@Input() input: Input<typeof changeApplicationEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(checkSubmission)
  check(@Input() input: Input<typeof checkSubmission>) {
    return this.operations.carryOut(input);
  }

  @Operation(signOffApplication)
  signOff(@Input() input: Input<typeof signOffApplication>) {
    return this.operations.carryOut(input);
  }

  @Operation(submitApplication)
  submit(@Input() input: Input<typeof submitApplication>) {
    return this.operations.carryOut(input);
  }

  @Operation(withdrawApplication)
  withdraw(@Input() input: Input<typeof withdrawApplication>) {
    return this.operations.carryOut(input);
  }

  @Operation(declareConflict)
  declareConflict(@Input() input: Input<typeof declareConflict>) {
    return this.operations.carryOut(input);
  }

  @Operation(acceptGrant)
  accept(@Input() input: Input<typeof acceptGrant>) {
    return this.operations.carryOut(input);
  }

  @Operation(assessApplication)
  assess(@Input() input: Input<typeof assessApplication>) {
    return this.operations.carryOut(input);
  }

  @Operation(listAssessments)
  assessments(@Input() input: Input<typeof listAssessments>) {
    return this.operations.carryOut(input);
  }

  @Operation(getApplicationHistory)
  history(@Input() input: Input<typeof getApplicationHistory>) {
    return this.operations.carryOut(input);
  }
}
