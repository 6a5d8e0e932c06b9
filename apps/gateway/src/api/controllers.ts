import { type Type } from '@nestjs/common';
import { DirectoryController } from './directory.controller.ts';
import { CallsController } from './calls.controller.ts';
import { ApplicationsController } from './applications.controller.ts';
import { DeadlinesController } from './deadlines.controller.ts';
import { PlansController } from './plans.controller.ts';
import { MeasuresController } from './measures.controller.ts';
import { DeadLettersController } from './dead-letters.controller.ts';

/** Every controller of an operation. */
export const apiControllers: Type<unknown>[] = [
  DirectoryController,
  CallsController,
  ApplicationsController,
  DeadlinesController,
  PlansController,
  MeasuresController,
  DeadLettersController,
];
