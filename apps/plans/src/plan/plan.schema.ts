import { Schema } from 'mongoose';
import { aggregateSchema } from '#libs/persistence';

const mixed = Schema.Types.Mixed;

export const planSchema = aggregateSchema({
  rcc: { type: String, required: true },
  title: { type: String, required: true },
  period: { type: mixed, required: true },
  state: { type: String, required: true },
  year: { type: Number, required: true },
  goalAreas: { type: [mixed], required: true },
  counts: { type: mixed, required: true },
  goals: { type: [mixed], required: true },
  activities: { type: [mixed], required: true },
  source: { type: String, required: true },
});

planSchema.index({ rcc: 1, createdAt: -1 });
