import { aggregateSchema } from '#libs/persistence';

export const rootSchema = aggregateSchema({
  treeSize: { type: Number, required: true },
  rootHash: { type: String, required: true },
  at: { type: String, required: true },
  previous: { type: String },
  keyId: { type: String, required: true },
  signature: { type: String, required: true },
  previousSize: { type: Number, required: true },
});
rootSchema.index({ treeSize: 1 }, { unique: true });
// Two replicas that sign at the same time must not make the roots into two lines.
rootSchema.index({ previousSize: 1 }, { unique: true });
