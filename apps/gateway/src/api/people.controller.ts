import { Controller } from '@nestjs/common';
import { changePersonEndpoint, createPersonEndpoint, getPerson, listPeople } from '#libs/contracts';
import { Input } from '../http/input.ts';
import { Operation } from '../http/operation.ts';
import { Operations } from '../http/operations.ts';

@Controller()
export class PeopleController {
  constructor(private readonly operations: Operations) {}

  @Operation(listPeople)
  list(@Input() input: Input<typeof listPeople>) {
    return this.operations.carryOut(input);
  }

  @Operation(getPerson)
  get(@Input() input: Input<typeof getPerson>) {
    return this.operations.carryOut(input);
  }

  @Operation(createPersonEndpoint)
  create(@Input() input: Input<typeof createPersonEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(changePersonEndpoint)
  change(@Input() input: Input<typeof changePersonEndpoint>) {
    return this.operations.carryOut(input);
  }
}
