import { Schema } from 'mongoose';
import { aggregateSchema } from '#libs/persistence';

const mixed = Schema.Types.Mixed;

export const apiClientSchema = aggregateSchema({
  name: String,
  email: String,
  region: String,
  rcc: String,
  scopes: [String],
  publicKeys: [mixed],
  state: String,
  ending: mixed,
  rccs: [String],
});
apiClientSchema.index({ region: 1, state: 1 });
apiClientSchema.index({ rccs: 1 });
