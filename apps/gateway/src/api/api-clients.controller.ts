import { Controller } from '@nestjs/common';
import {
  addClientKeyEndpoint,
  changeApiClientEndpoint,
  createApiClientEndpoint,
  endApiClient,
  endClientKey,
  getApiClient,
  listApiClients,
} from '#libs/contracts';
import { Input } from '../http/input.ts';
import { Operation } from '../http/operation.ts';
import { Operations } from '../http/operations.ts';

@Controller()
export class ApiClientsController {
  constructor(private readonly operations: Operations) {}

  @Operation(listApiClients)
  list(@Input() input: Input<typeof listApiClients>) {
    return this.operations.carryOut(input);
  }

  @Operation(getApiClient)
  get(@Input() input: Input<typeof getApiClient>) {
    return this.operations.carryOut(input);
  }

  @Operation(createApiClientEndpoint)
  create(@Input() input: Input<typeof createApiClientEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(changeApiClientEndpoint)
  change(@Input() input: Input<typeof changeApiClientEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(endApiClient)
  end(@Input() input: Input<typeof endApiClient>) {
    return this.operations.carryOut(input);
  }

  @Operation(addClientKeyEndpoint)
  addKey(@Input() input: Input<typeof addClientKeyEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(endClientKey)
  endKey(@Input() input: Input<typeof endClientKey>) {
    return this.operations.carryOut(input);
  }
}
