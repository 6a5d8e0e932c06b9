import { Controller } from '@nestjs/common';
import {
  changeRoleAssignmentEndpoint,
  createRoleAssignmentEndpoint,
  endRoleAssignmentEndpoint,
  getRoleAssignment,
  listRoleAssignments,
} from '#libs/contracts';
import { Input } from '../http/input.ts';
import { Operation } from '../http/operation.ts';
import { Operations } from '../http/operations.ts';

@Controller()
export class RoleAssignmentsController {
  constructor(private readonly operations: Operations) {}

  @Operation(listRoleAssignments)
  list(@Input() input: Input<typeof listRoleAssignments>) {
    return this.operations.carryOut(input);
  }

  @Operation(getRoleAssignment)
  get(@Input() input: Input<typeof getRoleAssignment>) {
    return this.operations.carryOut(input);
  }

  @Operation(createRoleAssignmentEndpoint)
  create(@Input() input: Input<typeof createRoleAssignmentEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(changeRoleAssignmentEndpoint)
  change(@Input() input: Input<typeof changeRoleAssignmentEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(endRoleAssignmentEndpoint)
  end(@Input() input: Input<typeof endRoleAssignmentEndpoint>) {
    return this.operations.carryOut(input);
  }
}
