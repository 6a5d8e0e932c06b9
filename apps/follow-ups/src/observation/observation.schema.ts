import { Schema } from 'mongoose';
import { aggregateSchema } from '#libs/persistence';

const mixed = Schema.Types.Mixed;

export const observationSchema = aggregateSchema({
  measureId: { type: String, required: true },
  unit: { type: String, required: true },
  rcc: { type: String, required: true },
  period: { type: mixed, required: true },
  value: { type: mixed, required: true },
  version: { type: Number, required: true },
  versions: { type: [mixed], required: true },
  createdUnder: { type: String },
});

observationSchema.index({ measureId: 1, 'period.from': -1 });
observationSchema.index({ rcc: 1, 'period.from': -1 });
// One key creates one observation, also when it is sent for two slots at the same moment.
observationSchema.index({ createdUnder: 1 }, { unique: true, sparse: true });
