import { Schema } from 'mongoose';
import { aggregateSchema } from '#libs/persistence';

const mixed = Schema.Types.Mixed;

/** The facts, and what lists and the sweep look for, which follows from them. */
export const deadlineSchema = aggregateSchema({
  key: String,
  versions: [mixed],
  closing: mixed,
  handled: [mixed],

  state: String,
  kind: String,
  dueOn: String,
  subjectId: String,
  rcc: String,
  region: String,
  unitDigest: String,
  nextReminderAt: Date,
});

deadlineSchema.index({ rcc: 1, dueOn: 1 });
deadlineSchema.index({ region: 1, dueOn: 1 });
deadlineSchema.index({ dueOn: 1 });
deadlineSchema.index({ subjectId: 1 });
deadlineSchema.index({ nextReminderAt: 1 }, { sparse: true });
