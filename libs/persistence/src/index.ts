export {
  AggregateRepository,
  type Change,
  type ChangeRequest,
  type Outcome,
  type OutboxSource,
  type Stored,
} from './aggregate-repository.ts';
export { aggregateSchema, aggregateFields, type AggregateDocument } from './aggregate-schema.ts';
export { DeadLetterStore } from './dead-letter-store.ts';
export { Batches } from './batches.ts';
export { connectDatabase, type Database } from './database.ts';
export { sealEvents } from './journal-chain.ts';
export { JournalReader, linkKey, type Link, type LinkPlace } from './journal-reader.ts';
export { JournalStore } from './journal-store.ts';
export { derivedId, newId } from './ids.ts';
export { Lease } from './lease.ts';
export { NumberRegister } from './number-register.ts';
export { readPage, swedish } from './pages.ts';
export { type WriteContext } from './write-context.ts';
