import { provideRecords, recordKind } from '#libs/service';
import { AccessBatchRepository } from './access/access-batch.repository.ts';
import { AlarmRepository } from './log/alarm.repository.ts';
import { RootRepository } from './log/root.repository.ts';

/** What this service owns, for audit itself and privacy: of no single RCC, so only for who reads all. */
export const auditRecords = provideRecords(
  [AccessBatchRepository, AlarmRepository, RootRepository],
  (batches, alarms, roots) => [
    recordKind({ resource: 'audit', repository: batches, place: () => ({}), personal: [] }),
    recordKind({ resource: 'audit', repository: alarms, place: () => ({}), personal: [] }),
    recordKind({ resource: 'audit', repository: roots, place: () => ({}), personal: [] }),
  ],
);
