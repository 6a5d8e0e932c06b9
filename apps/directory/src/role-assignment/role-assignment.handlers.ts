import { Controller } from '@nestjs/common';
import {
  changeRoleAssignmentEndpoint,
  createRoleAssignmentEndpoint,
  endRoleAssignmentEndpoint,
  getRoleAssignment,
  listRoleAssignments,
} from '#libs/contracts';
import { Handles, type Asked } from '#libs/messaging';
import { RoleAssignmentService } from './role-assignment.service.ts';

@Controller()
export class RoleAssignmentHandlers {
  constructor(private readonly service: RoleAssignmentService) {}

  @Handles(listRoleAssignments)
  list(asked: Asked<typeof listRoleAssignments>) {
    return this.service.list(asked);
  }

  @Handles(getRoleAssignment)
  get(asked: Asked<typeof getRoleAssignment>) {
    return this.service.get(asked);
  }

  @Handles(createRoleAssignmentEndpoint)
  create(asked: Asked<typeof createRoleAssignmentEndpoint>) {
    return this.service.create(asked);
  }

  @Handles(changeRoleAssignmentEndpoint)
  change(asked: Asked<typeof changeRoleAssignmentEndpoint>) {
    return this.service.change(asked);
  }

  @Handles(endRoleAssignmentEndpoint)
  end(asked: Asked<typeof endRoleAssignmentEndpoint>) {
    return this.service.end(asked);
  }
}
