import { Controller } from '@nestjs/common';
import {
  attestPayment,
  preparePayment,
  rejectRequisition,
  requestPayment,
  withdrawRequisition,
} from '#libs/contracts';
import { Input } from '../http/input.ts';
import { Operation } from '../http/operation.ts';
import { Operations } from '../http/operations.ts';

@Controller()
export class PaymentsController {
  constructor(private readonly operations: Operations) {}

  @Operation(requestPayment)
  request(@Input() input: Input<typeof requestPayment>) {
    return this.operations.carryOut(input);
  }

  @Operation(withdrawRequisition)
  withdraw(@Input() input: Input<typeof withdrawRequisition>) {
    return this.operations.carryOut(input);
  }

  @Operation(rejectRequisition)
  reject(@Input() input: Input<typeof rejectRequisition>) {
    return this.operations.carryOut(input);
  }

  @Operation(preparePayment)
  prepare(@Input() input: Input<typeof preparePayment>) {
    return this.operations.carryOut(input);
  }

  @Operation(attestPayment)
  attest(@Input() input: Input<typeof attestPayment>) {
    return this.operations.carryOut(input);
  }
}
