import { Schema } from 'mongoose';
import { aggregateSchema } from '#libs/persistence';

const mixed = Schema.Types.Mixed;

export const measureSchema = aggregateSchema({
  rcc: { type: String, required: true },
  title: { type: String, required: true },
  goal: { type: mixed },
  kind: { type: String, required: true },
  numerator: { type: String },
  denominator: { type: String },
  exclusions: { type: String },
  source: { type: String, required: true },
  direction: { type: String, required: true },
  target: { type: mixed },
  periods: { type: String, required: true },
});

measureSchema.index({ rcc: 1, createdAt: -1 });
measureSchema.index({ 'goal.planId': 1, 'goal.goalId': 1 });
