import { Schema, type SchemaDefinition } from 'mongoose';
import { type ChainHead, type JournalEvent } from '#libs/audit';

/** A change made under an idempotency key, remembered with what it was made of. */
export interface RememberedKey {
  readonly key: string;
  readonly fingerprint: string;
}

/** The end of the aggregate's chain as its document has it. */
export interface DocumentHead extends ChainHead {
  /** Of the hash of the document's content in the last event; no salt: no event so far has such a hash. */
  readonly salt?: string;
}

/** What every aggregate document carries beside its state. */
export interface AggregateDocument {
  readonly _id: string;
  readonly revision: number;
  readonly outbox: JournalEvent[];
  readonly journalHead: DocumentHead;
  /** Machine time of the oldest event that may still wait in the outbox. */
  readonly outboxSince?: Date;
  readonly keys: RememberedKey[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const aggregateFields = [
  '_id',
  'revision',
  'outbox',
  'journalHead',
  'outboxSince',
  'keys',
  'createdAt',
  'updatedAt',
] as const;

const mixed = Schema.Types.Mixed;

/**
 * The mongoose schema of an aggregate: its own fields and those of {@link AggregateDocument}. Unknown
 * fields are an error, since a silently dropped field is lost data. Nested values are `Mixed`: the
 * domain has checked them, and mongoose would only copy them.
 */
export function aggregateSchema(fields: SchemaDefinition): Schema {
  const schema = new Schema(
    {
      ...fields,
      _id: { type: String, required: true },
      revision: { type: Number, required: true },
      outbox: { type: [mixed], required: true },
      journalHead: { type: mixed, required: true },
      outboxSince: { type: Date },
      keys: { type: [mixed], required: true },
      createdAt: { type: Date, required: true },
      updatedAt: { type: Date, required: true },
    },
    {
      strict: 'throw',
      minimize: false,
      versionKey: false,
      timestamps: false,
      autoIndex: false,
      autoCreate: false,
      id: false,
    },
  );
  // Found by the sweep after a crash; sparse, because almost no document has it.
  schema.index({ outboxSince: 1 }, { sparse: true });
  return schema;
}
