import { Controller } from '@nestjs/common';
import {
  changeCallEndpoint,
  closeCall,
  createCallEndpoint,
  decideCall,
  extendCall,
  getCall,
  getCallHistory,
  getFrame,
  getRanking,
  listCalls,
  publishCall,
} from '#libs/contracts';
import { Input } from '../http/input.ts';
import { Operation } from '../http/operation.ts';
import { Operations } from '../http/operations.ts';

@Controller()
export class CallsController {
  constructor(private readonly operations: Operations) {}

  @Operation(listCalls)
  list(@Input() input: Input<typeof listCalls>) {
    return this.operations.carryOut(input);
  }

  @Operation(getCall)
  get(@Input() input: Input<typeof getCall>) {
    return this.operations.carryOut(input);
  }

  @Operation(createCallEndpoint)
  create(@Input() input: Input<typeof createCallEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(changeCallEndpoint)
  change(@Input() input: Input<typeof changeCallEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(publishCall)
  publish(@Input() input: Input<typeof publishCall>) {
    return this.operations.carryOut(input);
  }

  @Operation(extendCall)
  extend(@Input() input: Input<typeof extendCall>) {
    return this.operations.carryOut(input);
  }

  @Operation(closeCall)
  close(@Input() input: Input<typeof closeCall>) {
    return this.operations.carryOut(input);
  }

  @Operation(getFrame)
  frame(@Input() input: Input<typeof getFrame>) {
    return this.operations.carryOut(input);
  }

  @Operation(getCallHistory)
  history(@Input() input: Input<typeof getCallHistory>) {
    return this.operations.carryOut(input);
  }

  @Operation(getRanking)
  ranking(@Input() input: Input<typeof getRanking>) {
    return this.operations.carryOut(input);
  }

  @Operation(decideCall)
  decide(@Input() input: Input<typeof decideCall>) {
    return this.operations.carryOut(input);
  }
}
