import { Schema } from 'mongoose';
import { aggregateSchema } from '#libs/persistence';

const mixed = Schema.Types.Mixed;

export const personSchema = aggregateSchema({
  subject: String,
  kind: String,
  name: String,
  email: String,
  employers: [mixed],
  to: String,
  homeRccs: [String],
  rccs: [String],
});
// Asked once a second for every active caller.
personSchema.index({ subject: 1 }, { unique: true });
personSchema.index({ rccs: 1 });
personSchema.index({ 'employers.region': 1 });
