import { aggregateSchema } from '#libs/persistence';

export const accessBatchSchema = aggregateSchema({
  records: { type: Number, required: true },
  from: { type: String, required: true },
  to: { type: String, required: true },
});
