export { CONNECTION, LOGGER } from './tokens.ts';
export {
  PERSONAL_STORES,
  type PersonalDocument,
  type PersonalStore,
  type Thinning,
  type ThinningPart,
  type ThinningTask,
} from './personal-store.ts';
export { provideRecords, recordKind, RECORDS, type RecordKind } from './records.ts';
export { startService, type ServiceOptions } from './start-service.ts';
export { Sweeps } from './sweeps.ts';
export { creationId, writeContext } from './use-case.ts';
