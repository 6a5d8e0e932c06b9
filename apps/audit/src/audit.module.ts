import { Module } from '@nestjs/common';
import { PERSONAL_STORES } from '#libs/service';
import { auditRecords } from './audit.records.ts';
import { signingKey, trustedKeys } from './config.ts';
import { AccessHandlers } from './access/access.handlers.ts';
import { AccessBatchRepository } from './access/access-batch.repository.ts';
import { AccessRepository } from './access/access.repository.ts';
import { AccessService } from './access/access.service.ts';
import { AccessThinning } from './access/access-thinning.store.ts';
import { ExportHandlers } from './export/export.handlers.ts';
import { ExportService } from './export/export.service.ts';
import { HistoryHandlers } from './history/history.handlers.ts';
import { AlarmRepository } from './log/alarm.repository.ts';
import { LeafRepository } from './log/leaf.repository.ts';
import { LogHandlers } from './log/log.handlers.ts';
import { LogService } from './log/log.service.ts';
import { ProgressRepository } from './log/progress.repository.ts';
import { RootRepository } from './log/root.repository.ts';
import { SealingService, SIGNING_KEY } from './log/sealing.service.ts';
import { TRUSTED_KEYS, type SigningKey } from './log/signing-key.store.ts';
import { Rounds } from './rounds.service.ts';
import { LogCheck } from './verification/log-check.service.ts';
import { VerificationHandlers } from './verification/verification.handlers.ts';
import { VerificationRunRepository } from './verification/verification-run.repository.ts';
import { VerificationService } from './verification/verification.service.ts';

@Module({
  controllers: [AccessHandlers, ExportHandlers, HistoryHandlers, LogHandlers, VerificationHandlers],
  providers: [
    { provide: SIGNING_KEY, useFactory: () => signingKey() },
    { provide: TRUSTED_KEYS, inject: [SIGNING_KEY], useFactory: (key: SigningKey) => trustedKeys(key) },
    auditRecords,
    AccessBatchRepository,
    AccessRepository,
    AccessService,
    AccessThinning,
    { provide: PERSONAL_STORES, useFactory: (accesses) => [accesses], inject: [AccessThinning] },
    ExportService,
    AlarmRepository,
    LeafRepository,
    LogService,
    ProgressRepository,
    RootRepository,
    SealingService,
    LogCheck,
    VerificationRunRepository,
    VerificationService,
    Rounds,
  ],
})
export class AuditModule {}
