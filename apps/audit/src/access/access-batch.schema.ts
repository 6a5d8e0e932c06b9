import { aggregateSchema } from '#libs/persistence';

export const accessBatchSchema = aggregateSchema({
  records: { type: Number, required: true },
  from: { type: String, required: true },
  to: { type: String, required: true },
  thinnedBy: String,
});
// Thinning begins with the oldest that is left.
accessBatchSchema.index({ thinnedBy: 1, to: 1 });
