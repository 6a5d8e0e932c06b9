import { Schema } from 'mongoose';
import { aggregateSchema } from '#libs/persistence';

export const roleAssignmentSchema = aggregateSchema({
  personId: String,
  subject: String,
  role: String,
  region: String,
  unit: String,
  rcc: String,
  from: String,
  to: String,
  deputyFor: String,
  ending: Schema.Types.Mixed,
  lastDay: String,
  turn: String,
  rccs: [String],
});
// Asked once a second for every active caller.
roleAssignmentSchema.index({ subject: 1 });
roleAssignmentSchema.index({ personId: 1 });
// Sparse: those that were loaded at the first start have none.
roleAssignmentSchema.index({ turn: 1 }, { unique: true, sparse: true });
roleAssignmentSchema.index({ role: 1, region: 1, rcc: 1 });
roleAssignmentSchema.index({ region: 1 });
roleAssignmentSchema.index({ rccs: 1 });
