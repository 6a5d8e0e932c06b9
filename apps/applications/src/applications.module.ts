import { Module } from '@nestjs/common';
import { applicationsRecords } from './applications.records.ts';
import { ApplicationHandlers } from './application/application.handlers.ts';
import { ApplicationRepository } from './application/application.repository.ts';
import { ApplicationService } from './application/application.service.ts';
import { HistoryService } from './application/history.service.ts';
import { ReferenceRegister } from './application/reference-register.repository.ts';
import { References } from './application/references.service.ts';
import { CallHandlers } from './call/call.handlers.ts';
import { CallRepository } from './call/call.repository.ts';
import { CallHistoryService } from './call/call-history.service.ts';
import { CallService } from './call/call.service.ts';
import { DecisionHandlers } from './decision/decision.handlers.ts';
import { DecisionService } from './decision/decision.service.ts';
import { PaymentHandlers } from './payment/payment.handlers.ts';
import { PaymentService } from './payment/payment.service.ts';

@Module({
  controllers: [CallHandlers, ApplicationHandlers, DecisionHandlers, PaymentHandlers],
  providers: [
    CallRepository,
    CallService,
    CallHistoryService,
    ApplicationRepository,
    ApplicationService,
    ReferenceRegister,
    References,
    HistoryService,
    DecisionService,
    PaymentService,
    applicationsRecords,
  ],
})
export class ApplicationsModule {}
