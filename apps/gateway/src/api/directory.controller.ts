import { Controller } from '@nestjs/common';
import {
  changeOrganisationEndpoint,
  createOrganisationEndpoint,
  getMe,
  getOrganisation,
  listOrganisations,
} from '#libs/contracts';
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

  @Operation(getOrganisation)
  organisation(@Input() input: Input<typeof getOrganisation>) {
    return this.operations.carryOut(input);
  }

  @Operation(createOrganisationEndpoint)
  create(@Input() input: Input<typeof createOrganisationEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(changeOrganisationEndpoint)
  change(@Input() input: Input<typeof changeOrganisationEndpoint>) {
    return this.operations.carryOut(input);
  }
}
