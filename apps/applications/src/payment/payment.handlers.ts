import { Controller } from '@nestjs/common';
import {
  attestPayment,
  preparePayment,
  rejectRequisition,
  requestPayment,
  withdrawRequisition,
} from '#libs/contracts';
import { Handles, type Asked } from '#libs/messaging';
import { PaymentService } from './payment.service.ts';

@Controller()
export class PaymentHandlers {
  constructor(private readonly payments: PaymentService) {}

  @Handles(requestPayment)
  request(asked: Asked<typeof requestPayment>) {
    return this.payments.request(asked);
  }

  @Handles(withdrawRequisition)
  withdraw(asked: Asked<typeof withdrawRequisition>) {
    return this.payments.withdraw(asked);
  }

  @Handles(rejectRequisition)
  reject(asked: Asked<typeof rejectRequisition>) {
    return this.payments.reject(asked);
  }

  @Handles(preparePayment)
  prepare(asked: Asked<typeof preparePayment>) {
    return this.payments.prepare(asked);
  }

  @Handles(attestPayment)
  attest(asked: Asked<typeof attestPayment>) {
    return this.payments.attest(asked);
  }
}
