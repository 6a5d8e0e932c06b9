import { aggregateSchema } from '#libs/persistence';

export const personSchema = aggregateSchema({
  subject: { type: String, required: true },
  kind: { type: String, required: true },
  name: { type: String, required: true },
  email: { type: String },
  assignments: { type: [{}], required: true },
  employers: { type: [{}], required: true },
});
// Asked once a second for every active caller.
personSchema.index({ subject: 1 }, { unique: true });
personSchema.index({ 'assignments.role': 1 });
