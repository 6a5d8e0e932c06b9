import { type Type } from '@nestjs/common';
import { DirectoryController } from './directory.controller.ts';
import { PeopleController } from './people.controller.ts';
import { RoleAssignmentsController } from './role-assignments.controller.ts';
import { ApiClientsController } from './api-clients.controller.ts';
import { CallsController } from './calls.controller.ts';
import { ApplicationsController } from './applications.controller.ts';
import { PaymentsController } from './payments.controller.ts';
import { DeadlinesController } from './deadlines.controller.ts';
import { PlansController } from './plans.controller.ts';
import { MeasuresController } from './measures.controller.ts';
import { PrivacyController } from './privacy.controller.ts';
import { DeadLettersController } from './dead-letters.controller.ts';
import { AuditController } from './audit.controller.ts';

/** Every controller of an operation. */
export const apiControllers: Type<unknown>[] = [
  DirectoryController,
  PeopleController,
  RoleAssignmentsController,
  ApiClientsController,
  CallsController,
  ApplicationsController,
  PaymentsController,
  DeadlinesController,
  PlansController,
  MeasuresController,
  PrivacyController,
  DeadLettersController,
  AuditController,
];
