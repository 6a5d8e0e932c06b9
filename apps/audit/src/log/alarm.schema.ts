import { Schema } from 'mongoose';
import { aggregateSchema } from '#libs/persistence';

export const alarmSchema = aggregateSchema({
  service: { type: String, required: true },
  aggregate: { type: Schema.Types.Mixed, required: true },
  seq: { type: Number, required: true },
  expected: { type: String, required: true },
  found: { type: String },
  at: { type: String, required: true },
});
alarmSchema.index({ at: -1 });
