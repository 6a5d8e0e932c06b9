import { Schema } from 'mongoose';
import { aggregateSchema } from '#libs/persistence';

export const thinningRuleSchema = aggregateSchema({
  title: String,
  documentType: String,
  after: Schema.Types.Mixed,
  decisionReference: String,
  note: String,
  to: String,
});
