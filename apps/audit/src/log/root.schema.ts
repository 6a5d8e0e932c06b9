import { aggregateSchema } from '#libs/persistence';

export const rootSchema = aggregateSchema({
  number: { type: Number },
  treeSize: { type: Number, required: true },
  rootHash: { type: String, required: true },
  at: { type: String, required: true },
  previous: { type: String },
  keyId: { type: String, required: true },
  signature: { type: String, required: true },
  place: { type: Number, required: true },
});
// Two replicas that sign at the same time must not make the roots into two lines.
rootSchema.index({ place: 1 }, { unique: true });
rootSchema.index({ treeSize: 1, place: 1 });
