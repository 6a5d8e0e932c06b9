import { Controller } from '@nestjs/common';
import { getMe, listOrganisations } from '#libs/contracts';
import { Input } from '../http/input.ts';
import { Operation } from '../http/operation.ts';
import { Operations } from '../http/operations.ts';

@Controller()
export class DirectoryController {
  constructor(private readonly operations: Operations) {}

  @Operation(getMe)
  me(@Input() input: Input<typeof getMe>) {
    return this.operations.carryOut(input);
  }

  @Operation(listOrganisations)
  organisations(@Input() input: Input<typeof listOrganisations>) {
    return this.operations.carryOut(input);
  }
}
