import { aggregateSchema } from '#libs/persistence';

export const organisationSchema = aggregateSchema({
  kind: { type: String, required: true },
  code: { type: String, required: true },
  name: { type: String, required: true },
  memberships: { type: [{}], required: true },
  decisionRoute: { type: [String], required: true },
});
organisationSchema.index({ kind: 1, code: 1 }, { unique: true });
organisationSchema.index({ 'memberships.rcc': 1 });
