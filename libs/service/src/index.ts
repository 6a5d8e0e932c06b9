export { CONNECTION, LOGGER } from './tokens.ts';
export { provideRecords, recordKind, RECORDS, type RecordKind } from './records.ts';
export { startService, type ServiceOptions } from './start-service.ts';
export { Sweeps } from './sweeps.ts';
export { creationId, writeContext } from './use-case.ts';
