import { Schema } from 'mongoose';
import { aggregateSchema } from '#libs/persistence';

const mixed = Schema.Types.Mixed;

export const organisationSchema = aggregateSchema({
  kind: String,
  code: String,
  name: String,
  memberships: [mixed],
  decisionRoute: mixed,
  rccs: [String],
});
organisationSchema.index({ kind: 1, code: 1 }, { unique: true });
organisationSchema.index({ 'memberships.rcc': 1 });
