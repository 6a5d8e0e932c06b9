import { Schema } from 'mongoose';
import { aggregateSchema } from '#libs/persistence';

const mixed = Schema.Types.Mixed;

export const thinningRunSchema = aggregateSchema({
  ruleId: String,
  title: String,
  documentType: String,
  after: mixed,
  decisionReference: String,
  on: String,
  by: mixed,
  state: String,
  startedAt: Date,
  finishedAt: Date,
  things: [mixed],
  waiting: Number,
  position: String,
  more: Boolean,
});
// The sweep looks for those that are running; there is seldom one.
thinningRunSchema.index({ state: 1 });
thinningRunSchema.index({ ruleId: 1, createdAt: -1 });
